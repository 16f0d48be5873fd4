import { decideDeployment } from '../flows/rollout/decide.ts';
import { type Command, UsageError } from './command.ts';
import { moveRelease } from './move-release.ts';

export const deploy: Command = {
  usage: 'deploy RELEASE VERSION [IMAGE] [--dry-run]',
  help: `Adds a version without traffic, as /deploy does in a comment: a copy of the primary's block
with the image that you name. If the version exists already, its image changes; if it is the
canary, it starts again without traffic. Reads the values file from HEAD and writes the
result into the working tree; commits nothing. (coalmine set can change more.)

  --dry-run  print what would change, write nothing

Refused, with exit code 1 and nothing written: another image for the primary, a release on
hold, a result with errors, a values file that differs from HEAD, and an edit that would
change more than intended (prints a patch).`,
  options: { 'dry-run': { type: 'boolean' } },
  arguments: 3,
  async run(invocation) {
    const [release, version, image] = invocation.args;
    if (release === undefined || version === undefined) throw new UsageError(`usage: coalmine ${this.usage}`);
    return moveRelease(invocation, release, {
      moveOptions: () => ({}),
      async decide({ facts, ends, targets }) {
        const { hold, name } = facts;
        if (hold) return { kind: 'unclear', why: { code: 'on-hold-here', hold, release: name } };
        return decideDeployment(facts, { ends, targets, version, ...(image === undefined ? {} : { image }) });
      },
    });
  },
};

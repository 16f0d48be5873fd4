import { code } from '../core/report/escape.ts';
import { holdText } from '../core/report/hold.ts';
import { decideDeployment } from '../flows/rollout/decide.ts';
import { type Command, UsageError } from './command.ts';
import { moveRelease } from './move-release.ts';

export const deploy: Command = {
  usage: 'deploy RELEASE VERSION [IMAGE] [--dry-run]',
  help: `Adds a version without traffic, as /deploy in a comment does: a copy of the primary's
block, with that image. A version that is there already runs the image from then on; a
canary begins again without traffic. Begins with the values file as HEAD has it, and writes
into the working tree; it commits nothing. (coalmine set changes more than that.)

  --dry-run  say what would change, write nothing

Refused, with exit code 1 and nothing written: another image for the primary, a release on
hold, a result with errors, a values file that is other than in HEAD, and an edit that would
touch more than is meant (with a patch).`,
  options: { 'dry-run': { type: 'boolean' } },
  arguments: 3,
  async run(invocation) {
    const [release, version, image] = invocation.args;
    if (release === undefined || version === undefined) throw new UsageError(`usage: coalmine ${this.usage}`);
    return moveRelease(invocation, release, {
      ways: () => ({}),
      async decide({ facts, ends, targets }) {
        const { hold, name } = facts;
        if (hold)
          return { kind: 'unclear', why: `${holdText(hold)}; ${code(`/resume ${name}`)} in a comment lifts it` };
        return decideDeployment(facts, { ends, targets, version, ...(image === undefined ? {} : { image }) });
      },
    });
  },
};

import { decideDrop } from '../flows/rollout/decide.ts';
import { type Command, UsageError } from './command.ts';
import { moveRelease } from './move-release.ts';

export const drop: Command = {
  usage: 'drop RELEASE VERSION [--dry-run]',
  help: `Removes an idle version from the values file, as /drop does in a comment: a version that
takes no traffic, neither in HEAD nor on the gitops branch, and is not the primary. Reads the
values file from HEAD and writes the result into the working tree; commits nothing.

  --dry-run  print what would change, write nothing

Refused, with exit code 1 and nothing written: a version that takes traffic, a values file
that differs from HEAD, and an edit that would change more than intended (prints a patch).`,
  options: { 'dry-run': { type: 'boolean' } },
  arguments: 2,
  async run(invocation) {
    const [release, version] = invocation.args;
    if (release === undefined || version === undefined) throw new UsageError(`usage: coalmine ${this.usage}`);
    return moveRelease(invocation, release, {
      moveOptions: () => ({}),
      decide: async ({ facts, ends, targets }) => decideDrop(facts, { ends, targets, version }),
    });
  },
};

import { decideDrop } from '../flows/rollout/decide.ts';
import { type Command, UsageError } from './command.ts';
import { moveRelease } from './move-release.ts';

export const drop: Command = {
  usage: 'drop RELEASE VERSION [--dry-run]',
  help: `Removes an idle version from the values file, as /drop in a comment does: one that takes no
traffic, here and on the gitops branch, and is not the primary. Begins with the values file
as HEAD has it, and writes into the working tree; it commits nothing.

  --dry-run  say what would change, write nothing

Refused, with exit code 1 and nothing written: a version that takes traffic, a values file
that is other than in HEAD, and an edit that would touch more than is meant (with a patch).`,
  options: { 'dry-run': { type: 'boolean' } },
  arguments: 2,
  async run(invocation) {
    const [release, version] = invocation.args;
    if (release === undefined || version === undefined) throw new UsageError(`usage: coalmine ${this.usage}`);
    return moveRelease(invocation, release, {
      ways: () => ({}),
      decide: async ({ facts, ends, targets }) => decideDrop(facts, { ends, targets, version }),
    });
  },
};

import { decideRollback } from '../flows/rollout/decide-rollback.ts';
import { whyDoubtful } from '../flows/rollout/local.ts';
import { type Command, UsageError } from './command.ts';
import { moveRelease } from './move-release.ts';

export const rollback: Command = {
  usage: 'rollback RELEASE [[to] VERSION] [--dry-run]',
  help: `Takes a rollout back, as /rollback in a comment does, by routes alone: what was committed
and is not published yet is cancelled; a canary goes off traffic; without one the earlier
primary serves again, started first where it doesn't run any more. No version is removed.
A values file with errors is taken back to how it was last published. Begins with the
values file as HEAD has it, and writes into the working tree; it commits nothing.

  VERSION    the version that is to serve everything again
  --dry-run  say what would change, write nothing

No hold is left: that is a commit on the gitops branch, which /hold in a comment makes, and
without one the release can be promoted again. Refused, with exit code 1 and nothing
written: where there is nothing to go back to, a values file that is other than in
HEAD, and an edit that would touch more than is meant (with a patch).`,
  options: { 'dry-run': { type: 'boolean' } },
  arguments: 3,
  async run(invocation) {
    const [release, ...named] = invocation.args;
    const [version, ...more] = named[0] === 'to' && named.length > 1 ? named.slice(1) : named;
    if (release === undefined || more.length > 0) throw new UsageError(`usage: coalmine ${this.usage}`);
    return moveRelease(invocation, release, {
      ways: (name) => ({
        after: [`no hold is left: /hold ${name} in a comment on a pull request keeps it from being promoted again`],
      }),
      async decide({ scene: { repository }, facts, ends, targets }) {
        const doubt = whyDoubtful(facts, 'rollback', version);
        if (doubt !== undefined)
          return {
            kind: 'unclear',
            why: `${doubt}; fetch more of the history, or say what you mean with coalmine set`,
          };
        return decideRollback(repository, facts, { ends, targets, version });
      },
    });
  },
};

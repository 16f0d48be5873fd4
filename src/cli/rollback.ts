import { decideRollback } from '../flows/rollout/decide.ts';
import { whyDoubtful } from '../flows/rollout/local.ts';
import { type Command, UsageError } from './command.ts';
import { moveRelease } from './move-release.ts';

export const rollback: Command = {
  usage: 'rollback RELEASE [VERSION] [--dry-run]',
  help: `Takes a rollout back, as /rollback in a comment does: the canary off traffic; where there
is none, to the primary of before, which is started again where it doesn't run any more.
A values file with errors is taken back to how it was last published. Begins with the
values file as HEAD has it, and writes into the working tree; it commits nothing.

  VERSION    the version that should have the traffic again, or be dropped
  --dry-run  say what would change, write nothing

Nothing but a hold keeps somebody from promoting it again, and none is left here: that is a
commit on the gitops branch, which /hold in a comment makes. Refused, with exit code 1 and
nothing written: where there is nothing to go back to, a values file that is other than in
HEAD, and an edit that would touch more than is meant (with a patch).`,
  options: { 'dry-run': { type: 'boolean' } },
  arguments: 2,
  async run(invocation) {
    const [release, version] = invocation.args;
    if (release === undefined) throw new UsageError(`usage: coalmine ${this.usage}`);
    return moveRelease(invocation, release, {
      ways: (name) => ({
        after: [`no hold is left: /hold ${name} in a comment on a pull request keeps it from being promoted again`],
      }),
      async decide({ scene: { repository }, facts, ends, charts }) {
        const doubt = whyDoubtful(facts, 'rollback', version);
        if (doubt !== undefined)
          return {
            kind: 'unclear',
            why: `${doubt}; fetch more of the history, or say what you mean with coalmine set`,
          };
        return decideRollback(repository, facts, { ends, charts, version });
      },
    });
  },
};

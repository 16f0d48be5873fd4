import { decideRollback } from '../flows/rollout/decide-rollback.ts';
import { whyDoubtful } from '../flows/rollout/local.ts';
import { type Command, UsageError } from './command.ts';
import { moveRelease } from './move-release.ts';

export const rollback: Command = {
  usage: 'rollback RELEASE [[to] VERSION] [--dry-run]',
  help: `Takes a rollout back, as /rollback does in a comment, by changing routes only: cancels what
is committed but not published yet; takes a canary off traffic; without a canary, the earlier
primary serves again, and starts first if it no longer runs. Removes no version. A values
file with errors goes back to what was last published. Reads the values file from HEAD and
writes the result into the working tree; commits nothing.

  VERSION    the version that should serve everything again
  --dry-run  print what would change, write nothing

Sets no hold, so the release can be promoted again at once: a hold is a commit on the gitops
branch, which /hold in a comment makes. Refused, with exit code 1 and nothing written: a
release with nothing to go back to, a values file that differs from HEAD, and an edit that
would change more than intended (prints a patch).`,
  options: { 'dry-run': { type: 'boolean' } },
  arguments: 3,
  async run(invocation) {
    const [release, ...named] = invocation.args;
    const [version, ...more] = named[0] === 'to' && named.length > 1 ? named.slice(1) : named;
    if (release === undefined || more.length > 0) throw new UsageError(`usage: coalmine ${this.usage}`);
    return moveRelease(invocation, release, {
      moveOptions: (name) => ({
        after: [`no hold was set; to keep ${name} from being promoted again, comment on a pull request: /hold ${name}`],
      }),
      async decide({ workspace: { repository }, facts, ends, targets }) {
        const doubt = whyDoubtful(facts, 'rollback', version);
        if (doubt) return { kind: 'unclear', why: doubt };
        return decideRollback(repository, facts, { ends, targets, version });
      },
    });
  },
};

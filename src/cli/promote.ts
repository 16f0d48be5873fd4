import type { PromotionRequest } from '../core/rollout/promote.ts';
import { decidePromotion } from '../flows/rollout/decide.ts';
import { whyDoubtful } from '../flows/rollout/local.ts';
import { type Command, type Invocation, readWholeNumber, UsageError } from './command.ts';
import { moveRelease } from './move-release.ts';

export const promote: Command = {
  usage: 'promote RELEASE [VERSION] [--to N | --full] [--force REASON] [--dry-run]',
  help: `Moves a rollout one step on, as /promote does in a comment: to testers, to more traffic, to
primary; the last step drops the old version. Reads the values file from HEAD and writes the
result into the working tree; commits nothing.

  VERSION         the version to promote, if several are idle
  --to N          go to N percent instead of the next step in the settings
  --full          go straight to primary
  --force REASON  override checks that are not met
  --dry-run       print what would change, write nothing

Prints the change as a diff, and the checks of the step: ✅ met, ❌ not met, ❓ cannot be seen
here, such as commit statuses. Reads what is published from the gitops branch (local, or as
last fetched) and what is live from refs/coalmine/live. Refused, with exit code 1 and nothing
written: a step with unmet checks, a change in HEAD that is not published yet, a values file
that differs from HEAD, and an edit that would change more than intended (prints a patch).`,
  options: {
    to: { type: 'string' },
    full: { type: 'boolean' },
    force: { type: 'string' },
    'dry-run': { type: 'boolean' },
  },
  arguments: 2,
  async run(invocation) {
    const { args, options } = invocation;
    const [release, version] = args;
    if (release === undefined) throw new UsageError(`usage: coalmine ${this.usage}`);
    const wanted = wantedFrom(version, options);
    const { force } = options;
    return moveRelease(invocation, release, {
      moveOptions: () => (typeof force === 'string' ? { force } : {}),
      async decide({ facts, ends, targets }) {
        const doubt = whyDoubtful(facts, 'promote', version);
        if (doubt) return { kind: 'unclear', why: doubt };
        return decidePromotion(facts, wanted, {
          ends,
          targets,
          place: 'clone',
          fetchStatuses: async () => undefined,
        });
      },
    });
  },
};

function wantedFrom(version: string | undefined, options: Invocation['options']): PromotionRequest {
  const weight = readWholeNumber('to', options.to, 100);
  if (weight !== undefined && options.full === true)
    throw new UsageError('--to and --full exclude each other; give only one');
  const to = options.full === true ? 'full' : weight;
  return { ...(version === undefined ? {} : { version }), ...(to === undefined ? {} : { to }) };
}

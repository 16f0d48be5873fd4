import type { Wanted } from '../core/rollout/promote.ts';
import { decidePromotion } from '../flows/rollout/decide.ts';
import { whyDoubtful } from '../flows/rollout/local.ts';
import { type Command, type Invocation, UsageError, wholeNumber } from './command.ts';
import { IN_TERMINAL, moveRelease } from './move-release.ts';

export const promote: Command = {
  usage: 'promote RELEASE [VERSION] [--to N | --full] [--force REASON] [--dry-run]',
  help: `Brings a rollout one step on, as /promote in a comment does: to testers, to more of the
traffic, to primary; at last the old version is dropped. Begins with the values file as
HEAD has it, and writes the next one into the working tree; it commits nothing.

  VERSION         the version that is meant, where several wait for their turn
  --to N          to N percent, in place of the next step of the settings
  --full          all the way to primary
  --force REASON  override what is not met
  --dry-run       say what would change, write nothing

Prints the change as a diff, and what a step asks for: ✅ met, ❌ not met, ❓ can't be seen
here, such as commit statuses. What is published is looked up on the gitops branch, here or
as it was fetched; what is live, in refs/coalmine/live. Refused, with exit code 1 and
nothing written: a step that isn't met, what isn't published yet, a values file that is
other than in HEAD, and an edit that would touch more than is meant (with a patch).`,
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
      ways: () => (typeof force === 'string' ? { force } : {}),
      async decide({ facts, ends, targets }) {
        const doubt = whyDoubtful(facts, 'promote', version);
        if (doubt !== undefined) {
          return {
            kind: 'unclear',
            why: `${doubt}; name the version to make it the canary, or fetch more of the history`,
          };
        }
        return decidePromotion(facts, wanted, {
          ends,
          targets,
          wording: IN_TERMINAL,
          fetchStatuses: async () => undefined,
        });
      },
    });
  },
};

function wantedFrom(version: string | undefined, options: Invocation['options']): Wanted {
  const weight = wholeNumber('to', options.to, 100);
  if (weight !== undefined && options.full === true) throw new UsageError('--to and --full lead to different places');
  const to = options.full === true ? 'full' : weight;
  return { ...(version === undefined ? {} : { version }), ...(to === undefined ? {} : { to }) };
}

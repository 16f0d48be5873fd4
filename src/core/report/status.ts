import type { Hold } from '../model/hold.ts';
import { brief } from '../model/printable.ts';
import { timeText } from '../model/time.ts';
import { sharesText, type Traffic } from '../model/traffic.ts';
import type { Serving } from '../publication/serving.ts';
import type { Guard, GuardFact, LiveCondition } from '../rollout/guards.ts';
import type { RolloutState } from '../rollout/promote.ts';
import { silenceSentence, waitsSentence } from './clusters.ts';
import { code, markdown } from './escape.ts';
import { formatGuards } from './guards.ts';
import { holdText } from './hold.ts';
import { wordsOf } from './publication.ts';
import { toMarkdown } from './sentence.ts';
import { servingBlocks } from './serving.ts';

/** How one release stands, from all sides. */
export interface ReleaseStatus {
  readonly name: string;
  readonly state: RolloutState | undefined; // undefined: no primary can be read
  readonly desired: Traffic | undefined; // undefined: its values have errors
  readonly source: string; // the default branch's commit
  readonly published: { readonly traffic: Traffic | undefined; readonly commit: string; readonly at: Date } | undefined;
  readonly isPublished: boolean; // desired is
  readonly live: LiveCondition;
  readonly serving: Serving; // what clusters are known to serve
  readonly hold: Hold | undefined;
  readonly next: string; // Markdown: what `/promote` would do, or why nothing
}

/** One line on where a rollout is: `shifting: v2 is the canary with 50%`. */
export function stateText(state: RolloutState | undefined): string {
  if (!state) return 'its values name no primary that can be read';
  switch (state.kind) {
    case 'stable':
      return 'stable: it runs the primary alone';
    case 'dark':
      return `dark: ${state.versions.join(', ')} without traffic`;
    case 'draining':
      return `draining: ${state.versions.join(', ')} ${state.versions.length > 1 ? 'were the primary, and wait' : 'was the primary, and waits'} to be dropped`;
    case 'header':
      return `header: ${state.version} is the canary, for testers alone`;
    default:
      return `${state.kind}: ${state.version} is the canary, with ${state.weight}%`;
  }
}

/** What desired, published and live are, and what comes next: plain lines for a terminal are made of the same. */
export function statusLines(status: ReleaseStatus): readonly (readonly [what: string, text: string])[] {
  const { desired, source, published, isPublished, live, hold, next } = status;
  const where = published ? ` in ${published.commit.slice(0, 7)}, ${timeText(published.at)}` : '';
  const there = published
    ? isPublished
      ? `the same,${where}`
      : `${shares(published.traffic)},${where}`
    : 'nothing yet';
  return [
    [
      'Desired',
      desired ? `${shares(desired)}, by ${source.slice(0, 7)}` : `its values have errors, in ${source.slice(0, 7)}`,
    ],
    ['Published', there],
    ['Live', published ? liveText(live) : 'nothing'],
    ['Next', next],
    ...(hold ? ([['Hold', holdText(hold)]] as const) : []),
  ];
}

/** A person may have written anything into the routes on the branch. */
function shares(traffic: Traffic | undefined): string {
  return markdown(brief(sharesText(traffic)));
}

function liveText(live: LiveCondition): string {
  const { isLive, since, assumed, heard, overdue, failures, waitsFor, confirmedBy, untold } = live;
  const [failure] = failures;
  if (failure)
    return `**failed**: Flux (${markdown(failure.cluster)}, ${failure.part}) says ${code(wordsOf(failure.message).slice(0, 500))}`;
  if (untold) return "unknown: it can't be seen here";
  const when = since ? `, since ${timeText(since)}` : '';
  if (isLive) return assumed ? `taken for live${when} (no cluster is heard)` : `all of it${when}`;
  if (!heard) return `unknown: no cluster has ever answered; ${code('coalmine doctor')} says what is missing`;
  if (overdue) return `unknown: ${toMarkdown(silenceSentence(waitsFor, confirmedBy))}`;
  return waitsFor.length === 0 ? 'not yet' : `not yet: waits for ${toMarkdown(waitsSentence(waitsFor, confirmedBy))}`;
}

/** What isn't met, where another line of the same status says the rest: nothing is said twice. */
const SAID_ABOVE: { readonly [C in GuardFact['code']]?: string } = {
  'step-failed': '❌ the last step failed (see Live)',
  'live-overdue': '❌ whether the last step is live is unknown (see Live)',
  'not-live': '❌ the last step is not live yet (see Live)',
  hold: '❌ it is on hold (see Hold)',
};

/** What stands in the way of a step, a piece of Markdown each. */
export function openGuards(guards: readonly Guard[]): readonly string[] {
  return guards
    .filter(({ state }) => state !== 'met')
    .flatMap((guard) => SAID_ABOVE[guard.fact.code] ?? formatGuards([guard]));
}

/** The same as Markdown: first what serves, with a bar; last a fold with the history. */
export function formatStatus(status: ReleaseStatus, history: readonly string[]): string {
  const { name, state, serving } = status;
  const lines = [['State', markdown(brief(stateText(state)))], ...statusLines(status)].map(([what, text]) => {
    return `- ${what}: ${text}.`;
  });
  const past =
    history.length === 0
      ? []
      : [`<details><summary>History</summary>\n\n${history.map((line) => `- ${line}`).join('\n')}\n\n</details>`];
  return [...servingBlocks(name, serving), lines.join('\n'), ...past].join('\n\n');
}

import { brief } from '../../core/model/printable.ts';
import { code, markdown } from '../../core/report/escape.ts';
import { refusalText } from '../../core/report/refusal.ts';
import { toMarkdown } from '../../core/report/sentence.ts';
import { openGuards, type ReleaseStatus } from '../../core/report/status.ts';
import { stateOf } from '../../core/rollout/promote.ts';
import { lineOf } from '../../core/rollout/way.ts';
import { trafficOf } from '../../core/targets/traffic.ts';
import { decidePromotion, type Promoting, type ReleaseDecision } from './decide.ts';
import type { RolloutFacts } from './facts.ts';
import { liveFacts } from './move.ts';

/** How a release stands: what is desired, published and live, and what `/promote` would do. */
export async function fetchStatus(facts: RolloutFacts, promoting: Promoting): Promise<ReleaseStatus> {
  const next = nextText(facts.name, await decidePromotion(facts, {}, promoting));
  return statusOf(facts, { source: promoting.ends.target.source.sha, next });
}

/** The same, where the caller says what comes next. */
export function statusOf(
  { name, rolling, built, published, newest, isPublished, standing, hold }: RolloutFacts,
  { source, next }: Pick<ReleaseStatus, 'source' | 'next'>,
): ReleaseStatus {
  const { id } = built;
  const isThere = published.size > 0 && newest !== undefined;
  return {
    name,
    state: rolling && stateOf(rolling),
    desired: built.manifests && trafficOf(id, built.manifests),
    source,
    published: isThere ? { traffic: trafficOf(id, published), commit: newest.sha, at: newest.date } : undefined,
    isPublished: isPublished === true,
    live: liveFacts(standing),
    serving: standing.serving,
    hold,
    next,
  };
}

function nextText(name: string, decided: ReleaseDecision): string {
  switch (decided.kind) {
    case 'stay': {
      const lines = (decided.ways ?? []).filter(({ verb }) => verb !== 'status').map((way) => code(lineOf(name, way)));
      return `${toMarkdown(refusalText(decided.why))}${lines.length > 0 ? `: ${lines.join(' or ')}` : ''}`;
    }
    case 'by-hand':
      return `to be written by hand: ${markdown(brief(decided.reason))}`;
    case 'step':
      return `/promote: ${markdown(decided.stepped.headline)}`;
    case 'wait': {
      const open = openGuards(decided.guards);
      return `/promote: ${markdown(decided.stepped.headline)}, once this is met: ${open.join('; ')}`;
    }
    default:
      return decided satisfies never;
  }
}

import type { Draft } from '../model/draft.ts';
import { join } from '../model/pointer.ts';
import type { Breach, DraftRule } from './rule.ts';

/** A canary with fewer pods than its share of the traffic asks for is the first to fall over. */
export const tooFewReplicas: DraftRule = {
  id: 'too-few-replicas',
  severity: 'warning',
  about: 'draft',
  check: ({ draft }) => findTooFew(draft),
};

function findTooFew(draft: Draft): readonly Breach[] {
  const { canary, primary, versions } = draft;
  const weight = canary?.weight ?? 0;
  const [ofPrimary, ofCanary] = [podsOf(draft, primary), podsOf(draft, canary?.version)];
  if (canary?.version === undefined || canary.version === primary || weight > 100) return [];
  if (ofPrimary === undefined || ofCanary === undefined) return [];
  const needed = Math.ceil((weight / 100) * ofPrimary);
  if (needed <= ofCanary) return [];
  const version = join('/deployment', canary.version);
  const path = versions?.get(canary.version)?.autoscaling ? `${version}/autoscaling/min` : `${version}/replicas`;
  return [
    {
      path,
      shownAt: 'key',
      message: `"${canary.version}" takes ${weight}% of the traffic with ${pods(ofCanary)}, where the primary has ${pods(ofPrimary)}: give it ${needed}`,
    },
  ];
}

/** The pods that a version has at least; undefined where they run outside. */
function podsOf({ versions }: Draft, version: string | undefined): number | undefined {
  const written = version === undefined ? undefined : versions?.get(version);
  if (!written || written.upstream) return undefined;
  return written.autoscaling ? (written.autoscaling.min ?? 1) : (written.replicas ?? 1);
}

function pods(count: number): string {
  return `${count} pod${count === 1 ? '' : 's'}`;
}

import type { Draft } from '../model/draft.ts';
import { compare } from '../model/finding.ts';
import { join } from '../model/pointer.ts';
import { sharesOf } from '../model/traffic.ts';
import { deploymentFile } from '../targets/kubernetes/names.ts';
import { readManifest } from '../targets/manifest-set.ts';
import type { ChangeRule, ChangeSide } from './rule.ts';

/** New pods of a version that takes traffic get its share at once: that is no canary. */
export const liveVersionChanged: ChangeRule = {
  id: 'live-version-changed',
  severity: 'warning',
  about: 'change',
  check: ({ before, after, draft }) => {
    const shares = new Map(sharesOf(after.traffic));
    return sharesOf(before.traffic)
      .map(([version]) => version)
      .filter((version) => shares.has(version) && podsOf(version, before, draft) !== podsOf(version, after, draft))
      .sort(compare)
      .map((version) => ({
        path: join('/deployment', version),
        shownAt: 'key',
        message: `"${version}" takes ${shares.get(version)}% of the traffic, and its pods change in place: the new ones reach their share at once, without a canary; add a version beside it, and let routes.canary test that`,
      }));
  },
};

/** A version's pod template as text that can be compared. */
function podsOf(version: string, { manifests }: ChangeSide, { id }: Draft): string | undefined {
  const text = manifests.get(deploymentFile(id, version));
  const manifest = text === undefined ? undefined : readManifest(text);
  return JSON.stringify((manifest?.spec as { template?: unknown } | undefined)?.template);
}

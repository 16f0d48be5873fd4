import { compare, type Finding } from '../model/finding.ts';
import { join } from '../model/pointer.ts';
import { sharesOf } from '../model/traffic.ts';
import { deploymentFile } from '../targets/kubernetes/names.ts';
import { readManifest } from '../targets/manifest-set.ts';
import type { ChangeSide, ReleaseChange } from './change.ts';

/** New pods of a version that takes traffic get its share at once: that is no canary. */
export function liveVersionChanged({ before, after, draft }: ReleaseChange): readonly Finding[] {
  const shares = new Map(sharesOf(after.traffic));
  return sharesOf(before.traffic)
    .map(([version]) => version)
    .filter((version) => shares.has(version) && podsOf(version, before, draft) !== podsOf(version, after, draft))
    .sort(compare)
    .map((version) => {
      const path = join('/deployment', version);
      return {
        rule: 'live-version-changed',
        severity: 'warning',
        file: draft.file,
        path,
        range: draft.keyRangeOf(path),
        message: `"${version}" takes ${shares.get(version)}% of the traffic, and its pods change in place: the new ones reach their share at once, without a canary; add a version beside it, and let routes.canary test that`,
      };
    });
}

/** A version's pod template as text that can be compared. */
function podsOf(version: string, { manifests }: ChangeSide, { id }: ReleaseChange['draft']): string | undefined {
  const text = manifests.get(deploymentFile(id, version));
  const manifest = text === undefined ? undefined : readManifest(text);
  return JSON.stringify((manifest?.spec as { template?: unknown } | undefined)?.template);
}

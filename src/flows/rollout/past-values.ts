import { build } from '../../core/build/build.ts';
import type { ManifestSet } from '../../core/model/manifest.ts';
import { join } from '../../core/model/pointer.ts';
import { readPrimary, templateIn } from '../../core/rollout/primary.ts';
import type { Settings } from '../../core/settings/settings.ts';
import type { Targets } from '../../core/targets/targets.ts';
import { valueAt } from '../../core/values/edit/data.ts';
import type { Json } from '../../core/values/edit.ts';
import { remembered } from '../fetching.ts';
import { historyOf } from '../gitops/history.ts';
import type { ValuesEntry } from '../gitops/snapshot.ts';
import type { Commit, Repository } from '../ports.ts';
import { fetchText, fetchValues } from './content.ts';
import type { ReleasePast } from './release-past.ts';

/** What a values file's own history knows of a release's earlier days. */
export interface PastOfValues extends ReleasePast {
  /** Whether the version is seen to come, with the pod template that it has in `tree`. */
  isSeenToCome(version: string, tree: ManifestSet): Promise<boolean>;
}

export interface ValuesFacts {
  readonly entry: ValuesEntry;
  readonly source: Commit;
  readonly settings: Settings;
  readonly targets: Targets;
}

/**
 * Looks back where there is no gitops branch to look at: each earlier text is rendered as it would be now, so that its pods
 * can be compared. A primary of the values may never have been published; a clone cannot tell.
 */
export async function fetchPastOfValues(
  repository: Repository,
  { entry: { file, release: id }, source, settings, targets }: ValuesFacts,
): Promise<PastOfValues> {
  const log = await historyOf(repository, source).touching([file]);
  const manifestsAt = remembered(async ({ sha }: Commit): Promise<ManifestSet> => {
    const text = await fetchText(repository.treeOf(sha), file);
    if (text === undefined) return new Map();
    return build({ file, id, bytes: new TextEncoder().encode(text) }, settings, targets).manifests ?? new Map();
  });

  return {
    commits: [],

    async fetchFormer(versions, tree) {
      const left = new Set(versions);
      const found: string[] = [];
      for (const commit of log) {
        if (left.size === 0) break;
        const reign = readPrimary(id, await manifestsAt(commit));
        if (!reign || !left.has(reign.primary) || templateIn(id, tree, reign.primary) !== reign.template) continue;
        left.delete(reign.primary);
        found.push(reign.primary);
      }
      return found;
    },

    fetchBlock: async () => undefined, // nothing is known to run

    hasServed: () => true,

    async fetchPrevious(now, named) {
      for (const commit of log) {
        const reign = readPrimary(id, await manifestsAt(commit));
        if (!reign || (named !== undefined && reign.primary !== named)) continue;
        if (reign.primary === now.primary && reign.template === now.template) continue;
        const block = valueAt(
          await fetchValues(repository.treeOf(commit.sha), file),
          join('/deployment', reign.primary),
        );
        if (block !== undefined) return { version: reign.primary, block: (block ?? {}) as Json };
      }
      return undefined;
    },

    async isSeenToCome(version, tree) {
      const template = templateIn(id, tree, version);
      for (const commit of log) {
        const manifests = await manifestsAt(commit);
        if (manifests.size > 0 && templateIn(id, manifests, version) !== template) return true;
      }
      return false;
    },
  };
}

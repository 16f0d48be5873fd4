import type { ManifestSet } from '../../core/model/manifest.ts';
import { releaseFolder } from '../../core/model/places.ts';
import { join } from '../../core/model/pointer.ts';
import { identityOf, type ReleaseId } from '../../core/model/release.ts';
import { parseMessage } from '../../core/model/trailers.ts';
import { leaderOf, type PrimaryVersion, readPrimary, sharesIn, templateIn } from '../../core/rollout/primary.ts';
import type { Previous } from '../../core/rollout/promote.ts';
import { valueAt } from '../../core/values/edit/data.ts';
import type { Json } from '../../core/values/edit.ts';
import { remembered } from '../fetching.ts';
import { historyOf, publicationsOf, sourceOf } from '../gitops/history.ts';
import { fetchPublished } from '../gitops/published.ts';
import type { Commit, Repository } from '../ports.ts';
import { fetchValues } from './content.ts';

/** Maximum number of commits that are looked at for a version's block: one that runs is in the newest ones. */
const BLOCKS = 20;

/** A commit of the gitops branch that changed a release, with the traffic that held from there on, as far as commits say. */
interface PastCommit {
  readonly commit: Commit;
  readonly shares: string | undefined;
}

/** What the gitops branch knows of a release's earlier days. */
export interface ReleasePast {
  readonly commits: readonly Commit[]; // that changed it, newest first
  /** Those of the versions that were primary with the pod templates that they have in `tree`, the newest first. */
  fetchFormer(versions: readonly string[], tree: ManifestSet): Promise<readonly string[]>;
  /** The newest primary with other pods than now, or of that name, with its block in the values of that time. */
  fetchPrevious(now: PrimaryVersion, named?: string): Promise<Previous | undefined>;
  /** Whether a version has taken traffic in anything that was published, as far as commits say; unsaid, it may have. */
  hasServed(version: string): boolean;
  /** The newest block of a version in the values that anything was published from. */
  fetchBlock(version: string): Promise<Json | undefined>;
}

export interface PastFacts {
  readonly id: ReleaseId;
  readonly file: string; // its values file
  readonly tip: Commit | undefined; // of the gitops branch
}

export async function fetchPast(repository: Repository, { id, file, tip }: PastFacts): Promise<ReleasePast> {
  const commits = await publicationsOf(historyOf(repository, tip)).touching([releaseFolder(id)]);
  const past = withShares(commits, id);
  const treeAt = remembered(async ({ sha }: Commit) => {
    return (await fetchPublished(repository.treeOf(sha))).fetchTexts(identityOf(id));
  });

  /** Whether a version was primary in that commit, with these pods. */
  async function reigned(commit: Commit, version: string, template: string | undefined): Promise<boolean> {
    const reign = readPrimary(id, await treeAt(commit));
    return reign?.primary === version && reign.template === template;
  }

  return {
    commits,
    async fetchFormer(versions, tree) {
      const found: { readonly version: string; readonly age: number }[] = [];
      for (const version of versions) {
        const template = templateIn(id, tree, version);
        for (const [age, { commit, shares }] of past.entries()) {
          if (!canLead(shares, version) || !(await reigned(commit, version, template))) continue;
          found.push({ version, age });
          break;
        }
      }
      return found.sort((a, b) => a.age - b.age).map(({ version }) => version);
    },

    hasServed: (version) => {
      return past.some(({ commit, shares }) => {
        return shares === undefined ? sourceOf(commit) === undefined : ` ${shares}`.includes(` ${version} `);
      });
    },

    async fetchBlock(version) {
      for (const commit of commits.slice(0, BLOCKS)) {
        const block = valueAt(await fetchSourceValues(repository, commit, file), join('/deployment', version));
        if (block !== undefined) return (block ?? {}) as Json;
      }
      return undefined;
    },

    async fetchPrevious(now, named) {
      for (const { commit, shares } of past) {
        if (named !== undefined && !canLead(shares, named)) continue;
        const reign = readPrimary(id, await treeAt(commit));
        if (!reign || (named !== undefined && reign.primary !== named)) continue;
        if (reign.primary === now.primary && reign.template === now.template) continue;
        const block = await fetchBlock(repository, { commit, file, version: reign.primary });
        if (block !== undefined) return { version: reign.primary, block };
      }
      return undefined;
    },
  };
}

/** The traffic at each commit: what it says itself, else what the newest before it that says something does. */
function withShares(commits: readonly Commit[], id: ReleaseId): readonly PastCommit[] {
  let shares: string | undefined;
  const oldestFirst = commits.toReversed().map((commit) => {
    // One made by hand may have changed the traffic without a word.
    shares = sharesIn(parseMessage(commit.message), id) ?? (sourceOf(commit) === undefined ? undefined : shares);
    return { commit, shares };
  });
  return oldestFirst.reverse();
}

/** Whether a version may have been primary while these shares held: where nothing is said, the tree has to be read. */
function canLead(shares: string | undefined, version: string): boolean {
  return shares === undefined || leaderOf(shares) === version;
}

/** The entry of a version in the values that a commit was rendered from, where it was their primary. */
async function fetchBlock(
  repository: Repository,
  { commit, file, version }: { readonly commit: Commit; readonly file: string; readonly version: string },
): Promise<Json | undefined> {
  const value = await fetchSourceValues(repository, commit, file);
  const block = valueAt(value, join('/deployment', version));
  return valueAt(value, '/routes/primary/version') === version && block !== undefined
    ? ((block ?? {}) as Json)
    : undefined;
}

/** The values that a commit was rendered from; undefined where they are too long ago, elsewhere, or broken. */
async function fetchSourceValues(repository: Repository, commit: Commit, file: string): Promise<unknown> {
  const source = sourceOf(commit);
  const found = source === undefined ? undefined : await repository.fetchCommit(source);
  return found && fetchValues(repository.treeOf(found.sha), file);
}

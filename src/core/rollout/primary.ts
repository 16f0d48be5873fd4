import type { ManifestSet } from '../model/manifest.ts';
import { identityOf, type ReleaseId } from '../model/release.ts';
import { type Message, trailers } from '../model/trailers.ts';
import { podTemplates } from '../publication/pending.ts';
import { deploymentOf } from '../targets/kubernetes/names.ts';
import { trafficOf } from '../targets/traffic.ts';

/** Who was primary in a published tree, and with which pod template; none for a version that exists outside. */
export interface PrimaryVersion {
  readonly primary: string;
  readonly template: string | undefined;
}

export function readPrimary(id: ReleaseId, published: ManifestSet): PrimaryVersion | undefined {
  const primary = trafficOf(id, published)?.primary;
  return primary === undefined ? undefined : { primary, template: templateIn(id, published, primary) };
}

/** The pod template of a version in a tree, as text. */
export function templateIn(id: ReleaseId, tree: ManifestSet, version: string): string | undefined {
  return podTemplates(id, tree).get(deploymentOf(id, version));
}

/** What a commit of the gitops branch says of a release's traffic: `v1 75% v2 25%`; undefined: it says nothing. */
export function sharesIn(message: Message, id: ReleaseId): string | undefined {
  const names = [id.name, identityOf(id)];
  for (const text of trailers(message, 'Traffic')) {
    const [, name = '', shares = ''] = /^(\S+) (.+)$/.exec(text) ?? [];
    if (names.includes(name)) return shares;
  }
  return undefined;
}

/**
 * The version that can have been primary while these shares held: the first one. A canary with all of the traffic looks
 * alike, so that only the tree itself tells.
 */
export function leaderOf(shares: string): string | undefined {
  return /^(\S+) \d+%/.exec(shares)?.[1];
}

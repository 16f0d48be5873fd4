import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clone, Story } from './story.ts';

/** A repository where many people work: a release for each open pull request, which changes only that one. */
export interface Crowd {
  readonly clone: Clone;
  readonly releases: readonly string[];
  /** Numbers of the pull requests, in the order of the releases. */
  readonly pulls: readonly number[];
}

/** Flux's word is all that a publication waits for, and the App merges what it proposes. */
const SETTINGS = `domains: {example: {render: true}}
readiness: {by: flux, drain: 0s}
merge: all
`;

/** A service half-way through a canary. */
export function serviceWith(weight: number): string {
  return `deployment:
  v1:
    image: registry.example.com/service:1.0.0
    replicas: 4
  v2:
    image: registry.example.com/service:2.0.0
    replicas: 4
routes:
  apiGroup: example
  primary:
    version: v1
  canary:
    version: v2
    weight: ${weight}
    headers:
      stage: canary
`;
}

/** The values file of a release. */
export const fileOf = (release: string): string => `charts-values/${release}.yaml`;

/**
 * Commits so many releases, and `more` beside them, publishes them, and opens a pull request about each: all of it is
 * reviewed when the App starts again, as after a time in which it did not run.
 */
export async function startCrowd(
  story: Story,
  count: number,
  more: Readonly<Record<string, string>> = {},
): Promise<Crowd> {
  const releases = Array.from({ length: count }, (_, index) => `svc-${String(index).padStart(3, '0')}`);
  const clone = await story.clone('admin');
  const write = async (files: Readonly<Record<string, string>>, message: string): Promise<string> => {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(join(clone.folder, path, '..'), { recursive: true });
      await writeFile(join(clone.folder, path), text);
    }
    await clone.git('add', '--all');
    await clone.git('commit', '--quiet', `--message=${message}`);
    return clone.git('rev-parse', 'HEAD');
  };
  const values = Object.fromEntries(releases.map((release) => [fileOf(release), serviceWith(10)]));
  const sha = await write({ '.github/coalmine.yml': SETTINGS, ...values, ...more }, 'services');
  await story.after('push', () => clone.git('push', '--quiet', 'origin', 'main'), sha);
  await settle(story, clone);
  await story.stopApp();
  for (const release of releases) {
    await clone.git('checkout', '--quiet', '-B', `${release}-25`, 'main');
    await write({ [fileOf(release)]: serviceWith(25) }, `${release}: canary to 25 %`);
  }
  await clone.git('push', '--quiet', 'origin', ...releases.map((release) => `${release}-25`));
  const pulls: number[] = [];
  for (const release of releases) {
    const wanted = { title: `${release}: canary to 25 %`, head: `${release}-25`, base: 'main' };
    const { status, body } = await story.request('writer', 'POST', '/pulls', wanted);
    if (status !== 201) throw new Error(`no pull request from ${release}-25: ${JSON.stringify(body)}`);
    pulls.push((body as { readonly number: number }).number);
  }
  await clone.git('checkout', '--quiet', 'main');
  return { clone, releases, pulls };
}

/** Lets Flux apply all there is, until nothing is published any more. */
export async function settle(story: Story, clone: Clone): Promise<void> {
  const fetchTip = () => clone.git('ls-remote', 'origin', 'refs/heads/gitops');
  for (let before = '', now = await fetchTip(); now !== before; now = await fetchTip()) {
    before = now;
    await story.settleFlux();
  }
}

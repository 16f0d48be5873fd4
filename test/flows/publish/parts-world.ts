import type { FluxEvent } from '../../../src/core/readiness/event.ts';
import { REVIEW_MARKER } from '../../../src/core/report/comment.ts';
import { FOLLOWING_MARKER } from '../../../src/core/report/following.ts';
import { splitSection } from '../../../src/core/report/section.ts';
import { keyOf } from '../../../src/flows/job.ts';
import type { Decide } from '../../../src/flows/plan-job.ts';
import type { Commit } from '../../../src/flows/ports.ts';
import { runJob } from '../../../src/flows/run-job.ts';
import { type FakeWorld, fakeWorld, SHOP } from '../../support/fakes.ts';
import { values } from '../../support/values.ts';
import { merge } from './publication.ts';

const SETTINGS = '.github/coalmine.yml';
export const ECHO = 'charts-values/echo.yaml';
export const BETA = 'charts-values/beta.yaml';

/** A release with this version alone. */
export function only(version: string): string {
  return values().replaceAll('v1', version);
}

const PUBLISH = { kind: 'publish', repository: SHOP } as const;

/** Runs what is enqueued, equal jobs once, until nothing more is. */
export async function runQueue(world: FakeWorld, decide?: Decide): Promise<void> {
  for (let jobs = world.enqueued.splice(0); jobs.length > 0; jobs = world.enqueued.splice(0)) {
    const byKey = new Map(jobs.map((job) => [keyOf(job), job]));
    for (const job of byKey.values()) await runJob(job, world, decide);
  }
}

/** As the sweep does: publishes what can be published now. */
export async function sweep(world: FakeWorld): Promise<void> {
  await runJob(PUBLISH, world);
  await runQueue(world);
}

/** Some time goes by, and what can be published then is. */
export async function later(world: FakeWorld, seconds: number): Promise<void> {
  world.advance(seconds);
  await sweep(world);
}

/** Merges a pull request whose review left a comment; publishes what can be published then. */
export async function mergePull(
  world: FakeWorld,
  number: number,
  files: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  world.pulls.comments.set(number, `${REVIEW_MARKER}\n\nreviewed\n`);
  const sha = merge(world, files, number, `merger${number}`);
  await sweep(world);
  return sha;
}

/** What Flux says of one Kustomization at the newest commit; the words go the whole way through the job. */
export async function hear(
  world: FakeWorld,
  kustomization: string,
  { failed, ...more }: Partial<FluxEvent> & { readonly failed?: string } = {},
): Promise<void> {
  world.advance(1);
  const event: FluxEvent = {
    by: 'flux',
    kustomization: { namespace: kustomization.replace(/-(workloads|routes)$/, ''), name: kustomization },
    revision: { branch: 'gitops', sha: world.repository.tipOf('gitops')?.sha ?? '' },
    outcome: failed === undefined ? 'applied' : 'failed',
    reason: failed === undefined ? 'ReconciliationSucceeded' : 'HealthCheckFailed',
    message: failed ?? 'done',
    cluster: 'default',
    at: world.now().toISOString(),
    ...more,
  };
  await runJob({ kind: 'flux-events', repository: SHOP, events: [event] }, world);
  await runQueue(world);
}

/** Both parts of these releases are applied and drained, by the word of every cluster. */
export async function settle(
  world: FakeWorld,
  names: readonly string[],
  clusters: readonly string[] = ['default'],
): Promise<void> {
  for (let before: string | undefined; before !== world.repository.tipOf('gitops')?.sha; ) {
    before = world.repository.tipOf('gitops')?.sha;
    for (const name of names)
      for (const cluster of clusters)
        for (const part of ['workloads', 'routes']) await hear(world, `${name}-${part}`, { cluster });
    await later(world, 31);
  }
}

/** A world that has published these values, and whose clusters stand there. */
export async function settledWorld(
  settings: string,
  files: Readonly<Record<string, string>>,
  clusters?: readonly string[],
): Promise<FakeWorld> {
  const world = fakeWorld();
  world.repository.push({ branch: 'main', files: { ...files, [SETTINGS]: settings } });
  await sweep(world);
  const names = Object.keys(files).map((path) => path.slice('charts-values/'.length, -'.yaml'.length));
  if (settings.includes('by: flux')) await settle(world, names, clusters);
  else for (const seconds of [61, 91]) await later(world, seconds);
  world.pulls.written.splice(0);
  return world;
}

/** The gitops commits after that one, oldest first. */
export async function commitsSince({ repository }: FakeWorld, since: string | undefined): Promise<readonly Commit[]> {
  const commits: Commit[] = [];
  let at = repository.tipOf('gitops');
  while (at && at.sha !== since) {
    commits.unshift(at);
    const [parent] = at.parents;
    at = parent === undefined ? undefined : await repository.fetchCommit(parent);
  }
  return commits;
}

export const subjectOf = ({ message }: Pick<Commit, 'message'>): string => message.split('\n')[0] ?? '';

export function checkOf(
  { pulls }: FakeWorld,
  sha: string,
): { readonly completed: boolean; readonly title: string } | undefined {
  return pulls.checks.get(`coalmine/publish ${sha}`);
}

/** What the comment of a pull request says of its publication, but for what serves. */
export function sectionOf({ pulls }: FakeWorld, number: number): string {
  const { section } = splitSection(pulls.comments.get(number) ?? '', FOLLOWING_MARKER);
  return section.replace(/^### .*\n(?:```text\n[^`]*```\n)?/gm, '').replace(/[0-9a-f]{7}/g, 'SHA');
}

import { expect } from 'vitest';
import { type Plan, perform } from '../../../src/flows/effect.ts';
import type { ApprovalRequest } from '../../../src/flows/publish/publication-state.ts';
import { publishDefaultBranch } from '../../../src/flows/publish/publish.ts';
import { type FakeWorld, fakeWorld, outline, SHOP } from '../../support/fakes.ts';
import { values } from '../../support/values.ts';

export const FILES = {
  'charts-values/beta.yaml': values(),
  'charts-values/echo.yaml': values(25),
  'charts-values/old.yaml': values(),
};

/** Plans the publication of main. */
export function plan(world: FakeWorld, resume?: ApprovalRequest): Promise<Plan> {
  return publishDefaultBranch(world, SHOP, resume);
}

/** Longer than it takes until a part is taken for applied and drained, as the default settings have it. */
export const LONG = 120;

/** Carries out one plan; gives its lines. */
export async function publishOnce(world: FakeWorld, resume?: ApprovalRequest): Promise<readonly string[]> {
  const made = await plan(world, resume);
  expect((await perform(made, world)).kind).toBe('done');
  return outline(made).filter((line) => !/^enqueue (?:publish|review-open)/.test(line));
}

/** Publishes part after part, each once the one before is taken for applied; gives the lines of the plans. */
export async function publish(world: FakeWorld): Promise<readonly string[]> {
  const lines: string[] = [];
  for (let part = 0; part < 10; part++) {
    const made = await publishOnce(world);
    lines.push(...made);
    if (!made.some((line) => line.startsWith('publish '))) return lines;
    world.advance(LONG);
  }
  throw new Error('this publication does not end');
}

/** Publishes what waits for somebody's word, and what follows it. */
export async function resume(
  world: FakeWorld,
  what: ApprovalRequest['what'] = 'everything',
): Promise<readonly string[]> {
  const lines = await publishOnce(world, { what, by: 'admin', comment: 77 });
  world.advance(LONG);
  return [...lines, ...(await publish(world))];
}

/** A world with these values on main, published. */
export async function publishedWorld(files: Readonly<Record<string, string>> = FILES): Promise<FakeWorld> {
  const world = fakeWorld();
  world.repository.push({ branch: 'main', files });
  await publish(world);
  world.repository.takeReads();
  return world;
}

/** The last paragraph of the newest commit on gitops. */
export function trailersOf({ repository }: FakeWorld): readonly string[] {
  const message = repository.tipOf('gitops')?.message ?? '';
  return message.trimEnd().split('\n\n').at(-1)?.split('\n') ?? [];
}

/** A commit on main that a pull request was merged by. */
export function merge(
  world: FakeWorld,
  files: Readonly<Record<string, string | undefined>>,
  number: number,
  mergedBy?: string,
): string {
  const sha = world.repository.push({ branch: 'main', files, author: 'author' });
  const head = { sha: `head${number}`, branch: 'b', fork: false };
  world.pulls.pulls.set(number, {
    number,
    open: false,
    ours: false,
    head,
    base: 'main',
    mergeCommit: sha,
    ...(mergedBy === undefined ? {} : { mergedBy }),
  });
  return sha;
}

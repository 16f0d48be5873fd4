import type { Plan } from '../../../src/flows/effect.ts';
import type { Pull } from '../../../src/flows/ports.ts';
import { reviewPullRequest } from '../../../src/flows/review/review.ts';
import { type FakeWorld, fakeWorld } from '../../support/fakes.ts';
import { values } from '../../support/values.ts';

export const ECHO = 'charts-values/echo.yaml';
export const BETA = 'charts-values/beta.yaml';
export const SETTINGS = '.github/coalmine.yml';
export const FILES = { [ECHO]: values(25), [BETA]: values() };

/** Opens pull request 1 with these changes, or pushes them to it. */
export function push(
  world: FakeWorld,
  files: Readonly<Record<string, string | undefined>>,
  more: Partial<Pull> & { fork?: boolean } = {},
): string {
  const { repository, pulls } = world;
  const known = repository.tipOf('change');
  const base = repository.tipOf(more.base ?? 'main')?.sha ?? '';
  const sha = repository.push({ branch: 'change', files, onto: [known?.sha ?? base] });
  const { fork = false, ...rest } = more;
  pulls.pulls.set(1, {
    number: 1,
    open: true,
    ours: false,
    base: 'main',
    ...rest,
    head: { sha, branch: 'change', fork },
  });
  return sha;
}

export function worldWith(files: Readonly<Record<string, string>> = FILES): FakeWorld {
  const world = fakeWorld();
  world.repository.push({ branch: 'main', files });
  return world;
}

export function review(world: FakeWorld): Promise<Plan> {
  return reviewPullRequest(world, 1);
}

export function commentOf(plan: Plan): string {
  return plan.flatMap((effect) => (effect.kind === 'comment' ? [effect.body] : [])).join();
}

export function annotationsOf(plan: Plan): readonly string[] {
  return plan.flatMap((effect) =>
    effect.kind === 'check' ? effect.report.annotations.map(({ path, startLine }) => `${path}:${startLine}`) : [],
  );
}

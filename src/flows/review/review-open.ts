import type { Effect, Plan } from '../effect.ts';
import type { OpenReview, Ports, RepositoryRef } from '../ports.ts';
import { compareBasis, type Ground } from './basis.ts';
import { fetchGround } from './ground.ts';
import { REVIEW_CHECK } from './review.ts';

/** What is on the gitops branch, published or held, may change what reviews of open pull requests say. */
export function planReviewsAgain(repository: RepositoryRef): Plan {
  return [{ kind: 'enqueue', job: { kind: 'review-open', repository } }];
}

/** Plans to review again the open pull requests whose review would say something else by now, and no others. */
export async function reviewOpenPulls(
  ports: Pick<Ports, 'repository' | 'pulls'>,
  repository: RepositoryRef,
): Promise<Plan> {
  return planReviews(ports, repository, (compared) => compared !== 'same');
}

/**
 * Plans the reviews that a webhook never asked for: those that aren't finished, and those that would be others by now. What
 * can't be told is left alone: a sweep comes every few minutes.
 */
export async function planMissingReviews(
  ports: Pick<Ports, 'repository' | 'pulls'>,
  repository: RepositoryRef,
): Promise<Plan> {
  return planReviews(ports, repository, (compared) => compared === 'changed');
}

async function planReviews(
  ports: Pick<Ports, 'repository' | 'pulls'>,
  repository: RepositoryRef,
  isDue: (compared: ReturnType<typeof compareBasis>) => boolean,
): Promise<Plan> {
  const open = await ports.pulls.fetchOpenReviews(REVIEW_CHECK);
  const ground = open.some(({ check }) => check?.completed) ? await fetchDefaultGround(ports) : undefined;
  return open
    .filter(({ pull, base, check }) => {
      if (!check?.completed) return true;
      return isDue(ground?.base === base ? compareBasis(check.basis, { number: pull }, ground) : 'unknown');
    })
    .map((review) => enqueue(review, repository));
}

async function fetchDefaultGround({
  repository,
  pulls,
}: Pick<Ports, 'repository' | 'pulls'>): Promise<Ground | undefined> {
  const base = await pulls.fetchDefaultBranch();
  const tip = await repository.fetchCommit(`refs/heads/${base}`);
  return tip && fetchGround(repository, { base, tip: tip.sha, depth: 'manifests' });
}

function enqueue({ pull }: OpenReview, repository: RepositoryRef): Effect {
  return { kind: 'enqueue', job: { kind: 'review', repository, pull } };
}

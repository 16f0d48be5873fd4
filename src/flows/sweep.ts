import type { Effect, Plan } from './effect.ts';
import type { Ports, RepositoryRef } from './ports.ts';
import { REVIEW_CHECK } from './review.ts';

/** Finds what never arrived: open pull requests without a finished review, and a default branch that isn't published. */
export async function sweepRepository({ pulls }: Pick<Ports, 'pulls'>, repository: RepositoryRef): Promise<Plan> {
  const unreviewed: Effect[] = [];
  for (const pull of await pulls.fetchOpenPulls()) {
    const check = await pulls.fetchCheck(pull.head.sha, REVIEW_CHECK);
    if (!check?.completed) unreviewed.push({ kind: 'enqueue', job: { kind: 'review', repository, pull: pull.number } });
  }
  return [{ kind: 'enqueue', job: { kind: 'publish', repository } }, ...unreviewed];
}

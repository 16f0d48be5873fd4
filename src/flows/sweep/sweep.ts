import { answeredAmong, commandsIn } from '../commands/answer-comment.ts';
import type { Effect, Plan } from '../effect.ts';
import type { Ports, RepositoryRef } from '../ports.ts';
import { planMissingReviews } from '../review/review-open.ts';

/** How long an unanswered command still counts: as long as GitHub keeps deliveries. */
const COMMANDS_FOR = 3 * 24 * 60 * 60 * 1000;

/** Maximum number of unanswered comments of one person that a sweep takes on: there may be thousands that get no answer. */
const MAX_UNANSWERED = 10;

/**
 * Finds what never arrived: open pull requests without a finished review, or with one that is outdated, a default branch that isn't published, and
 * commands without an answer.
 */
export async function sweepRepository(
  ports: Pick<Ports, 'repository' | 'pulls' | 'now'>,
  repository: RepositoryRef,
): Promise<Plan> {
  return [
    { kind: 'enqueue', job: { kind: 'publish', repository } },
    ...(await planMissingReviews(ports, repository)),
    ...(await findUnanswered(ports, repository)),
  ];
}

async function findUnanswered(
  { pulls, now }: Pick<Ports, 'pulls' | 'now'>,
  repository: RepositoryRef,
): Promise<readonly Effect[]> {
  const comments = await pulls.fetchComments(new Date(now().getTime() - COMMANDS_FOR));
  const answered = answeredAmong(comments);
  const found = new Map<string, number>();
  return comments.flatMap((comment): Effect[] => {
    const { id, pull } = comment;
    if (pull === undefined || answered.has(id) || commandsIn(comment).length === 0) return [];
    const count = (found.get(comment.author) ?? 0) + 1;
    found.set(comment.author, count);
    if (count > MAX_UNANSWERED) return [];
    return [{ kind: 'enqueue', job: { kind: 'comment', repository, pull, comment: id } }];
  });
}

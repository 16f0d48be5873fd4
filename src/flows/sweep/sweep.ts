import { answeredAmong, commandsIn } from '../commands/answer-comment.ts';
import type { Effect, Plan } from '../effect.ts';
import type { Ports, RepositoryRef } from '../ports.ts';
import { REVIEW_CHECK } from '../review/review.ts';

/** So long a command may stay unanswered and still be what somebody wants; as long GitHub keeps deliveries. */
const COMMANDS_FOR = 3 * 24 * 60 * 60 * 1000;

/** Maximum number of unanswered comments of one person that a sweep takes on: there may be thousands that get no answer. */
const MAX_UNANSWERED = 10;

/**
 * Finds what never arrived: open pull requests without a finished review, a default branch that isn't published, and
 * commands without an answer.
 */
export async function sweepRepository(
  { pulls, now }: Pick<Ports, 'pulls' | 'now'>,
  repository: RepositoryRef,
): Promise<Plan> {
  const unreviewed: Effect[] = [];
  for (const pull of await pulls.fetchOpenPulls()) {
    const check = await pulls.fetchCheck(pull.head.sha, REVIEW_CHECK);
    if (!check?.completed) unreviewed.push({ kind: 'enqueue', job: { kind: 'review', repository, pull: pull.number } });
  }
  return [
    { kind: 'enqueue', job: { kind: 'publish', repository } },
    ...unreviewed,
    ...(await findUnanswered({ pulls, now }, repository)),
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

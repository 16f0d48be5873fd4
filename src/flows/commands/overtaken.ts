import { parseMessage, trailer } from '../../core/model/trailers.ts';
import { formatStays } from '../../core/report/rollout.ts';
import { commandsOf } from '../gitops/history.ts';
import type { Comment, Commit, Ports } from '../ports.ts';
import type { RolloutFacts } from '../rollout/facts.ts';

/**
 * Why a comment speaks of a state that has gone: its release was published anew after it was written, or at the same
 * time by another person's comment. Two people who type the same within a second mean one step.
 */
export async function fetchOvertaken(
  { pulls }: Pick<Ports, 'pulls'>,
  { newest, name }: Pick<RolloutFacts, 'newest' | 'name'>,
  comment: Comment,
): Promise<string | undefined> {
  if (!newest || !(await isAfter({ pulls }, newest, comment))) return undefined;
  const { subject } = parseMessage(newest.message);
  const by = trailer(parseMessage(newest.message), 'Requested-By');
  return formatStays(name, { code: 'moved-since', subject, ...(by === undefined ? {} : { by }) }, [
    { verb: 'promote' },
  ]);
}

/** Whether a commit was made after a comment was written; or for others, one of which another person wrote within the same second. */
async function isAfter({ pulls }: Pick<Ports, 'pulls'>, commit: Commit, comment: Comment): Promise<boolean> {
  if (commit.date > comment.createdAt) return true;
  const others = commandsOf(commit).filter((id) => id > 0 && id !== comment.id); // it may carry several merges
  const written = await Promise.all(others.map((id) => pulls.fetchComment(id)));
  return written.some((other) => {
    if (!other || other.author === comment.author) return false;
    return Math.abs(other.createdAt.getTime() - comment.createdAt.getTime()) <= SECOND;
  });
}

const SECOND = 1000;

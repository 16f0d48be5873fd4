import type { Settings } from '../../core/settings/settings.ts';
import { fetchDefaultSettings } from '../gitops/snapshot.ts';
import type { Comment, Job, Ports } from '../ports.ts';
import { type Answered, answeredAmong, openComment, type Unanswered } from './answer-comment.ts';
import { fetchForbidden } from './rights.ts';

/** Maximum number of refused comments of one person that are answered in an hour. */
export const MAX_REFUSED_PER_HOUR = 10;

const HOUR = 60 * 60 * 1000; // ms

/** Commands that write nothing to the repository, and so needn't wait for its other writers. */
const READERS: ReadonlySet<string> = new Set(['status', 'help']);

/** What becomes of a comment: nothing, an answer at once, or a turn among the repository's writers. */
export type Admission =
  | { readonly kind: 'none' }
  | { readonly kind: 'here'; readonly comment: Unanswered; readonly forbidden: readonly Answered[] }
  | { readonly kind: 'writer'; readonly head: string }; // SHA of the pull request's head as of now

/**
 * Looks at a comment before it is given its turn among the repository's writers. What its author has no right to is refused
 * without one: a reader's comments must not hold up a writer's `/rollback`.
 */
export async function admitComment(
  ports: Pick<Ports, 'repository' | 'pulls' | 'now'>,
  job: Pick<Extract<Job, { kind: 'comment' }>, 'pull' | 'comment' | 'repository'>,
): Promise<Admission> {
  const comment = await openComment(ports, { ...job, kind: 'command' });
  if (!comment) return { kind: 'none' };
  const writing = [...new Set(comment.commands.map(([{ verb }]) => verb))].filter((verb) => !READERS.has(verb));
  if (writing.length === 0) return { kind: 'here', comment, forbidden: [] };
  const settings = await fetchDefaultSettings(ports);
  const writer = { kind: 'writer', head: comment.head } as const;
  if (!settings) return writer; // which says what is wrong with them
  const forbidden: string[] = [];
  for (const verb of writing) {
    const refusal = await fetchForbiddenEverywhere(ports, settings, { verb, login: comment.author });
    if (refusal === undefined) return writer;
    forbidden.push(refusal);
  }
  if (await isToldEnough(ports, job, comment.author)) return { kind: 'none' };
  const reading = comment.commands.filter(([{ verb }]) => READERS.has(verb));
  const texts = forbidden.map((text) => ({ done: false, text }));
  return { kind: 'here', comment: { ...comment, commands: reading }, forbidden: texts };
}

/** Why the author may use a command in none of the stages; undefined where there is one. */
async function fetchForbiddenEverywhere(
  ports: Pick<Ports, 'pulls'>,
  settings: Settings,
  asked: Omit<Parameters<typeof fetchForbidden>[2], 'stages'>,
): Promise<string | undefined> {
  let first: string | undefined;
  for (const stage of [undefined, ...settings.stages.keys()]) {
    const refusal = await fetchForbidden(ports, settings, { ...asked, stages: [stage] });
    if (refusal === undefined) return undefined;
    first ??= refusal;
  }
  return first;
}

/** Whether this person has had as many answers within the hour as one without rights gets. */
async function isToldEnough(
  { pulls, now }: Pick<Ports, 'pulls' | 'now'>,
  { comment }: Pick<Extract<Job, { kind: 'comment' }>, 'comment'>,
  author: string,
): Promise<boolean> {
  const comments = await pulls.fetchComments(new Date(now().getTime() - HOUR));
  const answered = answeredAmong(comments);
  const isTold = ({ id, author: other }: Comment) => other === author && id !== comment && answered.has(id);
  return comments.filter(isTold).length >= MAX_REFUSED_PER_HOUR;
}

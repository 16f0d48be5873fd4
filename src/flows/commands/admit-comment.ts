import type { Verb } from '../../core/commands/index.ts';
import { mayWrite } from '../../core/commands/rights.ts';
import { formatUnreadableSettings } from '../../core/report/answer.ts';
import type { Settings } from '../../core/settings/settings.ts';
import { fetchDefaultSettings } from '../gitops/snapshot.ts';
import type { Comment, Job, Ports } from '../ports.ts';
import { type Answered, answeredAmong, hasAnswer, READERS, readComment, type Unanswered } from './answer-comment.ts';
import { fetchForbidden } from './rights.ts';

/**
 * Maximum number of one person's comments that are answered in an hour without a writer's turn: refused, mistyped, or asking.
 * The second one is of those who may write.
 */
export const MAX_ANSWERED_PER_HOUR = 10;
export const MAX_ANSWERED_WRITERS_PER_HOUR = 60;

const HOUR = 60 * 60 * 1000; // ms

/** What becomes of a comment: nothing, an answer at once, or a turn among the repository's writers. */
export type Admission =
  | { readonly kind: 'none' }
  | { readonly kind: 'here'; readonly comment: Unanswered; readonly forbidden: readonly Answered[] }
  | { readonly kind: 'writer'; readonly head: string | undefined }; // SHA of the pull request's head as of now, where it is known

/**
 * Looks at a comment before it is given its turn among the repository's writers. What its author has no right to is refused
 * without one, and so is everything where the settings have errors: neither may hold up a writer's `/rollback`.
 */
export async function admitComment(
  ports: Pick<Ports, 'repository' | 'pulls' | 'now'>,
  job: Pick<Extract<Job, { kind: 'comment' }>, 'pull' | 'comment' | 'repository'>,
): Promise<Admission> {
  const command = { ...job, kind: 'command' } as const;
  const comment = await readComment(ports, command);
  if (!comment) return { kind: 'none' };
  const writing = [...new Set(comment.commands.map(([{ verb }]) => verb))].filter((verb) => !READERS.has(verb));
  const refusals = writing.length === 0 ? [] : await fetchRefusals(ports, { writing, login: comment.author });
  if (!refusals) return { kind: 'writer', head: comment.seen.pull.head.sha }; // where it is seen whether it was answered
  if ((await hasAnswer(ports, command)) || (await isToldEnough(ports, job, comment.author))) return { kind: 'none' };
  const reading = comment.commands.filter(([{ verb }]) => READERS.has(verb));
  const forbidden = refusals.map((text) => ({ done: false, text }));
  return { kind: 'here', comment: { ...comment, commands: reading }, forbidden };
}

/** Why none of these commands can be done for a person, in any stage; undefined where one of them may be. */
async function fetchRefusals(
  ports: Pick<Ports, 'repository' | 'pulls'>,
  { writing, login }: { readonly writing: readonly Verb[]; readonly login: string },
): Promise<readonly string[] | undefined> {
  const settings = await fetchDefaultSettings(ports);
  if (!settings) return [formatUnreadableSettings(writing)];
  const refusals: string[] = [];
  for (const verb of writing) {
    const refusal = await fetchForbiddenEverywhere(ports, settings, { verb, login });
    if (refusal === undefined) return undefined;
    refusals.push(refusal);
  }
  return refusals;
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

/** Whether this person has had as many answers within the hour as one gets. */
async function isToldEnough(
  { pulls, now }: Pick<Ports, 'pulls' | 'now'>,
  { comment }: Pick<Extract<Job, { kind: 'comment' }>, 'comment'>,
  author: string,
): Promise<boolean> {
  const comments = await pulls.fetchComments(new Date(now().getTime() - HOUR));
  const answered = answeredAmong(comments);
  const isTold = ({ id, author: other }: Comment) => other === author && id !== comment && answered.has(id);
  const count = comments.filter(isTold).length;
  if (count < MAX_ANSWERED_PER_HOUR) return false;
  return count >= MAX_ANSWERED_WRITERS_PER_HOUR || !mayWrite(await pulls.fetchPermission(author));
}

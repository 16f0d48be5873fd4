import type { Verb } from '../../core/commands/index.ts';
import { type Parsed, parseComment } from '../../core/commands/parse.ts';
import {
  answeredBy,
  answerMarker,
  formatAnswer,
  formatLeftCommands,
  formatMisused,
  formatUnknown,
} from '../../core/report/answer.ts';
import type { Effect, Plan } from '../effect.ts';
import type { Comment, Job, Ports, Pull, Reaction } from '../ports.ts';
import { deploy } from './deploy.ts';
import { drop } from './drop.ts';
import { help } from './help.ts';
import { hold } from './hold.ts';
import type { CommandOutcome, CommandPorts, CommandRequest } from './outcome.ts';
import { promote } from './promote.ts';
import { resume } from './resume.ts';
import { rollback } from './rollback.ts';
import { status } from './status.ts';

/** What each command does. */
const HANDLERS: Readonly<Record<Verb, (ports: CommandPorts, asked: CommandRequest) => Promise<CommandOutcome>>> = {
  promote,
  rollback,
  deploy,
  drop,
  hold,
  resume,
  status,
  help,
};

export type CommandJob = Extract<Job, { kind: 'command' }>;
type Run = Extract<Parsed, { kind: 'run' }>;

/** Maximum number of commands in one comment; the rest is not run, and the answer says so. */
const MAX_COMMANDS = 10;

/** What one of a comment's commands comes to, once it is carried out. */
export interface Answered {
  readonly done: boolean;
  readonly text: string;
}

/** A comment that waits for its answer, with its commands in order. */
export interface Unanswered {
  readonly job: CommandJob;
  readonly author: string; // login
  readonly seen: { readonly comment: Comment; readonly pull: Pull }; // as of now
  readonly commands: readonly (readonly [Run, ...Run[]])[]; // lines that say the same of other releases are one
  readonly answers: readonly Answered[]; // to lines that aren't commands
}

/** Commands that write nothing to the repository, and so needn't wait for its other writers. */
export const READERS: ReadonlySet<Verb> = new Set<Verb>(['status', 'help']);

/** Reads a comment; undefined where there is nothing to answer, or it was answered before. */
export async function openComment(ports: Pick<Ports, 'pulls'>, job: CommandJob): Promise<Unanswered | undefined> {
  const [comment, isAnswered] = await Promise.all([readComment(ports, job), hasAnswer(ports, job)]);
  return isAnswered ? undefined : comment;
}

/** Whether a comment was answered before. */
export function hasAnswer({ pulls }: Pick<Ports, 'pulls'>, { pull, comment }: CommandJob): Promise<boolean> {
  return pulls.hasComment({ pull, marker: answerMarker(comment) });
}

/** Reads a comment; undefined where there is nothing to answer. */
export async function readComment({ pulls }: Pick<Ports, 'pulls'>, job: CommandJob): Promise<Unanswered | undefined> {
  const { pull: number, comment: id } = job;
  const comment = await pulls.fetchComment(id);
  const parsed = comment?.pull === number ? commandsIn(comment) : [];
  if (!comment || parsed.length === 0) return undefined;
  const pull = await pulls.fetchPull(number);
  if (!pull) return undefined;
  const taken = parsed.slice(0, MAX_COMMANDS);
  const left = parsed.length - taken.length;
  const runs = taken.filter((each) => each.kind === 'run');
  const byWords = Map.groupBy(runs, ({ verb, options }) => JSON.stringify([verb, options]));
  return {
    job,
    author: comment.author,
    seen: { comment, pull },
    commands: [...byWords.values()].flatMap(([first, ...others]) => (first ? [[first, ...others] as const] : [])),
    answers: [
      ...taken.flatMap((each) => (each.kind === 'run' ? [] : [{ done: false, text: wrongText(each) }])),
      ...(left > 0 ? [{ done: false, text: formatLeftCommands(MAX_COMMANDS, left) }] : []),
    ],
  };
}

function wrongText(parsed: Exclude<Parsed, Run>): string {
  return parsed.kind === 'misused'
    ? formatMisused(parsed.verb, parsed.problem)
    : formatUnknown(parsed.word, parsed.meant);
}

/** The commands in a comment. Bots are not heard, so that no two talk forever; nor is an edited comment: GitHub does not say who edited it. */
export function commandsIn({ by, edited, body }: Comment): readonly Parsed[] {
  return by === 'person' && !edited ? parseComment(body) : [];
}

/** The ids of the comments that Coalmine's own answer. */
export function answeredAmong(comments: readonly Comment[]): ReadonlySet<number> {
  return new Set(comments.flatMap(({ by, body }) => (by === 'us' ? (answeredBy(body) ?? []) : [])));
}

/** Says that a command was taken up. */
export function planTakingUp({ job, commands }: Unanswered, known: readonly Answered[]): Plan {
  return commands.length + known.length === 0 ? [] : [react(job, 'eyes')];
}

/** One command of a comment, in all lines that say the same of other releases. */
export interface CommandTurn {
  readonly job: CommandJob;
  readonly lines: readonly [Run, ...Run[]];
  readonly seen?: Unanswered['seen']; // what comment and pull request were a moment ago; none: they are read
}

/** Plans one of a comment's commands, from what the world says now; undefined where comment or pull request has gone. */
export async function planCommand(
  ports: CommandPorts,
  { job, lines, seen }: CommandTurn,
): Promise<CommandOutcome | undefined> {
  const { verb, options } = lines[0];
  const [comment, pull]: [Comment | undefined, Pull | undefined] = await Promise.all([
    seen?.comment ?? ports.pulls.fetchComment(job.comment),
    seen?.pull ?? ports.pulls.fetchPull(job.pull),
  ]);
  if (!comment || !pull) return undefined;
  const names = lines.map((line) => line.names);
  return HANDLERS[verb](ports, { ref: job.repository, pull, comment, heard: job.head, names, options });
}

/** The answer to a comment: it comes last, and says that all of it is done. */
export function planAnswer({ job, answers, commands }: Unanswered, answered: readonly Answered[]): Plan {
  const all = [...answered, ...answers];
  const body = formatAnswer(
    job.comment,
    all.map(({ text }) => text),
  );
  return [
    react(job, all.every(({ done }) => done) ? 'rocket' : 'confused'),
    { kind: 'comment', pull: job.pull, marker: answerMarker(job.comment), body, editOnly: false },
    // What was asked for may be live by now: the answer follows it, and was not there to say so.
    ...(answered.some(({ done }) => done) && commands.some(([{ verb }]) => !READERS.has(verb))
      ? [{ kind: 'enqueue', job: { kind: 'publish', repository: job.repository } } as const]
      : []),
  ];
}

function react({ comment }: CommandJob, reaction: Reaction): Effect {
  return { kind: 'react', comment, reaction };
}

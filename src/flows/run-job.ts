import { formatExhausted, formatHostRefusal, formatUnreadable } from '../core/report/answer.ts';
import { type CheckReport, formatExhaustedCheck, formatUnreadableCheck } from '../core/report/check-run.ts';
import type { Admission } from './commands/admit-comment.ts';
import {
  type Answered,
  type CommandTurn,
  planAnswer,
  planTakingUp,
  type Unanswered,
} from './commands/answer-comment.ts';
import { refuseWith } from './commands/outcome.ts';
import { withRightsAskedOnce } from './commands/rights.ts';
import { type Plan, type PlanOutcome, perform, withTold } from './effect.ts';
import { type Decide, decideHere, LimitExceeded, type PlannedJob } from './plan-job.ts';
import { HostRefusal, type Job, type Ports, Unreadable } from './ports.ts';
import { PUBLISH_CHECK } from './publish/checks.ts';
import { fetchPublicationRequest } from './publish/publish.ts';
import { REVIEW_CHECK } from './review/review.ts';

/** Maximum number of plans for one job while others move the branch; then the job is tried later. */
const ATTEMPTS = 5;

/** The same of a command: what it merges for one release moves the branch under what it plans for the next. */
const COMMAND_ATTEMPTS = 20;

type Done = Extract<PlanOutcome, { kind: 'done' }>;

/** Does one job: makes its plan from what the world says now, and carries it out. May run any number of times. */
export async function runJob(job: Job, ports: Ports, decide: Decide = decideHere): Promise<Done> {
  const running = { ports, decide };
  if (job.kind === 'comment') return hearComment(job, running);
  if (job.kind === 'command') {
    const comment = await decide('opening', job, ports);
    return comment ? answerComment(comment, running) : NOTHING;
  }
  return (await carryOut(ports, async () => ({ plan: await planWithinLimits(job, running) }))).outcome;
}

/** Makes a plan and carries it out; makes it anew where a branch moved in between. */
async function carryOut<T extends { readonly plan: Plan }>(
  ports: Ports,
  makePlan: () => Promise<T>,
  attempts = ATTEMPTS,
): Promise<{ readonly made: T; readonly outcome: Done }> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const made = await makePlan();
    const outcome = await perform(made.plan, ports);
    if (outcome.kind === 'done') return { made, outcome };
  }
  throw new Error(`a branch moved ${attempts} times while a plan was made`);
}

/** What a job runs with. */
interface Running {
  readonly ports: Ports;
  readonly decide: Decide;
}

/** What takes too much, or can't be read, is a failed check, and not tried again at once: that would take as much again. */
async function planWithinLimits(job: PlannedJob, { ports, decide }: Running): Promise<Plan> {
  try {
    return await decide('plan', job, ports);
  } catch (error) {
    const report = reportOf(error);
    if (!report) throw error;
    const name = job.kind === 'publish' ? PUBLISH_CHECK : REVIEW_CHECK;
    const sha = await fetchCheckedCommit(job, ports);
    if (sha === undefined) throw error;
    return [{ kind: 'check', name, sha, report }];
  }
}

/** What a check run says of a failure that a repeat would bring again. */
function reportOf(error: unknown): CheckReport | undefined {
  if (error instanceof LimitExceeded) return formatExhaustedCheck(error.limit);
  return error instanceof Unreadable ? formatUnreadableCheck(error.message) : undefined;
}

/** The commit that a job leaves its check run on. */
async function fetchCheckedCommit(job: PlannedJob, ports: Ports): Promise<string | undefined> {
  switch (job.kind) {
    case 'review-group':
      return job.head;
    case 'review':
      return (await ports.pulls.fetchPull(job.pull))?.head.sha;
    case 'publish':
      return (await fetchPublicationRequest(ports))?.source.sha;
    default:
      return undefined;
  }
}

const NOTHING: Done = { kind: 'done', told: new Map() };

/** Answers a comment at once where nothing is to be written for it, else gives it its turn among the writers. */
async function hearComment(job: Extract<Job, { kind: 'comment' }>, running: Running): Promise<Done> {
  const { ports, decide } = running;
  const admission = await decide('admission', job, ports).catch((error: unknown): Admission => {
    if (error instanceof LimitExceeded) return { kind: 'writer', head: undefined }; // its command says so
    throw error;
  });
  switch (admission.kind) {
    case 'none':
      return NOTHING;
    case 'writer':
      ports.jobs.enqueue({
        ...job,
        kind: 'command',
        ...(admission.head === undefined ? {} : { head: admission.head }),
      });
      return NOTHING;
    case 'here':
      return answerComment(admission.comment, running, admission.forbidden);
    default:
      return admission satisfies never;
  }
}

/** Runs a comment's commands, one after the other: each sees what the ones before it did. `known`: answers that need no run. */
async function answerComment(comment: Unanswered, running: Running, known: readonly Answered[] = []): Promise<Done> {
  const { ports } = running;
  const { job } = comment;
  const takenUp = perform(planTakingUp(comment, known), ports); // who is on call doesn't wait for a reaction
  takenUp.catch(() => {}); // it fails below
  const answered: Answered[] = [...known];
  const asking = { ...ports, pulls: withRightsAskedOnce(ports.pulls) };
  for (const lines of comment.commands) {
    const isFirst = answered.length === known.length; // nothing was done since the comment was read
    const turn = { job, lines, ...(isFirst ? { seen: comment.seen } : {}) };
    answered.push(await untilRefused(() => doCommand(turn, asking, running)));
  }
  await takenUp;
  return (await carryOut(ports, async () => ({ plan: planAnswer(comment, answered) }))).outcome;
}

/** Does one command, and what comes once it is published. `asking`: its ports until then, which ask once for rights. */
async function doCommand(turn: CommandTurn, asking: Ports, running: Running): Promise<Answered> {
  const { ports, decide } = running;
  let next: CommandTurn = turn;
  const planOne = async () => {
    const asked = next;
    next = { job: turn.job, lines: turn.lines }; // another attempt reads all of it again
    return (await decide('command', asked, asking)) ?? refuseWith('');
  };
  const { made, outcome } = await carryOut(ports, planOne, COMMAND_ATTEMPTS);
  const { done, text, afterwards } = made;
  if (afterwards) {
    await runJob({ kind: 'publish', repository: turn.job.repository }, ports, decide);
    const planHolds = async () => ({ plan: await decide('holds', afterwards, ports) });
    await carryOut(ports, planHolds, COMMAND_ATTEMPTS);
  }
  return { done: done && outcome.isRefused !== true, text: withTold(text, outcome.told) };
}

/** What the host refuses to let us write is an answer as well: to try it again would bring the same. */
async function untilRefused(act: () => Promise<Answered>): Promise<Answered> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof LimitExceeded) return { done: false, text: formatExhausted(error.limit) };
    if (error instanceof Unreadable) return { done: false, text: formatUnreadable(error.message) };
    if (error instanceof HostRefusal) return { done: false, text: formatHostRefusal(error.message) };
    throw error;
  }
}

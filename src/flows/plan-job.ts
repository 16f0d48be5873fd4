import { recordFluxEvents } from './cluster/live.ts';
import { type Admission, admitComment } from './commands/admit-comment.ts';
import {
  type CommandJob,
  type CommandTurn,
  openComment,
  planCommand,
  type Unanswered,
} from './commands/answer-comment.ts';
import type { CommandOutcome, HoldToSet } from './commands/outcome.ts';
import { planHoldsAfter } from './commands/rollback.ts';
import type { Plan } from './effect.ts';
import { lookingOnce } from './fetching.ts';
import type { Job, Ports } from './ports.ts';
import { publishDefaultBranch } from './publish/publish.ts';
import { reviewMergeGroup, reviewPullRequest } from './review/review.ts';
import { reviewOpenPulls } from './review/review-open.ts';
import { sweepRepository } from './sweep/sweep.ts';

/** A job that is planned whole before any of it is carried out. */
export type PlannedJob = Exclude<Job, { kind: 'comment' | 'command' }>;

/** What is decided by reading what strangers wrote: what is asked, and what comes of it, both plain data. */
export interface Decisions {
  readonly plan: { readonly asked: PlannedJob; readonly decision: Plan };
  readonly opening: { readonly asked: CommandJob; readonly decision: Unanswered | undefined };
  readonly admission: { readonly asked: Extract<Job, { kind: 'comment' }>; readonly decision: Admission };
  readonly command: { readonly asked: CommandTurn; readonly decision: CommandOutcome | undefined };
  readonly holds: { readonly asked: readonly HoldToSet[]; readonly decision: Plan };
}

/** Decides one of them; writes nothing. It may do so where it can be stopped: throws LimitExceeded then. */
export type Decide = <Kind extends keyof Decisions>(
  kind: Kind,
  asked: Decisions[Kind]['asked'],
  ports: Ports,
) => Promise<Decisions[Kind]['decision']>;

const DECIDE: {
  readonly [Kind in keyof Decisions]: (
    asked: Decisions[Kind]['asked'],
    ports: Ports,
  ) => Promise<Decisions[Kind]['decision']>;
} = {
  plan: planJob,
  opening: (job, ports) => openComment(ports, job),
  admission: (job, ports) => admitComment(ports, job),
  command: (turn, ports) => planCommand(ports, turn),
  holds: (holds, ports) => planHoldsAfter(ports, holds),
};

/** Decides here and now, in this thread. */
export const decideHere: Decide = (kind, asked, ports) => DECIDE[kind](asked, lookingOnce(ports));

/** What planning took too much of, since files of the repository ask for it. */
export class LimitExceeded extends Error {
  override readonly name = 'LimitExceeded';
  readonly limit: 'time' | 'memory';

  constructor(limit: 'time' | 'memory') {
    super(`planning took too much ${limit}, and was stopped`);
    this.limit = limit;
  }
}

/** Makes a job's plan. */
async function planJob(job: PlannedJob, ports: Ports): Promise<Plan> {
  switch (job.kind) {
    case 'review':
      return reviewPullRequest(ports, job.pull);
    case 'review-open':
      return reviewOpenPulls(ports, job.repository);
    case 'review-group':
      return reviewMergeGroup(ports, job);
    case 'publish':
      return publishDefaultBranch(ports, job.repository);
    case 'flux-events':
      return planEvents(await recordFluxEvents(ports, job.events), job);
    case 'sweep':
      return sweepRepository(ports, job.repository);
    default:
      return job satisfies never;
  }
}

/** What was heard may be what a publication waits for. */
function planEvents(plan: Plan, { repository }: Job): Plan {
  return plan.length === 0 ? plan : [...plan, { kind: 'enqueue', job: { kind: 'publish', repository } }];
}

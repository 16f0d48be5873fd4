import { recordFluxEvents } from './cluster/live.ts';
import type { Plan } from './effect.ts';
import type { Job, Ports } from './ports.ts';
import { publishDefaultBranch } from './publish/publish.ts';
import { reviewMergeGroup, reviewPullRequest } from './review/review.ts';
import { reviewOpenPulls } from './review/review-open.ts';
import { sweepRepository } from './sweep/sweep.ts';

/** A job that is planned whole before any of it is carried out. */
export type PlannedJob = Exclude<Job, { kind: 'comment' | 'command' }>;

/** Makes a job's plan. It may do so where it can be stopped: throws LimitExceeded then. */
export type PlanJob = (job: PlannedJob, ports: Ports) => Promise<Plan>;

/** What planning took too much of, since files of the repository ask for it. */
export class LimitExceeded extends Error {
  override readonly name = 'LimitExceeded';
  readonly limit: 'time' | 'memory';

  constructor(limit: 'time' | 'memory') {
    super(`planning took too much ${limit}, and was stopped`);
    this.limit = limit;
  }
}

/** Makes a job's plan, here and now; writes nothing. */
export async function planJob(job: PlannedJob, ports: Ports): Promise<Plan> {
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

import type { Charts } from '../core/render/charts.ts';
import { answerComment } from './commands/answer-comment.ts';
import { type Outcome, type Plan, perform } from './effect.ts';
import { recordFluxEvents } from './live.ts';
import type { Job, Ports } from './ports.ts';
import { publishDefaultBranch } from './publish.ts';
import { reviewMergeGroup, reviewPullRequest } from './review.ts';
import { sweepRepository } from './sweep.ts';

/** How often a plan is made again because somebody else moved the branch, before the job is left to be tried later. */
const ATTEMPTS = 5;

/** Does one job: makes its plan from what the world says now, and carries it out. May run any number of times. */
export async function runJob(job: Job, ports: Ports, charts: Charts): Promise<Outcome> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const outcome = await perform(await planFor(job, ports, charts), ports);
    if (outcome.kind === 'done') return outcome;
  }
  throw new Error(`the branch moved ${ATTEMPTS} times while a publication was planned`);
}

async function planFor(job: Job, ports: Ports, charts: Charts): Promise<Plan> {
  switch (job.kind) {
    case 'review':
      return reviewPullRequest(ports, job.pull, charts);
    case 'review-group':
      return reviewMergeGroup(ports, job, charts);
    case 'publish':
      return publishDefaultBranch(ports, job.repository, { charts });
    case 'command':
      return answerComment(ports, job, charts);
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

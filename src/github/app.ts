import type { Probot } from 'probot';
import { readFluxStatus } from '../core/readiness/event.ts';
import type { Job, Jobs, RepositoryRef } from '../flows/ports.ts';
import { PUBLISH_CHECK } from '../flows/publish/checks.ts';

/** The source of webhooks and the queue of the jobs that they become. */
export interface WebhookConnection {
  readonly probot: Pick<Probot, 'on'>;
  readonly appId: number;
  readonly jobs: Pick<Jobs, 'enqueue'>;
  readonly log: { warn(data: object, message: string): void };
}

interface ReceivedWebhook {
  readonly id: string;
  readonly name: string;
  readonly payload: { readonly installation?: { readonly id: number } };
}
interface PullOfCheck {
  readonly number: number;
  readonly base: { readonly repo: { readonly id: number } };
}

/** Begins the names of branches that the App makes for its own pull requests. */
const OUR_BRANCHES = 'coalmine/';

/** Turns webhooks into jobs, and does nothing else. */
export function connect({ probot, appId, jobs, log }: WebhookConnection): void {
  /** Enqueues the jobs of a delivery for these repositories. */
  function enqueueJobs(
    { id, name, payload }: ReceivedWebhook,
    repositories: readonly { readonly full_name: string }[],
    jobsOf: (repository: RepositoryRef) => readonly Job[],
  ): void {
    if (!payload.installation) {
      log.warn({ delivery: id, event: name }, 'webhook without an installation ignored');
      return;
    }
    for (const { full_name } of repositories) {
      const [owner = '', repository = ''] = full_name.split('/');
      jobsOf({ installation: payload.installation.id, owner, name: repository }).forEach(jobs.enqueue);
    }
  }

  probot.on(['pull_request.opened', 'pull_request.synchronize', 'pull_request.reopened'], (context) => {
    const { repository, pull_request } = context.payload;
    // What we propose ourselves is merged in the next moment; where it is left open, the job that proposed it asks for a review.
    if (isOwnProposal(context.payload)) return;
    enqueueJobs(context, [repository], (ref) => [{ kind: 'review', repository: ref, pull: pull_request.number }]);
  });

  probot.on('pull_request.edited', (context) => {
    const { repository, pull_request, changes } = context.payload;
    if (!changes.base) return; // another title or description changes nothing in the cluster
    enqueueJobs(context, [repository], (ref) => [{ kind: 'review', repository: ref, pull: pull_request.number }]);
  });

  probot.on('issue_comment.created', (context) => {
    const { repository, issue, comment } = context.payload;
    if (!issue.pull_request || comment.user?.type === 'Bot') return; // the App's own comments are a bot's too
    enqueueJobs(context, [repository], (ref) => [
      { kind: 'comment', repository: ref, pull: issue.number, comment: comment.id },
    ]);
  });

  probot.on('push', (context) => {
    const { repository, ref: branch, deleted } = context.payload;
    if (deleted || branch !== `refs/heads/${repository.default_branch}`) return;
    enqueueJobs(context, [repository], (ref) => [{ kind: 'publish', repository: ref }]);
  });

  probot.on('status', (context) => {
    const { repository, sha, context: name, state, description, updated_at: at } = context.payload;
    const event = readFluxStatus({ context: name, state, description, sha, at });
    if (!event) return; // a status of another system
    enqueueJobs(context, [repository], (ref) => [{ kind: 'flux-events', repository: ref, events: [event] }]);
  });

  probot.on('check_run.rerequested', (context) => {
    const { repository, check_run } = context.payload;
    if (check_run.app?.id !== appId) return;
    enqueueJobs(context, [repository], (ref) =>
      check_run.name === PUBLISH_CHECK
        ? [{ kind: 'publish', repository: ref }]
        : reviewsOf(ref, repository.id, check_run.pull_requests),
    );
  });

  probot.on('check_suite.rerequested', (context) => {
    const { repository, check_suite } = context.payload;
    if (check_suite.app.id !== appId) return;
    enqueueJobs(context, [repository], (ref) => reviewsOf(ref, repository.id, check_suite.pull_requests));
  });

  probot.on('merge_group.checks_requested', (context) => {
    const { repository, merge_group } = context.payload;
    if (!repository) return;
    enqueueJobs(context, [repository], (ref) => [
      { kind: 'review-group', repository: ref, base: merge_group.base_sha, head: merge_group.head_sha },
    ]);
  });

  probot.on('installation.created', (context) => {
    enqueueJobs(context, context.payload.repositories ?? [], (ref) => [{ kind: 'sweep', repository: ref }]);
  });

  probot.on('installation_repositories.added', (context) => {
    enqueueJobs(context, context.payload.repositories_added, (ref) => [{ kind: 'sweep', repository: ref }]);
  });
}

interface PullPayload {
  readonly repository: { readonly id: number };
  readonly pull_request: {
    readonly head?: { readonly ref: string; readonly repo: { readonly id: number } | null };
  };
  readonly sender?: { readonly type?: string };
}

/** Whether a pull request is from a branch of ours, and a bot opened it or pushed to it: what a person does is reviewed. */
function isOwnProposal({ repository, pull_request: { head }, sender }: PullPayload): boolean {
  return sender?.type === 'Bot' && head?.repo?.id === repository.id && head.ref.startsWith(OUR_BRANCHES);
}

/** The reviews of a check's pull requests. GitHub lists none from forks, and sometimes those of a fork's parent. */
function reviewsOf(repository: RepositoryRef, id: number, pulls: readonly (PullOfCheck | null)[]): readonly Job[] {
  const own = pulls.filter((pull) => pull?.base.repo.id === id);
  const reviews = own.flatMap((pull): Job[] => (pull ? [{ kind: 'review', repository, pull: pull.number }] : []));
  return reviews.length > 0 ? reviews : [{ kind: 'sweep', repository }];
}

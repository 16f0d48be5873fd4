import type { FluxEvent } from '../core/readiness/event.ts';
import type { Job } from './ports.ts';

/** Maximum number of events of Flux that wait to be recorded; Flux repeats them before long. */
const MOST_EVENTS = 10_000;

/** Jobs of one key are equal, and never run at the same time. */
export function keyOf(job: Job): string {
  const { owner, name } = job.repository;
  return [job.kind, owner, name, ...ownKeys(job)].join('/');
}

/** Jobs of one group never run at the same time: those that write to a repository's branches. */
export function groupOf({ kind, repository: { owner, name } }: Job): string | undefined {
  return kind === 'publish' || kind === 'command' ? `${owner}/${name}` : undefined;
}

/** What is done first, of what waits: a person on call waits for a command. */
const ORDER: readonly Job['kind'][] = [
  'command',
  'comment',
  'flux-events',
  'publish',
  'review-group',
  'review-open',
  'review',
  'sweep',
];

/** The turn of a job among others that wait: the lower, the sooner. */
export function rankOf({ kind }: Job): number {
  return ORDER.indexOf(kind);
}

/** Whether a job may wait for GitHub's next hour where little of this one's requests is left: commands and publications go on. */
export function canWait({ kind }: Job): boolean {
  return kind === 'review' || kind === 'review-group' || kind === 'review-open' || kind === 'sweep';
}

/**
 * How long a job waits for equal ones to join it before it has its first turn, and for how long at most, in milliseconds.
 * Flux speaks of both halves of each release, one right after the other; a rollback publishes, and then holds.
 */
export function pauseBefore({ kind }: Job): { readonly each: number; readonly most: number } {
  switch (kind) {
    case 'flux-events':
      return { each: 400, most: 1500 };
    case 'review-open':
      return { each: 500, most: 5000 };
    default:
      return { each: 0, most: 0 };
  }
}

function ownKeys(job: Job): readonly (string | number)[] {
  switch (job.kind) {
    case 'review':
      return [job.pull];
    case 'review-group':
      return [job.head];
    case 'comment':
    case 'command':
      return [job.comment];
    default:
      return [];
  }
}

// What joined jobs hold, by the event's text: written once as events come in, not again for each one that follows.
const joined = new WeakMap<Job, Map<string, FluxEvent>>();

/**
 * The job to run in place of one that waits and an equal one that came later: events are kept of both, and of a command the
 * head of its pull request as it was seen first.
 * The waiting one is used up: its events may go over into the new job.
 */
export function joinJobs(waiting: Job | undefined, added: Job): Job {
  if (waiting?.kind === 'command' && added.kind === 'command') return { ...added, ...waiting };
  if (waiting?.kind !== 'flux-events' || added.kind !== 'flux-events') return added;
  const events = joined.get(waiting) ?? new Map(waiting.events.map((event) => [JSON.stringify(event), event]));
  for (const event of added.events) events.set(JSON.stringify(event), event);
  for (const oldest of events.keys()) {
    if (events.size <= MOST_EVENTS) break;
    events.delete(oldest);
  }
  const job: Job = {
    ...added,
    get events() {
      return [...events.values()];
    },
  };
  joined.set(job, events);
  return job;
}

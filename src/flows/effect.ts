import type { CheckReport } from '../core/report/check-run.ts';
import type { Suggestion } from '../core/report/suggestion.ts';
import type { CommitWrite, Job, Ports, Reaction, RefWrite } from './ports.ts';

/** One write that we intend. */
export type Effect =
  | {
      readonly kind: 'comment';
      readonly pull: number;
      readonly marker: string;
      readonly body: string;
      readonly editOnly: boolean;
    }
  | {
      readonly kind: 'suggestions'; // all that a pull request is to have: others of ours go
      readonly pull: number;
      readonly head: string; // SHA
      readonly suggestions: readonly Suggestion[];
    }
  | { readonly kind: 'check'; readonly name: string; readonly sha: string; readonly report: CheckReport }
  | ({ readonly kind: 'publish' } & CommitWrite)
  | ({ readonly kind: 'record' } & RefWrite) // what is known to be live
  | {
      readonly kind: 'section'; // of our comment with that marker
      readonly pull: number;
      readonly marker: string;
      readonly sectionMarker: string;
      readonly section: string;
    }
  | { readonly kind: 'react'; readonly comment: number; readonly reaction: Reaction }
  | { readonly kind: 'enqueue'; readonly job: Job; readonly later?: number }; // seconds

/** What is to be written, in order. */
export type Plan = readonly Effect[];

/** Stands in a report for the commit that the same plan publishes. */
export const PUBLISHED_COMMIT = '{published commit}';

/** How a plan ended. 'moved': the ref moved first, nothing after that was written; make the plan again. */
export type Outcome = { readonly kind: 'done'; readonly published?: string } | { readonly kind: 'moved' };

/** Carries a plan out: the only place where anything is written. */
export async function perform(plan: Plan, ports: Ports): Promise<Outcome> {
  let published: string | undefined;
  for (const effect of plan) {
    switch (effect.kind) {
      case 'comment':
        await ports.pulls.writeComment({ ...effect, body: withCommitText(effect.body, published) });
        break;
      case 'suggestions':
        await ports.pulls.writeSuggestions(effect);
        break;
      case 'check':
        await ports.pulls.writeCheck({ ...effect, report: withCommit(effect.report, published) });
        break;
      case 'publish': {
        const result = await ports.repository.commit(effect);
        if (result === 'moved') return { kind: 'moved' };
        published = result;
        break;
      }
      case 'record':
        if ((await ports.repository.commit(effect)) === 'moved') return { kind: 'moved' };
        break;
      case 'section':
        await ports.pulls.writeSection({ ...effect, section: withCommitText(effect.section, published) });
        break;
      case 'react':
        await ports.pulls.react(effect);
        break;
      case 'enqueue':
        if (effect.later === undefined) ports.jobs.enqueue(effect.job);
        else ports.jobs.enqueueLater(effect.job, effect.later);
        break;
      default:
        effect satisfies never;
    }
  }
  return published === undefined ? { kind: 'done' } : { kind: 'done', published };
}

function withCommit(report: CheckReport, sha: string | undefined): CheckReport {
  return { ...report, summary: withCommitText(report.summary, sha) };
}

function withCommitText(text: string, sha: string | undefined): string {
  return sha === undefined ? text : text.replaceAll(PUBLISHED_COMMIT, sha);
}

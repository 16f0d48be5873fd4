import type { CheckReport } from '../core/report/check-run.ts';
import { markdown } from '../core/report/escape.ts';
import type { Suggestion } from '../core/report/suggestion.ts';
import { fetchWrongEnd } from './merge-end.ts';
import type { CommitWrite, Job, Ports, Reaction, RefWrite, RepositoryRef } from './ports.ts';

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
  | {
      readonly kind: 'check';
      readonly name: string;
      readonly sha: string;
      readonly report: CheckReport;
      readonly basis?: string; // what the report rests on
    }
  | ({ readonly kind: 'publish' } & CommitWrite)
  | ({ readonly kind: 'record' } & RefWrite) // any other commit: what is live, a hold, a step on a person's branch
  | {
      readonly kind: 'section'; // of our comment with that marker
      readonly pull: number;
      readonly marker: string;
      readonly sectionMarker: string;
      readonly section: string;
    }
  | {
      readonly kind: 'propose'; // a commit on a branch of ours, and a pull request for it, reviewed where it is left open
      readonly repository: RepositoryRef;
      readonly write: CommitWrite;
      readonly pull: { readonly branch: string; readonly base: string; readonly title: string; readonly body: string };
      /** None: it is left open. `said`: what comes of it in words, in which MERGED and REFUSAL stand for what isn't known yet. */
      readonly merge?: {
        readonly title: string;
        readonly message: string;
        readonly said: { readonly merged: string; readonly refused: string };
      };
    }
  | { readonly kind: 'react'; readonly comment: number; readonly reaction: Reaction }
  | { readonly kind: 'enqueue'; readonly job: Job; readonly later?: number }; // seconds

/** What is to be written, in order. */
export type Plan = readonly Effect[];

/** Stands in a report for the commit that the same plan publishes. */
export const PUBLISHED_COMMIT = '{published commit}';

/** Stand in `said` for the commit of a merge, and for the host's words where it refused one. */
export const MERGED = '{merge commit}';
export const REFUSAL = '{refusal}';

/** Stand in an answer for the number of a pull request that the plan opens, and for what came of merging it. */
export const proposalOf = (branch: string): string => `{pull request from ${branch}}`;
export const mergeOf = (branch: string): string => `{merge of ${branch}}`;

/** Stands for the commit that the plan makes on a ref. */
export const commitOn = (ref: string): string => `{commit on ${ref}}`;

/** Words for what only carrying a plan out can tell, by what stands for them. */
export type Told = ReadonlyMap<string, string>;

/** How a plan ended. 'moved': the ref moved first, nothing after that was written; make the plan again. */
export type PlanOutcome =
  | { readonly kind: 'done'; readonly published?: string; readonly told: Told; readonly isRefused?: true } // a merge was
  | { readonly kind: 'moved' };

/** Carries a plan out: the only place where anything is written. */
export async function perform(plan: Plan, ports: Ports): Promise<PlanOutcome> {
  const told = new Map<string, string>();
  let isRefused = false;
  for (const effect of plan) {
    switch (effect.kind) {
      case 'comment':
        await ports.pulls.writeComment({ ...effect, body: withTold(effect.body, told) });
        break;
      case 'suggestions':
        await ports.pulls.writeSuggestions(effect);
        break;
      case 'check': {
        const { report } = effect;
        await ports.pulls.writeCheck({ ...effect, report: { ...report, summary: withTold(report.summary, told) } });
        break;
      }
      case 'publish': {
        const result = await ports.repository.commit(effect);
        if (result === 'moved') return { kind: 'moved' };
        told.set(PUBLISHED_COMMIT, result);
        break;
      }
      case 'record': {
        const result = await ports.repository.commit(effect);
        if (result === 'moved') return { kind: 'moved' };
        told.set(commitOn(effect.ref), result);
        break;
      }
      case 'propose': {
        const { end, pull } = await propose(effect, ports, told);
        if (end !== 'merged' && pull !== undefined)
          ports.jobs.enqueue({ kind: 'review', repository: effect.repository, pull });
        if (end === 'moved') return { kind: 'moved' };
        isRefused ||= end === 'refused';
        break;
      }
      case 'section':
        await ports.pulls.writeSection({ ...effect, section: withTold(effect.section, told) });
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
  const published = told.get(PUBLISHED_COMMIT);
  return {
    kind: 'done',
    told,
    ...(published === undefined ? {} : { published }),
    ...(isRefused ? { isRefused } : {}),
  };
}

/**
 * Puts the commit on its branch, opens the pull request, and merges exactly that head; a merged branch goes. What is to be
 * merged was decided on the base as it was: once that has moved, it is for another plan to say what is right.
 */
async function propose(
  { write, pull, merge }: Extract<Effect, { kind: 'propose' }>,
  { repository, pulls }: Pick<Ports, 'repository' | 'pulls'>,
  told: Map<string, string>,
): Promise<{ readonly end: 'merged' | 'open' | 'moved' | 'refused'; readonly pull?: number }> {
  const isBaseThere = async () =>
    write.onto === undefined || (await repository.fetchCommit(`refs/heads/${pull.base}`))?.sha === write.onto;
  if (merge && !(await isBaseThere())) return { end: 'moved' };
  const made = await repository.commit(write);
  if (made === 'moved') return { end: 'moved' };
  const number = await pulls.openPull({ ...pull, isNew: write.expectedHead === undefined });
  const ends = <T extends string>(end: T) => ({ end, pull: number });
  told.set(proposalOf(pull.branch), `#${number}`);
  if (!merge) return ends('open');
  if (!(await isBaseThere())) return ends('moved');
  const { title, message, said } = merge;
  // By the branch that it goes to, too: a person with write permission can give it another base, to which Coalmine's rights apply as well.
  const asked = await pulls.fetchPull(number);
  if (!asked?.open || asked.base !== pull.base || asked.head.sha !== made) return ends('moved');
  const outcome = await pulls.mergePull({ pull: number, head: made, title: `${title} (#${number})`, message });
  switch (outcome.kind) {
    case 'moved':
      return ends('moved');
    case 'refused':
      told.set(
        mergeOf(pull.branch),
        said.refused.replaceAll(REFUSAL, () => markdown(outcome.why)),
      );
      return ends('refused');
    case 'merged': {
      const wrong = await fetchWrongEnd({ repository, pulls }, { pull: number, base: pull.base, sha: outcome.sha });
      if (wrong !== undefined) {
        told.set(mergeOf(pull.branch), wrong);
        return ends('refused');
      }
      told.set(mergeOf(pull.branch), said.merged.replaceAll(MERGED, outcome.sha));
      await pulls.removeBranch(pull.branch);
      return ends('merged');
    }
    default:
      return outcome satisfies never;
  }
}

/** A text with what the plan has told by now. */
export function withTold(text: string, told: Told): string {
  let result = text;
  for (const [placeholder, words] of told) result = result.replaceAll(placeholder, () => words);
  return result;
}

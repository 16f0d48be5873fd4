import { brief } from '../model/printable.ts';
import { timeText } from '../model/time.ts';
import type { Serving } from '../publication/serving.ts';
import { fitBlocks } from './budget.ts';
import { code, markdown } from './escape.ts';
import { type ClusterReports, heardLines } from './publication.ts';
import { servingBar, servingBlocks, servingText } from './serving.ts';

/** By this the lines on a publication are found again in the comment of its pull request. */
export const FOLLOWING_MARKER = '<!-- coalmine:publication -->';

/** How one release stands after a merge. */
export interface Followed {
  readonly name: string;
  readonly serving?: Serving; // now; of what was overtaken, at that time, if that is known
  readonly state: FollowedState;
}

/** What has become of what was asked for. */
export type FollowedState =
  | {
      readonly kind: 'published';
      readonly commit: string; // of the gitops branch
      readonly part?: string; // `2 of 3`
      readonly applied: { readonly workloads: boolean; readonly routes: boolean };
      readonly standing: ClusterReports;
      readonly until?: string; // what the next part waits for
    }
  | { readonly kind: 'waiting'; readonly until: string; readonly standing: ClusterReports } // nothing of it is published
  | { readonly kind: 'broken'; readonly file: string; readonly errors: number }
  | { readonly kind: 'refused' } // the whole publication; its check run says why
  | { readonly kind: 'equal' } // it asks for what is published
  | {
      readonly kind: 'superseded'; // by these pull requests, or a commit that none brought
      readonly pulls: readonly number[];
      readonly source: string;
      readonly what?: string;
      readonly at: Date;
    };

/** Maximum size of that beginning, in bytes: what was asked for has its place in the same comment. */
const ROOM = 20_000;

/** The beginning of a merged pull request's comment: what serves now, and how far it has come, release by release. */
export function formatFollowing(releases: readonly Followed[]): string {
  const { text, shown } = fitBlocks(releases.map(blockOf), ROOM);
  const left = releases.length - shown;
  const more = left > 0 ? [`${left} more ${left === 1 ? 'release does' : 'releases do'} not fit here.`] : [];
  return [FOLLOWING_MARKER, text, ...more].join('\n\n');
}

function blockOf({ name, serving, state }: Followed): string {
  if (state.kind !== 'superseded') {
    return [...(serving ? servingBlocks(name, serving) : []), lineOf(name, state)].join('\n');
  }
  const { pulls, source, what, at } = state;
  const by = pulls.length > 0 ? pulls.map((pull) => `#${pull}`).join(' and ') : code(source.slice(0, 7));
  const line = `**${markdown(name)}: superseded by ${by}**${what === undefined ? '' : `: ${markdown(brief(what))}`}.`;
  if (!serving) return line;
  const text = markdown(servingText(serving));
  return [`${line} At that time (${timeText(at)}) ${text}:`, ...servingBar(serving)].join('\n');
}

function lineOf(name: string, state: Exclude<FollowedState, { kind: 'superseded' }>): string {
  const said = (text: string, notes: readonly string[] = []) => [`- ${markdown(name)}: ${text}`, ...notes].join('\n  ');
  switch (state.kind) {
    case 'published':
      return said(publishedText(state), isDone(state) ? [] : heardLines(state.standing));
    case 'waiting':
      return said(`not published yet, waits until ${markdown(state.until)}`, heardLines(state.standing));
    case 'broken': {
      const count = `${state.errors} ${state.errors === 1 ? 'error' : 'errors'}`;
      return said(`**not published**: ${code(state.file)} has ${count}. The cluster is unchanged`);
    }
    case 'refused':
      return said(`**not published**: the check ${code('coalmine/publish')} says why. The cluster is unchanged`);
    case 'equal':
      return said('nothing to publish: the gitops branch has it already');
    default:
      return state satisfies never;
  }
}

type PublishedState = Extract<FollowedState, { kind: 'published' }>;

function publishedText({ commit, part, applied, standing, until }: PublishedState): string {
  const isApplied = applied.workloads && applied.routes;
  const outcome =
    standing.failures.length > 0
      ? '**failed**'
      : isApplied
        ? standing.assumed
          ? 'taken for applied'
          : 'applied'
        : standing.overdue
          ? '**unknown**'
          : 'not applied yet';
  return [
    `published in ${code(commit.slice(0, 7))}${part === undefined ? '' : ` (part ${part})`}`,
    outcome,
    ...(until === undefined ? [] : [`waits until ${markdown(until)}`]),
  ].join(', ');
}

function isDone({ applied, until, standing }: PublishedState): boolean {
  return applied.workloads && applied.routes && until === undefined && standing.failures.length === 0;
}

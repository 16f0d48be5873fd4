import { type Finding, isError } from '../model/finding.ts';
import type { SilentCluster } from '../publication/decision.ts';
import { withoutDuration } from '../readiness/health.ts';
import type { Failure } from '../readiness/live.ts';
import type { Refusal } from '../refusal.ts';
import { annotationsOf, type CheckReport, findingLine, shortened, summaryOf } from './check-run.ts';
import { silenceSentence, waitsSentence } from './clusters.ts';
import { code, markdown } from './escape.ts';
import { refusalText } from './refusal.ts';
import { countText } from './review.ts';
import { toMarkdown } from './sentence.ts';

/** A release that isn't where it should be yet. */
export interface WaitingRelease {
  readonly name: string;
  readonly until: string;
  readonly person: boolean; // it waits for a person's approval
  readonly number: number; // parts that are published
  readonly of: number;
  readonly standing: ClusterReports;
}

/** What the clusters said of a release. */
export interface ClusterReports {
  readonly assumed: boolean;
  readonly heard: boolean;
  readonly overdue: boolean;
  readonly failures: readonly Failure[];
  /** The clusters that have not confirmed what is published, each with when it last reported. */
  readonly waitsFor: readonly SilentCluster[];
  readonly confirmedBy: readonly string[]; // clusters that have
}

/** What a publication did, as far as a report tells it. */
export interface PublicationReport {
  readonly kind: 'publish' | 'equal';
  readonly branch: string;
  readonly subject?: string;
  readonly headlines?: readonly string[];
  readonly findings: readonly Finding[];
  readonly published?: readonly { readonly number: number; readonly of: number }[];
  readonly waiting: readonly WaitingRelease[];
}

/** The check run of a publication; `commit` is the one that it made. It goes on while parts remain. */
export function formatPublicationCheck(report: PublicationReport, commit: string | undefined): CheckReport {
  const { kind, branch, headlines = [], findings, waiting } = report;
  const errors = findings.filter(isError);
  const broken =
    errors.length > 0
      ? [
          'A release with errors keeps what was last published; the others are not held up.',
          ...findings.map(findingLine),
        ]
      : [];
  return {
    conclusion: conclusionOf(report),
    title: shortened(titleOf(report)),
    summary: summaryOf([
      kind === 'publish' && commit !== undefined
        ? `Published to ${markdown(branch)} as ${commit}:`
        : waiting.length > 0
          ? `Nothing more can be published to ${markdown(branch)} yet.`
          : `The rendered tree equals the one on ${markdown(branch)}: no commit.`,
      ...headlines.map((line) => `- ${markdown(line)}`),
      ...waiting.map(waitingLine),
      ...broken,
    ]),
    annotations: annotationsOf(errors),
  };
}

function conclusionOf({ findings, waiting, published = [] }: PublicationReport): CheckReport['conclusion'] {
  if (findings.some(isError)) return 'action_required';
  if (waiting.some(({ standing }) => standing.failures.length > 0)) return 'failure';
  const [person, cluster] = [waiting.filter((each) => each.person), waiting.filter((each) => !each.person)];
  const goesOn = cluster.length > 0 || published.some(({ number, of }) => number < of);
  if (goesOn) return undefined;
  return person.length > 0 ? 'action_required' : 'success';
}

const WAITS = ' waits until ';

/** Whether the title of such a check says that a release waits. */
export function saysWaiting(title: string): boolean {
  return title.includes(WAITS);
}

function titleOf({ kind, branch, subject, findings, waiting }: PublicationReport): string {
  const errors = findings.filter(isError);
  const waits = waiting.map(({ name, until, standing }) => {
    const [failure] = standing.failures;
    if (failure) return `${name} failed: ${wordsOf(failure.message)}`;
    return `${name}${WAITS}${until}${standing.overdue ? ' (unknown: nothing heard)' : ''}`;
  });
  const nothing = waits.length > 0 ? [] : [`nothing to publish: ${branch} has it already`];
  const what = [...(kind === 'publish' ? [subject ?? ''] : nothing), ...waits].join('; ');
  return errors.length > 0 ? `${countText(errors)} not published; ${what}` : what;
}

/** One line on what a release waits for, with Flux's own words where it failed. */
function waitingLine({ name, until, person, number, of, standing }: WaitingRelease): string {
  const parts = of > 1 ? ` (${number} of ${of} parts are published)` : '';
  const way = person ? '; `/resume` on the pull request, or `coalmine publish --resume`, confirms it' : '';
  return [`- ${markdown(`${name} waits until ${until}${parts}`)}${way}.`, ...heardLines(standing)].join('\n  ');
}

/** Flux's words come on several lines at times; a line is all that there is here. */
export function wordsOf(message: string): string {
  return message.trim().replace(/\s*\n\s*/g, ' ');
}

/** What the clusters said, or that they said nothing; the same words of several of them once. */
export function heardLines(standing: ClusterReports): readonly string[] {
  const { assumed, heard, overdue, failures, waitsFor, confirmedBy } = standing;
  const byWords = Map.groupBy(failures, ({ message }) => withoutDuration(wordsOf(message)));
  const failed = [...byWords.values()].map(([first, ...others]) => {
    const who = [first, ...others].flatMap((each) => (each ? [`${markdown(each.cluster)}, ${each.part}`] : []));
    return `Flux (${who.join('; ')}): ${code(wordsOf(first?.message ?? '').slice(0, 500))}`;
  });
  const isSilent = heard && !assumed && failures.length === 0;
  return [
    ...failed,
    ...(assumed
      ? ['No cluster says so: some time after its commit a part is taken for applied (`readiness.by: delay`).']
      : []),
    ...(heard ? [] : ['No cluster has ever answered; `coalmine doctor` says what is missing.']),
    ...(isSilent && overdue ? [`Unknown: ${toMarkdown(silenceSentence(waitsFor, confirmedBy))}.`] : []),
    ...(isSilent && !overdue && waitsFor.length > 0
      ? [`Waits for ${toMarkdown(waitsSentence(waitsFor, confirmedBy))}.`]
      : []),
  ];
}

/** The check run of a merge whose publication goes on as part of a later one. */
export function formatSupersededCheck(source: string): CheckReport {
  return {
    conclusion: 'neutral',
    title: `goes on with ${source.slice(0, 7)}`,
    summary: `Before all of its parts were published, ${source} was merged. The publication goes on there.`,
    annotations: [],
  };
}

/** The check run of a refused publication: what to do next. */
export function formatRefusalCheck({
  refusal,
  findings,
}: {
  readonly refusal: Refusal;
  readonly findings: readonly Finding[];
}): CheckReport {
  return {
    conclusion: 'action_required',
    title: 'nothing published',
    summary: summaryOf([`Refused: ${toMarkdown(refusalText(refusal))}.`, ...findings.map(findingLine)]),
    annotations: annotationsOf(findings.filter(isError)),
  };
}

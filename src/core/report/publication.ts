import { type Finding, isError } from '../finding.ts';
import { annotationsOf, type CheckReport, findingLine, shortened, summaryOf } from './check-run.ts';
import { markdown } from './escape.ts';
import { countText } from './review.ts';

/** What a publication did, as far as a report tells it. */
export interface Published {
  readonly kind: 'publish' | 'equal';
  readonly branch: string;
  readonly subject?: string;
  readonly headlines?: readonly string[];
  readonly findings: readonly Finding[];
}

/** The check run of a publication; `commit` is the one that it made. A broken release waits for a person. */
export function formatPublicationCheck(
  { kind, branch, subject, headlines = [], findings }: Published,
  commit: string | undefined,
): CheckReport {
  const errors = findings.filter(isError);
  const what = kind === 'publish' ? (subject ?? '') : `nothing to publish: ${branch} has it already`;
  const broken =
    errors.length > 0
      ? [
          'A release with errors keeps what was last published; the others are not held up.',
          ...findings.map(findingLine),
        ]
      : [];
  return {
    conclusion: errors.length > 0 ? 'action_required' : 'success',
    title: shortened(errors.length > 0 ? `${countText(errors)} not published; ${what}` : what),
    summary: summaryOf([
      kind === 'publish' && commit !== undefined
        ? `Published to ${markdown(branch)} as ${commit}:`
        : `The rendered tree equals the one on ${markdown(branch)}: no commit.`,
      ...headlines.map((line) => `- ${markdown(line)}`),
      ...broken,
    ]),
    annotations: annotationsOf(errors),
  };
}

/** The check run of a refused publication: what to do next. */
export function formatRefusalCheck({
  reason,
  findings,
}: {
  readonly reason: string;
  readonly findings: readonly Finding[];
}): CheckReport {
  return {
    conclusion: 'action_required',
    title: 'nothing published',
    summary: summaryOf([`Refused: ${markdown(reason)}.`, ...findings.map(findingLine)]),
    annotations: annotationsOf(findings.filter(isError)),
  };
}

import { type Finding, isError } from '../model/finding.ts';
import { brief, oneLine } from '../model/printable.ts';
import { fitBlocks, SUMMARY_LIMIT } from './budget.ts';
import { code, markdown } from './escape.ts';
import { countText, excerptAdvice, excerptText, type Review } from './review.ts';

/** A line of a file with something to say about it, as GitHub's check runs take it. */
export interface Annotation {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly startColumn?: number; // GitHub takes columns only within one line
  readonly endColumn?: number;
  readonly level: 'failure' | 'warning';
  readonly title: string;
  readonly message: string;
}

/** What a check run says. */
export interface CheckReport {
  readonly conclusion: 'success' | 'failure' | 'action_required' | 'neutral' | undefined; // undefined: in progress
  readonly title: string;
  readonly summary: string; // Markdown
  readonly annotations: readonly Annotation[];
}

/** The check run of a review. Warnings alone are a success; one of some files alone is not. */
export function formatReviewCheck(review: Review): CheckReport {
  const { findings, releases, excerpt } = review;
  const headlines = [
    ...releases.flatMap(({ name, meaning }) => (meaning ? [`${name}: ${meaning.headline}`] : [])),
    ...(review.others.length > 0 ? ['shared objects change'] : []),
  ];
  const errors = findings.filter(isError);
  const nothing = 'nothing changes in the cluster';
  const found =
    errors.length > 0
      ? countText(findings)
      : (headlines.join('; ') || nothing) + (findings.length > 0 ? ` (${countText(findings)})` : '');
  const broken = releases
    .filter(({ findings: own, meaning }) => !meaning && own.some(isError))
    .map(({ name }) => `${name}: can't be rendered; nothing of it will be published until its errors are fixed`);
  const title = excerpt ? [excerptText(excerpt), ...(errors.length > 0 ? [found] : [])].join('; ') : found;
  const said = [...headlines, ...broken];
  const annotations = annotationsOf(findings);
  const lines = [
    ...(excerpt ? [`**${markdown(title)}**. ${markdown(excerptAdvice(excerpt))}`] : []),
    ...(said.length > 0 ? said : [nothing]).map((line) => `- ${markdown(line)}`),
    ...review.notes.map((note) => `> ${markdown(note)}`),
    ...(annotations.length < findings.length
      ? [`Annotated in the files: ${annotations.length} of ${findings.length} findings.`]
      : []),
    ...findings.map(findingLine),
  ];
  return {
    conclusion: errors.length > 0 || excerpt ? 'failure' : 'success',
    title: shortened(title),
    summary: summaryOf(lines),
    annotations,
  };
}

/** The check run of a review or a publication that was stopped: reading and rendering the values took too much. */
export function formatExhaustedCheck(limit: 'time' | 'memory'): CheckReport {
  return {
    conclusion: 'failure',
    title: `stopped: the values files take too much ${limit}`,
    summary: `Reading and rendering the values files took too much ${limit}, so Coalmine stopped. Nothing was checked, and nothing was published.\n\nMake the files smaller: fewer versions, paths or repetitions in one file, or fewer files in one pull request. Then push again.\n`,
    annotations: [],
  };
}

/** The check run of a review or a publication of files that can't be read. */
export function formatUnreadableCheck(why: string): CheckReport {
  return {
    conclusion: 'failure',
    title: "stopped: the repository's files can't be read",
    summary: `Coalmine can't read the repository's files: ${markdown(why)}. Nothing was checked, and nothing was published. Push again once that is changed.\n`,
    annotations: [],
  };
}

/** Maximum number of annotations: GitHub takes 50 in a request. */
const ANNOTATIONS = 300;

/** The annotations for findings, errors first where they are too many. */
export function annotationsOf(findings: readonly Finding[]): readonly Annotation[] {
  const shown =
    findings.length > ANNOTATIONS
      ? [...findings.filter(isError), ...findings.filter((finding) => !isError(finding))].slice(0, ANNOTATIONS)
      : findings;
  return shown.map(annotationOf);
}

/** Lines joined to a summary of a size that GitHub takes; what is left out is counted. */
export function summaryOf(lines: readonly string[]): string {
  const { text, shown } = fitBlocks(lines, SUMMARY_LIMIT - 200);
  return shown < lines.length ? `${text}\n\nShowing ${shown} of ${lines.length} lines.` : text;
}

export function findingLine({ severity, file, range, message, rule }: Finding): string {
  return `- ${severity} ${code(`${file}:${range.line}`)} ${markdown(brief(message))} (${code(rule)})`;
}

function annotationOf({ file, range, severity, rule, message, replacement }: Finding): Annotation {
  const oneLined = range.line === range.endLine;
  const hint =
    replacement === undefined || message.includes(replacement) ? '' : `\nReplace with: ${brief(replacement)}`;
  return {
    path: file,
    startLine: range.line,
    endLine: range.endLine,
    ...(oneLined ? { startColumn: range.column, endColumn: range.endColumn } : {}),
    level: severity === 'error' ? 'failure' : 'warning',
    title: rule,
    message: `${brief(message)}${hint}`,
  };
}

/** A title that fits into GitHub's line. */
export function shortened(title: string): string {
  const text = oneLine(title);
  return text.length > 200 ? `${text.slice(0, 197)}...` : text;
}

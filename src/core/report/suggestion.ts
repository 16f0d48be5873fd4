import { type Finding, isError } from '../model/finding.ts';
import { brief, printable } from '../model/printable.ts';
import { shownLines } from './diff-lines.ts';
import { code, fenced, markdown } from './escape.ts';

/** By this a suggestion is found again. */
export const SUGGESTION_MARKER = '<!-- coalmine:suggestion -->';

/** A comment on a line of a pull request's diff, with what to write there: the author takes it by one click. */
export interface Suggestion {
  readonly file: string;
  readonly line: number; // in the file as the pull request's head has it
  readonly body: string; // Markdown, begins with the marker
}

/** A file of a pull request, where its branch began (none: it is new) and at its head. */
export interface FileChange {
  readonly before?: string;
  readonly after: string;
}

/** Maximum number of suggestions on one pull request: a person takes them one by one. */
const SUGGESTIONS = 20;

/** A line longer than this can't be judged by looking at it. */
const LINE = 1000;

/** What findings, sorted, offer to write: one suggestion a line, for lines of the pull request's diff; errors first. */
export function suggestionsFor(
  findings: readonly Finding[],
  files: ReadonlyMap<string, FileChange>,
): readonly Suggestion[] {
  const ranked = [...Map.groupBy(findings.filter(isOffer), ({ file }) => file)].flatMap(([file, offers]) => {
    const change = files.get(file);
    return change ? suggestionsIn(file, change, offers) : [];
  });
  return [...ranked.filter(({ error }) => error), ...ranked.filter(({ error }) => !error)]
    .slice(0, SUGGESTIONS)
    .map(({ error: _, ...suggestion }) => suggestion);
}

interface Ranked extends Suggestion {
  readonly error: boolean;
}

/** A finding that says what to write in place of a part of one line. */
export type Offer = Finding & { readonly replacement: string };

function suggestionsIn(file: string, { before, after }: FileChange, offers: readonly Offer[]): readonly Ranked[] {
  const shown = shownLines(before, after);
  const lines = after.split('\n');
  return [...Map.groupBy(offers, ({ range }) => range.line)].flatMap(([line, own]) => {
    const source = lines[line - 1];
    if (source === undefined || !shown.has(line)) return [];
    const taken = apart(own);
    const written = withReplacements(source, taken);
    if (written === source || !isPlain(source) || !isPlain(written)) return [];
    return [{ file, line, body: bodyOf(taken, written), error: taken.some(isError) }];
  });
}

/** Whether a finding can become a suggestion, if its line is shown. */
export function isOffer(finding: Finding): finding is Offer {
  return finding.replacement !== undefined && finding.range.line === finding.range.endLine;
}

/** Whether a line is read as what it is. The end of a line in CRLF isn't: GitHub may write another one. */
function isPlain(line: string): boolean {
  return line.length <= LINE && !line.includes('\n') && printable(line) === line;
}

/** The offers for one line that don't touch what an earlier one replaces. */
function apart(offers: readonly Offer[]): readonly Offer[] {
  const taken: Offer[] = [];
  for (const offer of offers) {
    const last = taken.at(-1)?.range;
    if (!last || (offer.range.column >= last.endColumn && offer.range.column > last.column)) taken.push(offer);
  }
  return taken;
}

/** A line with each range's text replaced, the last one first, so that the others stay where they are. */
function withReplacements(line: string, offers: readonly Offer[]): string {
  return offers.reduceRight(
    (text, { range, replacement }) => text.slice(0, range.column - 1) + replacement + text.slice(range.endColumn - 1),
    line,
  );
}

function bodyOf(offers: readonly Offer[], line: string): string {
  const said = offers.map(({ severity, message, rule }) => {
    return `${severity === 'error' ? '❌' : '⚠️'} ${markdown(brief(message))} (${code(rule)})`;
  });
  return `${[SUGGESTION_MARKER, ...said, fenced('suggestion', line)].join('\n\n')}\n`;
}

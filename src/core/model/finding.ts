/** A stretch of a file. All positions are 1-based; `endColumn` is exclusive. */
export interface Range {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export type Severity = 'error' | 'warning';

/** Something a person should fix in a file. */
export interface Finding {
  readonly rule: string; // stable id, also its heading in the docs
  readonly severity: Severity;
  readonly file: string;
  readonly path: string; // JSON pointer: '/routes/canary/version'
  readonly range: Range;
  readonly replacement?: string; // YAML text for that range
  readonly message: string; // plain text; Markdown is added by the report
}

/** What reading a file gives: its valid model with warnings, or all that is wrong with it. */
export type Read<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly Finding[] }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** The start of a file: where a finding about the whole of it is shown. */
export const FILE_START: Range = { line: 1, column: 1, endLine: 1, endColumn: 1 };

export function isError(finding: Finding): boolean {
  return finding.severity === 'error';
}

/** All findings of a Read, whichever way it ended. */
export function findingsOf<T>(read: Read<T>): readonly Finding[] {
  return read.ok ? read.warnings : read.findings;
}

/** Maximum length of a finding's message, in UTF-16 code units: a name in a values file may be as long as the file. */
export const MAX_MESSAGE = 500;

/** How much of the end of a message that is too long is kept: what to write instead stands there. */
const MESSAGE_END = 150;

/** A message that is too long, without its middle. */
function shortMessage(message: string): string {
  if (message.length <= MAX_MESSAGE) return message;
  const start = message.slice(0, MAX_MESSAGE - MESSAGE_END - 5).replace(/[\ud800-\udbff]$/, '');
  const end = message.slice(-MESSAGE_END).replace(/^[\udc00-\udfff]/, '');
  return `${start} ... ${end}`;
}

/** Findings by file, position and rule, each once (what an alias repeats is one fault), with messages of a readable length. */
export function sortFindings(all: readonly Finding[]): readonly Finding[] {
  const findings = all.map((finding) => {
    const message = shortMessage(finding.message);
    return message === finding.message ? finding : { ...finding, message };
  });
  const once = new Map(
    findings.map((finding) => [JSON.stringify([finding.rule, finding.file, finding.range, finding.message]), finding]),
  );
  return [...once.values()].sort(
    (a, b) =>
      compare(a.file, b.file) ||
      a.range.line - b.range.line ||
      a.range.column - b.range.column ||
      compare(a.rule, b.rule) ||
      compare(a.path, b.path),
  );
}

/** Order by code unit: the same on every machine, whatever its locale. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

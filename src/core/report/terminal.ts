import type { Finding } from '../model/finding.ts';
import { brief, oneLine, printable } from '../model/printable.ts';
import { workflowCommand } from './escape.ts';

/** Findings as a compiler prints them, each pointing at its place; `textOf` gives a file's text. */
export function formatFindings(findings: readonly Finding[], textOf: (file: string) => string | undefined): string {
  const lines = new Map<string, readonly string[]>();
  for (const { file } of findings) if (!lines.has(file)) lines.set(file, textOf(file)?.split(/\r?\n/) ?? []);
  return findings
    .map((finding) => formatFinding(finding, lines.get(finding.file)?.[finding.range.line - 1]))
    .join('\n');
}

/** A line longer than this says less than its position. */
const LINE = 500;

function formatFinding(
  { severity, rule, file, range, message, replacement }: Finding,
  source: string | undefined,
): string {
  const head = `${severity}[${rule}]: ${brief(message)}\n  --> ${oneLine(file)}:${range.line}:${range.column}\n`;
  if (source === undefined || source.length > LINE) return head;
  const gutter = ' '.repeat(String(range.line).length);
  const end = range.endLine === range.line ? range.endColumn : source.length + 1;
  const marks = '^'.repeat(Math.max(1, printable(source.slice(range.column - 1, end - 1)).length));
  const hint = replacement === undefined ? '' : ` write ${brief(replacement)}`;
  const blank = printable(source.slice(0, range.column - 1)).replace(/[^\t]/g, ' ');
  return `${head}${gutter} |\n${range.line} | ${printable(source)}\n${gutter} | ${blank}${marks}${hint}\n`;
}

/** Findings as workflow commands, which GitHub Actions shows at the lines. */
export function formatWorkflowCommands(findings: readonly Finding[]): string {
  return findings
    .map(({ severity, rule, file, range, message }) => {
      const properties = Object.entries({
        file,
        line: range.line,
        col: range.column,
        endLine: range.endLine,
        endColumn: range.endColumn,
        title: rule,
      });
      const list = properties
        .map(([key, value]) => `${key}=${workflowCommand(oneLine(String(value)), 'property')}`)
        .join(',');
      return `::${severity} ${list}::${workflowCommand(brief(message), 'message')}\n`;
    })
    .join('');
}

import type { Finding } from '../finding.ts';
import { oneLine, printable, workflowCommand } from './escape.ts';

/** Findings as a compiler prints them, each pointing at its place; `textOf` gives a file's text. */
export function formatFindings(findings: readonly Finding[], textOf: (file: string) => string | undefined): string {
  return findings.map((finding) => formatFinding(finding, textOf(finding.file))).join('\n');
}

function formatFinding(
  { severity, rule, file, range, message, replacement }: Finding,
  text: string | undefined,
): string {
  const source = text?.split(/\r?\n/)[range.line - 1];
  const head = `${severity}[${rule}]: ${oneLine(message)}\n  --> ${oneLine(file)}:${range.line}:${range.column}\n`;
  if (source === undefined || source.length > 500) return head;
  const gutter = String(range.line).length;
  const end = range.endLine === range.line ? range.endColumn : source.length + 1;
  const marks = '^'.repeat(Math.max(1, end - range.column));
  const hint = replacement === undefined ? '' : ` write ${oneLine(replacement)}`;
  const blank = source.slice(0, range.column - 1).replace(/[^\t]/g, ' ');
  return `${head}${' '.repeat(gutter)}  |\n${range.line}  | ${printable(source)}\n${' '.repeat(gutter)}  | ${blank}${marks}${hint}\n`;
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
      return `::${severity} ${list}::${workflowCommand(oneLine(message), 'message')}\n`;
    })
    .join('');
}

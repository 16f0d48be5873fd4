import { targets } from '../../src/charts/targets.ts';
import { build } from '../../src/core/build/build.ts';
import type { Finding } from '../../src/core/model/finding.ts';
import type { ReleaseId } from '../../src/core/model/release.ts';
import { readSettings } from '../../src/core/settings/read.ts';
import type { Settings } from '../../src/core/settings/settings.ts';
import type { Content } from '../../src/core/yaml/document.ts';

/** The settings of a repository without `.github/coalmine.yml`. */
export const defaults: Settings = (() => {
  const read = readSettings(undefined);
  if (!read.ok) throw new Error('the defaults have findings');
  return read.value;
})();

export const echo = { file: 'charts-values/echo.yaml', id: { namespace: 'echo', name: 'echo' } as ReleaseId };

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The findings of a values file. */
export function check(content: Content | string, id = echo.id, settings = defaults): readonly Finding[] {
  const bytes = typeof content === 'string' ? bytesOf(content) : content;
  return build({ file: echo.file, id, bytes }, settings, targets).findings;
}

/** Findings in short: `rule line:column-endColumn -> replacement`; over several lines `line:column-endLine:endColumn`. */
export function inShort(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ rule, range: { line, column, endLine, endColumn }, replacement }) => {
    const end = endLine === line ? endColumn : `${endLine}:${endColumn}`;
    return `${rule} ${line}:${column}-${end}${replacement === undefined ? '' : ` -> ${replacement}`}`;
  });
}

/** A release with versions v1 and v2 that needs no warning; what is given follows below `canary:`. */
export function withCanary(...lines: readonly string[]): string {
  return [
    'deployment:',
    '  v1: { image: a }',
    '  v2: { image: b }',
    'routes:',
    '  primary:',
    '    version: v1',
    '  canary:',
    '    version: v2',
    ...lines.map((line) => `    ${line}`),
    '',
  ].join('\n');
}

/** The same with one version, to which these lines belong. */
export function withVersion(...lines: readonly string[]): string {
  return [
    'deployment:',
    '  v1:',
    '    image: a',
    ...lines.map((line) => `    ${line}`),
    'routes: { primary: { version: v1 } }',
    '',
  ].join('\n');
}

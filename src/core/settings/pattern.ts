import type { ReleaseId } from '../model/release.ts';
import { type Settings, stageSettings } from './settings.ts';

const PLACEHOLDER = /\{([a-z]+)\}/g;
const KNOWN = ['release', 'namespace', 'stage'];

/** What is wrong with a pattern for values files, in words; undefined when it can be used. */
export function patternProblem(pattern: string): string | undefined {
  const names = [...pattern.matchAll(PLACEHOLDER)].map((match) => match[1] ?? '');
  const unknown = names.find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) return `unknown placeholder {${unknown}}; known ones: {release}, {namespace}, {stage}`;
  if (!names.includes('release')) return 'the pattern needs {release}, which stands for the name of the release';
  if (new Set(names).size < names.length) return 'each placeholder may stand once in the pattern';
  if (/^\/|(?:^|\/)\.{0,2}(?:\/|$)/.test(pattern))
    return 'the pattern must be a path from the root of the repository, without "." or ".."';
  return undefined;
}

/** Whether the values files are in folders of stages. */
export function isStaged({ values }: Pick<Settings, 'values'>): boolean {
  return values.includes('{stage}');
}

/** The folder that holds all values files: the pattern up to its first placeholder. '' is the root. */
export function valuesFolder(settings: Settings): string {
  const fixed = settings.values.slice(0, settings.values.indexOf('{'));
  return fixed.slice(0, Math.max(0, fixed.lastIndexOf('/')));
}

/** Which release a path holds the values of; undefined for any other file. */
export function releaseIdOf(settings: Settings, path: string): ReleaseId | undefined {
  const expression = settings.values
    .split(PLACEHOLDER)
    .map((part, index) => (index % 2 === 1 ? `(?<${part}>[^/]+)` : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    .join('');
  const groups = new RegExp(`^${expression}$`).exec(path)?.groups;
  if (groups?.release === undefined) return undefined;
  const { release: name, stage, namespace } = groups;
  return {
    ...(stage === undefined ? {} : { stage }),
    namespace: namespace ?? stageSettings(settings, stage).namespace ?? name,
    name,
  };
}

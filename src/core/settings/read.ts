import schema from '../../../schemas/config.schema.json' with { type: 'json' };
import valuesSchema from '../../../schemas/values.schema.json' with { type: 'json' };
import type { DraftPath } from '../model/draft.ts';
import { type Finding, isError, type Read, sortFindings } from '../model/finding.ts';
import { pathProblem } from '../model/path-problem.ts';
import { join, keysOf } from '../model/pointer.ts';
import { compileShape } from '../schema/schema.ts';
import { type Content, parseYaml } from '../yaml/document.ts';
import type { YamlDocument } from '../yaml/parsed.ts';
import { domainConflict } from './domain-conflict.ts';
import { settingsFrom, type Written, type WrittenStage } from './from-written.ts';
import { isStaged, patternProblem } from './pattern.ts';
import { SETTINGS_FILE, type Settings } from './settings.ts';
import { withSeverities } from './severities.ts';

const checkShape = compileShape(schema, { 'values.schema.json': valuesSchema });

/** Settings, or all that is wrong with them and what can be read all the same, so that values files are still checked. */
export type ReadSettings = Read<Settings> & { readonly readable?: Readable };

/** Settings without the keys that have errors, in whose place the defaults stand. */
export interface Readable {
  readonly settings: Settings;
  readonly isWhole: boolean; // whether what values files are judged by is there: domains, upstreams, stages, defaults
}

/** Reads `.github/coalmine.yml`; without one (undefined) the defaults hold. */
export function readSettings(bytes: Content | undefined): ReadSettings {
  if (bytes === undefined) return { ok: true, value: settingsFrom({}), warnings: [] };
  const parsed = parseYaml(SETTINGS_FILE, bytes);
  if (!parsed.ok) {
    const readable = { settings: settingsFrom({}), isWhole: false };
    return { ok: false, findings: sortFindings(parsed.findings), readable };
  }
  const { document } = parsed;
  const { findings, value } = checkShape(document);
  const written = (value ?? {}) as Written;
  const problems = [...findings, ...problemsOf(written, document)];
  if (problems.length > 0)
    return { ok: false, findings: sortFindings(problems), readable: readableOf(written, problems) };
  const settings = settingsFrom(written);
  const judged = sortFindings(withSeverities(domainConflict(settings, written, document), settings));
  if (!judged.some(isError)) return { ok: true, value: settings, warnings: judged };
  return { ok: false, findings: judged, readable: { settings, isWhole: true } };
}

/** What values files are judged by. */
const JUDGES = ['domains', 'upstreams', 'stages', 'defaults', 'values', 'namespace'];

function readableOf(written: Written, problems: readonly Finding[]): Readable {
  const broken = new Set(problems.map(({ path }) => keysOf(path)[0]));
  const kept = Object.entries(isMap(written) ? written : {}).filter(([key]) => !broken.has(key));
  return {
    settings: settingsFrom(Object.fromEntries(kept)),
    isWhole: !broken.has(undefined) && !JUDGES.some((key) => broken.has(key)),
  };
}

/** What a schema can't say about settings, of the parts that have the right shape. */
function problemsOf(written: Written, document: YamlDocument): readonly Finding[] {
  const say = (path: string, message: string | undefined, range = document.rangeOf(path)): readonly Finding[] => {
    if (message === undefined) return [];
    return [{ rule: 'schema', severity: 'error', file: SETTINGS_FILE, path, range, message }];
  };
  const pattern = typeof written.values === 'string' ? written.values : undefined;
  const parts = partsOf(written);
  const lost = parts.some(({ at }) => at !== '') && !isStaged({ values: pattern ?? '' });
  return [
    ...(pattern === undefined ? [] : say('/values', patternProblem(pattern))),
    ...(lost
      ? say(
          '/stages',
          'stages need {stage} in "values": nothing else says which stage a file belongs to',
          document.keyRangeOf('/stages'),
        )
      : []),
    ...parts.flatMap(({ at, part }) => [
      ...say(`${at}/rollout/steps`, stepsProblem(part.rollout?.steps)),
      ...claimsOf(part).flatMap(({ path, claim }) => say(`${at}${path}`, pathProblem(claim))),
    ]),
  ];
}

/** The settings that hold everywhere, and those of each stage, where they stand. */
function partsOf(written: Written): readonly { readonly at: string; readonly part: WrittenStage }[] {
  const stages = Object.entries(isMap(written.stages) ? written.stages : {});
  return [
    { at: '', part: written },
    ...stages.map(([stage, part]) => ({ at: join('/stages', stage), part: isMap(part) ? part : {} })),
  ];
}

function stepsProblem(steps: unknown): string | undefined {
  if (!Array.isArray(steps)) return undefined;
  const rises = steps.every((step, index) => index === 0 || step > steps[index - 1]);
  return rises ? undefined : 'the steps of a rollout must rise';
}

function claimsOf(part: WrittenStage): readonly { readonly path: string; readonly claim: DraftPath }[] {
  return Object.entries(isMap(part.domains) ? part.domains : {}).flatMap(([apiGroup, domain]) => {
    const claims = isMap(domain) && Array.isArray(domain.claims) ? domain.claims : [];
    return claims.map((claim, index) => ({
      path: join(join(join('/domains', apiGroup), 'claims'), index),
      claim: isMap(claim) ? claim : { prefix: '/' }, // of a wrong shape, which is said already
    }));
  });
}

function isMap<T extends object>(value: T | null | undefined): value is T {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

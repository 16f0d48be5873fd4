import schema from '../../../schemas/values.schema.json' with { type: 'json' };
import type { Draft } from '../model/draft.ts';
import { FILE_START, type Finding, isError, type Read, sortFindings } from '../model/finding.ts';
import { keysOf } from '../model/pointer.ts';
import type { Release, ReleaseId } from '../model/release.ts';
import { checkDraft } from '../rules/check.ts';
import { versionName } from '../rules/version-name.ts';
import { compileShape } from '../schema/schema.ts';
import { type Settings, stageSettings } from '../settings/settings.ts';
import { withSeverities } from '../settings/severities.ts';
import { tooMuchSpread } from '../values/spread.ts';
import { draftFrom } from '../values/to-draft.ts';
import { releaseFrom } from '../values/to-release.ts';
import { type Content, parseYaml } from '../yaml/document.ts';
import { LIMITS } from '../yaml/limits.ts';

const checkShape = compileShape(schema);

export interface ValuesFile {
  readonly file: string;
  readonly id: ReleaseId;
  readonly bytes: Content;
}

/** What reading a values file gives: beside its Release or findings what in it has the right shape, if it is YAML at all. */
export type ReadValues = Read<Release> & { readonly draft?: Draft };

/** Reads one values file: a Release, or all that is wrong with it, sorted. Never throws, whatever the bytes. */
export function readValues({ file, id, bytes }: ValuesFile, whole: Settings): ReadValues {
  const parsed = parseYaml(file, bytes);
  if (!parsed.ok) return { ok: false, findings: sortFindings(parsed.findings) };

  const settings = stageSettings(whole, id.stage);
  const shape = checkShape(parsed.document);
  const wrong = withSeverities(shape.findings.map(inItsPlace), settings);
  const spread = tooMuchSpread(parsed.document, shape.value, settings.defaults);
  if (spread) return { ok: false, findings: sortFindings([...wrong, spread]) };
  const draft = draftFrom(id, parsed.document, shape.value, settings.defaults);
  const judged = checkDraft({ draft, settings }, wrong);
  const findings = sortFindings(withoutRepeats(wrong, judged));
  if (findings.some(isError)) return { ok: false, findings, draft };
  return { ok: true, value: releaseFrom(draft, settings), warnings: findings, draft };
}

/** The first findings, sorted, errors before warnings; of the rest their number. */
export function firstOf(findings: readonly Finding[]): readonly Finding[] {
  if (findings.length <= LIMITS.findings) return findings;
  const [errors, warnings] = [findings.filter(isError), findings.filter((finding) => !isError(finding))];
  const shown = [...errors, ...warnings].slice(0, LIMITS.findings);
  const { file, severity } = shown[0] as Finding;
  const message = `${findings.length} findings in this file; the first ${LIMITS.findings} are shown`;
  return sortFindings([...shown, { rule: 'too-large', severity, file, path: '', range: FILE_START, message }]);
}

const { container, pod } = schema.$defs.version.properties;
const BELOW = Object.entries({ container, pod }).map(([name, { properties }]) => [name, properties] as const);

/** A key of Kubernetes' container or pod that stands in the version itself: not unknown, but one level too high. */
function inItsPlace(finding: Finding): Finding {
  const [key = '', parent, top, ...rest] = [...keysOf(finding.path)].reverse();
  const inVersion =
    finding.rule === 'schema' &&
    rest.length === 0 &&
    (top === 'deployment' || (top === undefined && parent === 'defaults'));
  const below = inVersion ? BELOW.find(([, fields]) => Object.hasOwn(fields, key))?.[0] : undefined;
  if (below === undefined) return finding;
  const { replacement: _, ...others } = finding;
  return { ...others, message: `unknown key "${key}"; as a field of Kubernetes' ${below} it belongs below "${below}"` };
}

/** One fault gives one finding: a name that must change needs no quotes. */
function withoutRepeats(shape: readonly Finding[], judged: readonly Finding[]): readonly Finding[] {
  const misnamed = new Set(judged.filter(({ rule }) => rule === versionName.id).map(({ path }) => path));
  return [...shape.filter(({ rule, path }) => rule !== 'ambiguous-scalar' || !misnamed.has(path)), ...judged];
}

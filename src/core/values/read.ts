import schema from '../../../schemas/values.schema.json' with { type: 'json' };
import { type Finding, isError, type Read, sortFindings } from '../finding.ts';
import type { Release, ReleaseId } from '../release.ts';
import { checkDraft } from '../rules/index.ts';
import { compileShape } from '../schema.ts';
import type { Settings } from '../settings/settings.ts';
import { type Content, parseYaml } from '../yaml/document.ts';
import { draftFrom } from './to-draft.ts';
import { releaseFrom } from './to-release.ts';

const checkShape = compileShape(schema);

export interface ValuesFile {
  readonly file: string;
  readonly id: ReleaseId;
  readonly bytes: Content;
}

/** Reads one values file: a Release, or all that is wrong with it, sorted. Never throws, whatever the bytes. */
export function readValues({ file, id, bytes }: ValuesFile, settings: Settings): Read<Release> {
  const parsed = parseYaml(file, bytes);
  if (!parsed.ok) return { ok: false, findings: sortFindings(parsed.findings) };

  const shape = checkShape(parsed.document);
  const draft = draftFrom(id, parsed.document, shape.value);
  const findings = sortFindings(
    withSeverities([...shape.findings, ...withoutRepeats(checkDraft(draft), shape.findings)], settings),
  );
  if (findings.some(isError)) return { ok: false, findings };
  return { ok: true, value: releaseFrom(draft, settings), warnings: findings };
}

/** Rules that speak of what a block lacks: they can't judge a block with something of a wrong shape inside. */
const ABOUT_ABSENCE = new Set(['canary-has-no-effect', 'default-image']);

/** One fault gives one finding: a value of the wrong shape isn't said to be missing as well. */
function withoutRepeats(findings: readonly Finding[], shape: readonly Finding[]): readonly Finding[] {
  return findings.filter(
    ({ rule, path }) => !ABOUT_ABSENCE.has(rule) || !shape.some((said) => `${said.path}/`.startsWith(`${path}/`)),
  );
}

function withSeverities(findings: readonly Finding[], settings: Settings): readonly Finding[] {
  return findings.flatMap((finding) => {
    const severity = settings.rules.get(finding.rule) ?? finding.severity;
    return severity === 'off' ? [] : [{ ...finding, severity }];
  });
}

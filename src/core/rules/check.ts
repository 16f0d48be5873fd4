import type { Draft } from '../model/draft.ts';
import { FILE_START, type Finding, type Range } from '../model/finding.ts';
import { withSeverities } from '../settings/severities.ts';
import { RULES } from './registry.ts';
import type { Breach, JudgedDraft, ReleaseChange, RuleHead } from './rule.ts';

/**
 * Everything that the rules find in a draft, with the severities of the settings. `misshapen`: what the schema has found
 * in it already; a rule about what a block lacks says nothing of a block with such a value inside.
 */
export function checkDraft(judged: JudgedDraft, misshapen: readonly Finding[]): readonly Finding[] {
  const found = RULES.flatMap((rule) => {
    if (rule.about !== 'draft') return [];
    const breaches = rule.check(judged);
    const kept = rule.isAboutAbsence ? breaches.filter(({ path }) => !isAnyInside(path, misshapen)) : breaches;
    return kept.map((breach) => findingFrom(rule, breach, judged.draft));
  });
  return withSeverities(found, judged.settings);
}

/** Everything that the rules find in a change: they judge the way, the others judge where it ends. */
export function checkChange(change: ReleaseChange): readonly Finding[] {
  const found = RULES.flatMap((rule) =>
    rule.about === 'change' ? rule.check(change).map((breach) => findingFrom(rule, breach, change.draft)) : [],
  );
  return withSeverities(found, change.settings);
}

function findingFrom({ id, severity }: RuleHead, { shownAt, ...breach }: Breach, draft: Draft): Finding {
  return { rule: id, severity, file: draft.file, range: rangeIn(draft, breach.path, shownAt), ...breach };
}

function rangeIn(draft: Draft, path: string, shownAt: Breach['shownAt'] = 'value'): Range {
  if (shownAt === 'file') return FILE_START;
  return shownAt === 'key' ? draft.keyRangeOf(path) : draft.rangeOf(path);
}

function isAnyInside(path: string, findings: readonly Finding[]): boolean {
  return findings.some((finding) => `${finding.path}/`.startsWith(`${path}/`));
}

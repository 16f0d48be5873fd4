import type { Finding } from '../model/finding.ts';
import type { StageSettings } from './settings.ts';

/** Findings with the severities that the settings give to their rules; those that are off are left out. */
export function withSeverities(findings: readonly Finding[], settings: StageSettings): readonly Finding[] {
  return findings.flatMap((finding) => {
    const severity = settings.rules.get(finding.rule) ?? finding.severity;
    return severity === 'off' ? [] : [{ ...finding, severity }];
  });
}

import type { Draft } from '../model/draft.ts';
import type { Finding } from '../model/finding.ts';

/** A canary beside itself tests nothing. */
export function canaryIsPrimary(draft: Draft): readonly Finding[] {
  const version = draft.canary?.version;
  if (version === undefined || version !== draft.primary) return [];
  const path = '/routes/canary/version';
  return [
    {
      rule: 'canary-is-primary',
      severity: 'error',
      file: draft.file,
      path,
      range: draft.rangeOf(path),
      message: `the canary is "${version}", the same version as the primary; name another version, or remove the canary`,
    },
  ];
}

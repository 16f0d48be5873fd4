import type { Draft } from '../model/draft.ts';
import type { Finding } from '../model/finding.ts';

/** A canary without weight and without headers gets no request. */
export function canaryHasNoEffect(draft: Draft): readonly Finding[] {
  const { canary } = draft;
  if (canary?.version === undefined || (canary.weight ?? 0) > 0 || (canary.headers?.size ?? 0) > 0) return [];
  const path = '/routes/canary';
  return [
    {
      rule: 'canary-has-no-effect',
      severity: 'warning',
      file: draft.file,
      path,
      range: draft.keyRangeOf(path),
      message: `no request reaches the canary "${canary.version}": its weight is 0 and it has no headers; give it headers (stage: canary) or a weight`,
    },
  ];
}

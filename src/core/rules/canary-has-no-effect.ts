import type { DraftRule } from './rule.ts';

/** A canary without weight and without headers gets no request. */
export const canaryHasNoEffect: DraftRule = {
  id: 'canary-has-no-effect',
  severity: 'warning',
  about: 'draft',
  isAboutAbsence: true,
  check: ({ draft: { canary } }) => {
    if (canary?.version === undefined || (canary.weight ?? 0) > 0 || (canary.headers?.size ?? 0) > 0) return [];
    return [
      {
        path: '/routes/canary',
        shownAt: 'key',
        message: `no request reaches the canary "${canary.version}": its weight is 0 and it has no headers; give it headers (stage: canary) or a weight`,
      },
    ];
  },
};

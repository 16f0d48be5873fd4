import type { DraftRule } from './rule.ts';

/** A canary beside itself tests nothing. */
export const canaryIsPrimary: DraftRule = {
  id: 'canary-is-primary',
  severity: 'error',
  about: 'draft',
  check: ({ draft: { canary, primary } }) => {
    const version = canary?.version;
    if (version === undefined || version !== primary) return [];
    return [
      {
        path: '/routes/canary/version',
        message: `the canary is "${version}", the same version as the primary; name another version, or remove the canary`,
      },
    ];
  },
};

import type { ReportSource } from '../source.ts';

/** Flux's events, signed, posted to the App. */
export const flux: ReportSource = {
  name: 'flux',
  meaning: "Flux's signed events, posted to /api/flux",
  waitsFor: 'reports',
  sentTo: 'app',
  isClusterInAlert: true,
  wakesFlux: true,
  provider: {
    type: 'generic-hmac',
    secret: {
      suffix: 'events',
      comment: "the same value as in the App's environment; of it the Secret gets the key of this repository alone",
      isForRepository: true,
      variable: 'FLUX_WEBHOOK_TOKEN',
    },
  },
  remedy:
    'apply what coalmine flux prints, make its Secrets, and look at kubectl -n flux-system logs deploy/notification-controller',
};

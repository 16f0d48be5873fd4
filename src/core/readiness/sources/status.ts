import type { ReportSource } from '../source.ts';

/** Flux's commit statuses on GitHub. Who may push may set one, so they count only where the settings say so. */
export const status: ReportSource = {
  name: 'status',
  meaning: "Flux's commit statuses",
  waitsFor: 'reports',
  sentTo: 'repository',
  isClusterInAlert: false,
  wakesFlux: false,
  provider: {
    type: 'github',
    secret: {
      suffix: 'status',
      comment: 'a token that may write commit statuses of the repository',
      variable: 'STATUS_TOKEN',
    },
    // By itself the id is the Provider's uid: made anew, it would be another cluster.
    commitStatusExpr: (cluster) => `'kustomization/' + event.involvedObject.name + '/${cluster}'`,
  },
  remedy:
    'apply what coalmine flux prints, make its Secrets, and look at kubectl -n flux-system logs deploy/notification-controller',
};

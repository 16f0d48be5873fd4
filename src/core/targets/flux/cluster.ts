import type { Manifest } from '../../model/manifest.ts';
import { UNNAMED_CLUSTER } from '../../readiness/event.ts';
import type { ReportSource } from '../../readiness/source.ts';
import type { StageSettings } from '../../settings/settings.ts';
import { WORKLOAD_KINDS } from '../kubernetes/workloads.ts';
import { TARGETS } from '../list.ts';
import type { ObjectKind } from '../target.ts';
import type { Targets } from '../targets.ts';

/** A cluster that is to follow the gitops branch, or one stage of it. */
export interface Cluster {
  readonly flux: StageSettings['flux'];
  readonly stage: string | undefined;
  readonly branch: string; // gitops
  readonly url: string; // that Flux clones
  readonly isPrivate: boolean;
  readonly reports?: Reports; // none: nothing reports what was applied
}

/** Whom Flux tells what it has applied. */
export interface Reports {
  readonly by: ReportSource;
  readonly address: string; // of the App's hook, or of the repository on GitHub
  readonly repository: string; // owner/name
  readonly cluster?: string; // as whom it speaks
}

/** The Secret of the Provider. */
export function providerSecretName({ flux }: Pick<Cluster, 'flux'>, { provider }: ReportSource): string {
  return `${flux.name}-${provider.secret.suffix}`;
}

/** The other Secrets that those objects name. A person makes them: no Secret is ever rendered. */
export function secretNames({ flux: { name } }: Pick<Cluster, 'flux'>) {
  return { git: `${name}-git`, receiver: `${name}-receiver` };
}

/** How often Flux looks for commits where nothing wakes it: well within what `readiness.after` assumes. */
const POLL = '30s';

/** What a cluster needs once, in the order in which it can be applied. */
export function clusterManifests(cluster: Cluster, targets: Targets): readonly Manifest[] {
  const { flux, stage, branch, url, isPrivate, reports } = cluster;
  const { namespace } = flux;
  const secrets = secretNames(cluster);
  const isWoken = reports?.by.wakesFlux === true;
  return [
    targets.fill('flux/clusterrole', { kinds: RELEASE_KINDS }),
    targets.fill('flux/gitrepository', {
      name: flux.name,
      namespace,
      interval: isWoken ? flux.interval : POLL,
      url,
      branch,
      secret: isPrivate ? secrets.git : '',
    }),
    targets.fill('flux/kustomization', {
      name: rootName(cluster),
      namespace,
      path: stage === undefined ? './flux' : `./${stage}/flux`,
      prune: true,
      wait: false,
      account: '',
      // Flux puts it in as YAML: without quotes of its own a cluster called 1 were a number.
      cluster: reports?.by.isClusterInAlert ? JSON.stringify(reports.cluster ?? UNNAMED_CLUSTER) : '',
      flux,
    }),
    ...(isWoken
      ? [
          targets.fill('flux/receiver', {
            name: flux.name,
            namespace,
            // A ping has no ref.
            filter: `!has(req.ref) || req.ref == 'refs/heads/${branch}'`,
            repository: flux.name,
            secret: secrets.receiver,
          }),
        ]
      : []),
    ...(reports ? reporting(cluster, reports, targets) : []),
  ];
}

/** Every kind that a release may have, whatever its target. */
const RELEASE_KINDS: readonly ObjectKind[] = [...WORKLOAD_KINDS, ...TARGETS.flatMap(({ kinds }) => kinds)];

/** In a release's Alert, the cluster that speaks: what the root Kustomization of that cluster puts there. */
export const SPEAKING_CLUSTER = `\${coalmine_cluster:=${UNNAMED_CLUSTER}}`;

/** What the root Kustomization and the Provider are called. Stages share a cluster's GitRepository, and nothing else. */
export function rootName({ flux, stage }: Pick<Cluster, 'flux' | 'stage'>): string {
  return stage === undefined ? flux.name : `${flux.name}-${stage}`;
}

function reporting(cluster: Cluster, { by, address, cluster: name }: Reports, targets: Targets): readonly Manifest[] {
  const { flux } = cluster;
  const { type, commitStatusExpr } = by.provider;
  const at = { name: rootName(cluster), namespace: flux.namespace };
  return [
    targets.fill('flux/provider', {
      ...at,
      type,
      address,
      commitStatusExpr: commitStatusExpr?.(name ?? UNNAMED_CLUSTER) ?? '',
      secret: providerSecretName(cluster, by),
    }),
    targets.fill('flux/alert', {
      ...at,
      provider: at.name,
      sources: [{ name: '*', namespace: flux.namespace }], // the root Kustomization and the domains': releases have their own
      cluster: by.isClusterInAlert ? (name ?? '') : '',
    }),
  ];
}

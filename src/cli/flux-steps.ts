import { type Cluster, providerSecretName, secretNames } from '../core/targets/flux/cluster.ts';

/** What is to be done by hand before and after a cluster's objects are applied: Secrets, and the webhook. */
export function stepsAround(cluster: Cluster): string {
  const before = secretsFor(cluster);
  const after = cluster.reports?.by.wakesFlux ? webhookFor(cluster) : [];
  return [
    ...(before.length > 0 ? ['First, by hand, since no Secret is printed:', '', ...before, ''] : []),
    ...(after.length > 0 ? [...after, ''] : []),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

function secretsFor(cluster: Cluster): readonly string[] {
  const { flux, url, isPrivate, reports } = cluster;
  const names = secretNames(cluster);
  const create = `  kubectl -n ${flux.namespace} create secret generic`;
  return [
    ...(isPrivate && url.startsWith('ssh:')
      ? [
          '  # Prints a public key: add it to the repository as a deploy key.',
          `  flux create secret git ${names.git} --namespace=${flux.namespace} --url='${url}'`,
        ]
      : []),
    ...(isPrivate && !url.startsWith('ssh:')
      ? [
          '  # A token that may read the contents of the repository.',
          `  ${create.trim()} ${names.git} --from-literal=username=git --from-literal=password="$GIT_TOKEN"`,
        ]
      : []),
    ...(reports
      ? [
          `  # ${reports.by.provider.secret.comment}`,
          `${create} ${providerSecretName(cluster, reports.by)} --from-literal=token="$${reports.by.provider.secret.variable}"`,
        ]
      : []),
    ...(reports?.by.wakesFlux
      ? [
          '  # A new one, for GitHub alone: openssl rand -hex 24',
          `${create} ${names.receiver} --from-literal=token="$RECEIVER_TOKEN"`,
        ]
      : []),
  ];
}

function webhookFor({ flux }: Cluster): readonly string[] {
  return [
    'Then a webhook of the repository, for pushes, as application/json, with $RECEIVER_TOKEN as its secret, to the',
    "address at which GitHub reaches the Service webhook-receiver, and this path. Without it a commit waits for Flux's",
    `next look, at most ${flux.interval}.`,
    '',
    `  kubectl -n ${flux.namespace} get receiver ${flux.name} -o jsonpath='{.status.webhookPath}'`,
  ];
}

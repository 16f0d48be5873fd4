import { type Cluster, providerSecretName, type Reports, secretNames } from '../core/targets/flux/cluster.ts';

/** The steps to do by hand before and after applying a cluster's objects: Secrets and the webhook. */
export function formatManualSteps(cluster: Cluster): string {
  const before = secretsFor(cluster);
  const after = cluster.reports?.by.wakesFlux ? webhookFor(cluster) : [];
  return [
    ...(before.length > 0 ? ['First create the Secrets by hand (Coalmine never prints one):', '', ...before, ''] : []),
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
          '  # GIT_TOKEN: a token that may read the contents of the repository.',
          `  ${create.trim()} ${names.git} --from-literal=username=git --from-literal=password="$GIT_TOKEN"`,
        ]
      : []),
    ...(reports
      ? [
          `  # ${reports.by.provider.secret.variable}: ${reports.by.provider.secret.comment}`,
          `${create} ${providerSecretName(cluster, reports.by)} --from-literal=token="${tokenFor(reports)}"`,
        ]
      : []),
    ...(reports?.by.wakesFlux
      ? [
          "  # RECEIVER_TOKEN: a new token for GitHub's webhook only: openssl rand -hex 24",
          `${create} ${names.receiver} --from-literal=token="$RECEIVER_TOKEN"`,
        ]
      : []),
  ];
}

/** The shell expression for the token, or for this repository's key, which is derived from it. */
function tokenFor({ by, repository }: Reports): string {
  const { variable, isForRepository } = by.provider.secret;
  if (!isForRepository) return `$${variable}`;
  return `$(printf %s '${repository.toLowerCase()}' | openssl dgst -sha256 -hmac "$${variable}" -r | cut -d' ' -f1)`;
}

function webhookFor({ flux }: Cluster): readonly string[] {
  return [
    'Then add a webhook to the repository: event push, content type application/json, secret $RECEIVER_TOKEN. Its',
    'address: where GitHub reaches the Service webhook-receiver, followed by the path that this command prints. Without',
    `the webhook Flux sees a new commit after at most ${flux.interval}.`,
    '',
    `  kubectl -n ${flux.namespace} get receiver ${flux.name} -o jsonpath='{.status.webhookPath}'`,
  ];
}

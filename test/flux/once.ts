import { loadAll } from 'js-yaml';
import { coalmine } from '../support/cli.ts';

/** What is applied by hand in a cluster. */
interface Once {
  /** Without what notification-controller would read: the lab has none. */
  readonly text: string;
  /** Those whose Kustomizations the Alert listens to. */
  readonly namespaces: readonly string[];
}

/** What `coalmine flux` prints in a clone of the repository. */
export async function onceInACluster(clone: string, app: string): Promise<Once> {
  const { code, stdout, stderr } = await coalmine(clone, 'flux', '--app', app, '--repository', 'canary/shop');
  if (code !== 0) throw new Error(`coalmine flux ended with ${code}: ${stderr}`);
  const documents = stdout.split(/^---\n/m);
  const alerts = (loadAll(stdout) as unknown as readonly Alert[]).filter(({ kind }) => kind === 'Alert');
  return {
    text: documents.filter((text) => !text.includes('apiVersion: notification.toolkit.fluxcd.io/')).join('---\n'),
    namespaces: alerts.flatMap(({ spec }) => spec.eventSources.map(({ namespace }) => namespace)),
  };
}

interface Alert {
  readonly kind: string;
  readonly spec: { readonly eventSources: readonly { readonly namespace: string }[] };
}

import { coalmine } from '../support/cli.ts';

/**
 * What is applied by hand in a cluster, once, as `coalmine flux` prints it in a clone of the repository, but for what
 * notification-controller would read: the lab has none.
 */
export async function onceInACluster(clone: string, app: string): Promise<string> {
  const { code, stdout, stderr } = await coalmine(clone, 'flux', '--app', app, '--repository', 'canary/shop');
  if (code !== 0) throw new Error(`coalmine flux ended with ${code}: ${stderr}`);
  const documents = stdout.split(/^---\n/m);
  return documents.filter((text) => !text.includes('apiVersion: notification.toolkit.fluxcd.io/')).join('---\n');
}

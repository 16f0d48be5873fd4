import { coalmine } from '../support/cli.ts';

/**
 * What `coalmine flux` prints in a clone of the repository, without what only a
 * notification-controller would read: the lab has none.
 */
export async function onceInACluster(clone: string, app: string): Promise<string> {
  const { code, stdout, stderr } = await coalmine(clone, 'flux', '--app', app, '--repository', 'canary/shop');
  if (code !== 0) throw new Error(`coalmine flux ended with ${code}: ${stderr}`);
  return stdout
    .split(/^---\n/m)
    .filter((text) => !/^kind: (Provider|Receiver)$/m.test(text))
    .join('---\n');
}

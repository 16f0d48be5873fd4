import type { Finding } from '../finding.ts';
import { join } from '../pointer.ts';
import type { YamlDocument } from '../yaml/document.ts';
import { SETTINGS_FILE, type Settings } from './settings.ts';

/** One host in two domains: Gloo refuses both VirtualServices, and with them everybody's routes. */
export function domainConflict(
  { domains }: Settings,
  document: YamlDocument,
  namesHosts: (apiGroup: string) => boolean, // or leaves them to the default
): readonly Finding[] {
  const owners = new Map<string, string>();
  return [...domains.values()].flatMap(({ apiGroup, hosts }) =>
    hosts.flatMap((host, index) => {
      const owner = owners.get(host.toLowerCase());
      owners.set(host.toLowerCase(), owner ?? apiGroup);
      if (owner === undefined) return [];
      const path = join(join(join('/domains', apiGroup), 'hosts'), index);
      const written = namesHosts(apiGroup);
      return [
        {
          rule: 'domain-conflict',
          severity: 'error',
          file: SETTINGS_FILE,
          path,
          range: written ? document.rangeOf(path) : document.keyRangeOf(path),
          message: `the host ${host} is in the domain ${owner} already: Gloo would refuse both VirtualServices; ${
            written ? 'keep it in one of them' : 'give this one hosts of its own (without any it is *)'
          }`,
        } satisfies Finding,
      ];
    }),
  );
}

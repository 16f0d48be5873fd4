import type { Finding, Range } from '../finding.ts';
import { join } from '../pointer.ts';
import type { YamlDocument } from '../yaml/document.ts';
import { SETTINGS_FILE, type Settings } from './settings.ts';

/** Two domains that would be one to Gloo: with a host in common, or written into one VirtualService. */
export function domainConflict(
  settings: Settings,
  document: YamlDocument,
  namesHosts: (apiGroup: string) => boolean, // or leaves them to the default
): readonly Finding[] {
  return [...sharedHosts(settings, document, namesHosts), ...sharedObjects(settings, document)];
}

/** One host in two domains: Gloo refuses both VirtualServices, and with them everybody's routes. */
function sharedHosts(
  { domains }: Settings,
  document: YamlDocument,
  namesHosts: (apiGroup: string) => boolean,
): readonly Finding[] {
  const owners = new Map<string, string>();
  return [...domains.values()].flatMap(({ apiGroup, hosts }) =>
    hosts.flatMap((host, index) => {
      const owner = owners.get(host.toLowerCase());
      owners.set(host.toLowerCase(), owner ?? apiGroup);
      if (owner === undefined) return [];
      const written = namesHosts(apiGroup);
      const path = written ? join(join(join('/domains', apiGroup), 'hosts'), index) : join('/domains', apiGroup);
      const wayOut = written ? 'keep it in one of them' : 'give this one hosts of its own (without any it is *)';
      return [
        conflict(
          path,
          written ? document.rangeOf(path) : document.keyRangeOf(path),
          `the host ${host} is in the domain ${owner} already: Gloo would refuse both VirtualServices; ${wayOut}`,
        ),
      ];
    }),
  );
}

/** One VirtualService that is rendered for two domains: the second would overwrite the first. */
function sharedObjects({ domains }: Settings, document: YamlDocument): readonly Finding[] {
  const owners = new Map<string, string>();
  return [...domains.values()]
    .filter(({ render }) => render)
    .flatMap(({ apiGroup, virtualService: { name, namespace } }) => {
      const owner = owners.get(`${namespace}/${name}`);
      owners.set(`${namespace}/${name}`, owner ?? apiGroup);
      if (owner === undefined) return [];
      const path = `${join('/domains', apiGroup)}/virtualService`;
      const message = `the domain ${owner} is rendered as the VirtualService ${namespace}/${name} already; give this one a virtualService of its own`;
      return [conflict(path, document.keyRangeOf(path), message)];
    });
}

function conflict(path: string, range: Range, message: string): Finding {
  return { rule: 'domain-conflict', severity: 'error', file: SETTINGS_FILE, path, range, message };
}

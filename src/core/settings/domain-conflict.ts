import type { Finding, Range } from '../model/finding.ts';
import { join } from '../model/pointer.ts';
import type { YamlDocument } from '../yaml/parsed.ts';
import type { Written } from './from-written.ts';
import { SETTINGS_FILE, type Settings, type StageSettings } from './settings.ts';

/** Two domains that would be one to Gloo, in one stage: with a host in common, or rendered as one object. */
export function domainConflict(settings: Settings, written: Written, document: YamlDocument): readonly Finding[] {
  const everywhere = { settings, placeOf: (apiGroup: string) => placeIn('', written, apiGroup) };
  const stages = [...settings.stages].map(([stage, own]) => {
    const part = written.stages?.[stage];
    const at = join('/stages', stage);
    return {
      settings: own,
      // What a stage doesn't say of a domain itself holds everywhere, and stands there.
      placeOf: (apiGroup: string) =>
        part?.domains?.[apiGroup] === undefined ? placeIn('', written, apiGroup) : placeIn(at, part, apiGroup),
    };
  });
  return [everywhere, ...stages].flatMap((scope) => [
    ...sharedHosts(scope, document),
    ...sharedObjects(scope, document),
  ]);
}

/** The domains of a stage, and where they are written. */
interface Scope {
  readonly settings: StageSettings;
  placeOf(apiGroup: string): { readonly path: string; readonly namesHosts: boolean };
}

function placeIn(at: string, part: Pick<Written, 'domains'>, apiGroup: string): ReturnType<Scope['placeOf']> {
  return { path: join(`${at}/domains`, apiGroup), namesHosts: part.domains?.[apiGroup]?.hosts !== undefined };
}

/** One host in two domains: Gloo refuses both, and with them the routes of all teams. */
function sharedHosts({ settings: { domains }, placeOf }: Scope, document: YamlDocument): readonly Finding[] {
  const owners = new Map<string, string>();
  return [...domains.values()].flatMap(({ apiGroup, hosts }) =>
    hosts.flatMap((host, index) => {
      const owner = owners.get(host.toLowerCase());
      owners.set(host.toLowerCase(), owner ?? apiGroup);
      if (owner === undefined) return [];
      const { path: domain, namesHosts } = placeOf(apiGroup);
      const path = namesHosts ? join(`${domain}/hosts`, index) : domain;
      const wayOut = namesHosts ? 'keep it in one of them' : 'give this one hosts of its own (without any it is *)';
      return [
        conflict(
          path,
          namesHosts ? document.rangeOf(path) : document.keyRangeOf(path),
          `the host ${host} is in the domain ${owner} already: Gloo would refuse both VirtualServices; ${wayOut}`,
        ),
      ];
    }),
  );
}

/** One object that is rendered for two domains: the second would overwrite the first. */
function sharedObjects({ settings: { domains }, placeOf }: Scope, document: YamlDocument): readonly Finding[] {
  const owners = new Map<string, string>();
  return [...domains.values()]
    .filter(({ render }) => render)
    .flatMap(({ apiGroup, virtualService: { name, namespace } }) => {
      const owner = owners.get(`${namespace}/${name}`);
      owners.set(`${namespace}/${name}`, owner ?? apiGroup);
      if (owner === undefined) return [];
      const path = `${placeOf(apiGroup).path}/virtualService`;
      const message = `the domain ${owner} is rendered as the VirtualService ${namespace}/${name} already; give this one a virtualService of its own`;
      return [conflict(path, document.keyRangeOf(path), message)];
    });
}

function conflict(path: string, range: Range, message: string): Finding {
  return { rule: 'domain-conflict', severity: 'error', file: SETTINGS_FILE, path, range, message };
}

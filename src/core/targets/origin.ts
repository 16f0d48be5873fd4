import type { Draft } from '../model/draft.ts';
import type { Manifest } from '../model/manifest.ts';
import { join, keysOf, valueIn } from '../model/pointer.ts';
import type { Fields, Release, Version } from '../model/release.ts';
import { portsOf } from './gloo/render.ts';

/** A place in the values file; or, where its value was merged from the settings, the version that it was merged into. */
export interface Origin {
  readonly path: string;
  readonly fromSettings: boolean;
  readonly isKey: boolean; // what is spoken of is a key there: the name of a variable
}

/** Gives for a JSON pointer into a rendered object the place in the values that it speaks of, whichever layer has it. */
export function placesIn(release: Release, manifest: Manifest): (pointer: string) => string {
  const place = placing(release, manifest);
  return (pointer) => place(keysOf(pointer)).reduce((path: string, key) => join(path, key), '');
}

type Keys = readonly string[];

function placing(release: Release, { kind, metadata }: Manifest): (keys: Keys) => Keys {
  const version = release.versions.get(metadata.name.slice(release.id.name.length + 1));
  const own = version ? ['deployment', version.name] : [];
  switch (kind) {
    case 'Deployment':
      return (keys) => (version ? [...own, ...inDeployment(release, version, keys)] : []);
    case 'HorizontalPodAutoscaler':
      return ([, field = '']) => [...own, 'autoscaling', ...(AUTOSCALING[field] ?? [])];
    case 'PodDisruptionBudget':
      return ([, field]) => [...own, 'disruption', ...(field === 'minAvailable' ? [field] : [])];
    case 'Service':
      return ([, part, , field]) =>
        part === 'ports' && (field === 'port' || field === 'targetPort') ? ['service', field] : [];
    case 'Upstream':
      return (keys) => (keys.at(-1) === 'servicePort' ? ['service', 'port'] : []);
    case 'RouteTable':
      return inRouteTable;
    default:
      return () => [];
  }
}

const AUTOSCALING: Readonly<Record<string, Keys>> = { minReplicas: ['min'], maxReplicas: ['max'], metrics: ['cpu'] };

/** Fields of the container that are the version's own; any other is below `container`. */
export const OF_VERSION: ReadonlySet<string> = new Set([
  'image',
  'args',
  'env',
  'imagePullPolicy',
  'resources',
  'readinessProbe',
  'livenessProbe',
  'startupProbe',
]);

/** A place in a Deployment -> one below the version. */
function inDeployment(release: Release, version: Version, [, first, second, ...keys]: Keys): Keys {
  if (first === 'replicas') return [first];
  if (first !== 'template') return [];
  if (second === 'metadata') return keys[0] === 'labels' || keys[0] === 'annotations' ? keys : [];
  if (keys[0] !== 'containers') return keys.length > 0 ? ['pod', ...keys] : [];
  const [, , field, index, ...rest] = keys;
  if (field === undefined) return [];
  if (field === 'env' && index !== undefined && rest.length > 0)
    return [field, version.env[Number(index)]?.name ?? index, ...rest];
  if (field === 'ports' && index !== undefined) {
    const written = Number(index) - (portsOf(release, version).length - version.ports.length);
    return written < 0 ? [] : ['container', field, String(written), ...rest];
  }
  return [...(OF_VERSION.has(field) ? [] : ['container']), ...keys.slice(2)];
}

function inRouteTable(keys: Keys): Keys {
  if (keys.includes('apiGroup')) return ['routes', 'apiGroup'];
  if (keys.includes('headers')) return ['routes', 'canary', 'headers'];
  if (keys.includes('weight')) return ['routes', 'canary', 'weight'];
  if (keys.includes('shadowing')) return ['routes', 'shadow'];
  return keys.includes('matchers') || keys.includes('prefixRewrite') ? ['routes', 'paths'] : [];
}

/**
 * Where a place in a version was written: in the version, in the file's defaults or in the settings', as far down as
 * one of them has it, and of several that have as much of it in the first.
 */
export function originOf(draft: Draft, defaults: Fields, place: string): Origin {
  const [top, name, ...keys] = keysOf(place);
  if (top !== 'deployment' || name === undefined) return { path: place, fromSettings: false, isKey: false };
  const own = join('/deployment', name);
  for (let length = keys.length; length > 0; length--) {
    const [shared, rest] = [keys.slice(0, length), keys.slice(length)];
    for (const layer of [own, '/defaults']) {
      const found = withinLayer(draft.valueAt(layer), shared);
      if (!found) continue;
      const path = [...found, ...rest].reduce((parent: string, key) => join(parent, key), layer);
      return { path, fromSettings: false, isKey: keys[0] === 'env' && keys[2] === 'name' && found.length === 2 };
    }
    if (withinLayer(defaults, shared)) return { path: own, fromSettings: true, isKey: true };
  }
  return { path: own, fromSettings: false, isKey: true };
}

/** The keys that lead to a place in one layer, where variables stand by name or in a list; undefined if it isn't there. */
function withinLayer(layer: unknown, keys: Keys): Keys | undefined {
  const [first, name, field, ...rest] = keys;
  const env = first === 'env' && name !== undefined ? valueIn(layer, ['env']) : undefined;
  if (env === undefined) return valueIn(layer, keys) === undefined ? undefined : keys;
  if (!Array.isArray(env)) return valueIn(env, [name ?? '']) === undefined ? undefined : ['env', name ?? ''];
  const index = env.findLastIndex((item) => valueIn(item, ['name']) === name);
  const inList = ['env', String(index), ...(field === undefined ? [] : [field, ...rest])];
  return index < 0 || valueIn(layer, inList) === undefined ? undefined : inList;
}

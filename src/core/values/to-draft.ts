import type { Draft, DraftPath, DraftVersion } from '../model/draft.ts';
import { layered } from '../model/layers.ts';
import { keysOf, valueIn } from '../model/pointer.ts';
import {
  DISCOVERY_NAMESPACE,
  type Disruption,
  type EnvVar,
  type Fields,
  type ReleaseId,
  type UpstreamRef,
} from '../model/release.ts';
import type { YamlDocument } from '../yaml/parsed.ts';
import { isPlainInteger } from '../yaml/scalar.ts';

/** Takes every part of the right shape out of a document; what has another shape is left out. `defaults` lie under all versions. */
export function draftFrom(id: ReleaseId, document: YamlDocument, value: unknown, defaults: Fields): Draft {
  const root = mapOf(value) ?? {};
  const deployment = mapOf(root.deployment);
  const service = mapOf(root.service) ?? {};
  const routes = mapOf(root.routes) ?? {};
  const under = [defaults, mapOf(root.defaults) ?? {}];
  const versions = Object.entries(deployment ?? {}).map(([name, written]) => {
    return [name, versionFrom(layered([...under, mapOf(written) ?? {}]))] as const;
  });
  return {
    file: document.file,
    id,
    ...(deployment ? { versions: new Map(versions) } : {}),
    service: {
      ...only('port', port(service.port)),
      ...only('targetPort', port(service.targetPort)),
      ...only('selects', oneOf(service.selects, 'all', 'primary')),
    },
    ...only('apiGroup', text(routes.apiGroup)),
    ...only('paths', Array.isArray(routes.paths) ? routes.paths.map((path) => pathFrom(mapOf(path) ?? {})) : undefined),
    ...only('destinations', oneOf(routes.destinations, 'subset', 'upstream')),
    ...only('shadow', shadowFrom(mapOf(routes.shadow))),
    ...only('primary', text(mapOf(routes.primary)?.version)),
    ...only('canary', canaryFrom(mapOf(routes.canary))),
    rangeOf: (path) => document.rangeOf(path),
    keyRangeOf: (path) => document.keyRangeOf(path),
    valueAt: (path) => valueIn(value, keysOf(path)),
    writtenAt: (path) => document.plain.find((scalar) => scalar.path === path && !scalar.isKey)?.source,
  };
}

function versionFrom(written: Fields): DraftVersion {
  const { args } = written;
  return {
    ...only('image', text(written.image)),
    ...only('args', Array.isArray(args) ? args.filter((arg) => typeof arg === 'string') : undefined),
    ...only('env', envFrom(written.env)),
    ...only('replicas', wholeNumber(written.replicas)),
    ...only('imagePullPolicy', text(written.imagePullPolicy)),
    ...only('resources', mapOf(written.resources)),
    ...only('readinessProbe', mapOf(written.readinessProbe)),
    ...only('livenessProbe', mapOf(written.livenessProbe)),
    ...only('startupProbe', mapOf(written.startupProbe)),
    ...only('labels', stringsOf(written.labels)),
    ...only('annotations', stringsOf(written.annotations)),
    ...only('container', mapOf(written.container)),
    ...only('pod', mapOf(written.pod)),
    ...only('autoscaling', autoscalingFrom(mapOf(written.autoscaling))),
    ...only('disruption', disruptionFrom(mapOf(written.disruption))),
    ...only('upstream', upstreamFrom(mapOf(written.upstream))),
  };
}

function autoscalingFrom(written: Fields | undefined): DraftVersion['autoscaling'] {
  if (!written) return undefined;
  return {
    ...only('min', wholeNumber(written.min)),
    ...only('max', wholeNumber(written.max)),
    ...only('cpu', wholeNumber(written.cpu)),
  };
}

function disruptionFrom(written: Fields | undefined): Disruption | undefined {
  const minAvailable = wholeNumber(written?.minAvailable) ?? text(written?.minAvailable);
  return minAvailable === undefined ? undefined : { minAvailable };
}

function upstreamFrom(written: Fields | undefined): UpstreamRef | undefined {
  const name = text(written?.name);
  return name === undefined ? undefined : { name, namespace: text(written?.namespace) ?? DISCOVERY_NAMESPACE };
}

function pathFrom(written: Fields): DraftPath {
  const { prefix, exact, regex, function: called, rewrite } = written;
  return {
    ...only('prefix', text(prefix)),
    ...only('exact', text(exact)),
    ...only('regex', text(regex)),
    ...only('function', text(called)),
    ...only('rewrite', text(rewrite)),
  };
}

function shadowFrom(written: Fields | undefined): Draft['shadow'] {
  if (!written) return undefined;
  const { version, percentage } = written;
  return {
    ...only('version', text(version)),
    ...only('percentage', typeof percentage === 'number' ? percentage : undefined),
  };
}

function oneOf<T extends string>(value: unknown, ...words: readonly T[]): T | undefined {
  return words.find((word) => word === value);
}

function stringsOf(written: unknown): Readonly<Record<string, string>> | undefined {
  const map = mapOf(written);
  return (
    map &&
    Object.fromEntries(Object.entries(map).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
  );
}

function envFrom(written: unknown): readonly EnvVar[] | undefined {
  if (Array.isArray(written)) {
    return written.flatMap((item) => {
      const { name, value, valueFrom } = mapOf(item) ?? {};
      if (typeof name !== 'string') return [];
      return [{ name, ...only('value', asWritten(value)), ...only('valueFrom', valueFrom) }];
    });
  }
  const map = mapOf(written);
  return map && Object.entries(map).map(([name, value]) => ({ name, value: asWritten(value) ?? '' }));
}

function canaryFrom(written: Fields | undefined): Draft['canary'] {
  if (!written) return undefined;
  const headers = stringsOf(written.headers);
  return {
    ...only('version', text(written.version)),
    ...only('weight', wholeNumber(written.weight)),
    ...only('headers', headers && new Map(Object.entries(headers))),
  };
}

/** A field for an object literal, left out when there is nothing to say. */
function only<K extends string, T>(key: K, value: T | undefined): { readonly [key in K]?: T } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [key in K]?: T };
}

function mapOf(value: unknown): Fields | undefined {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function wholeNumber(value: unknown): number | undefined {
  return typeof value === 'number' && isPlainInteger(String(value)) ? value : undefined;
}

function port(value: unknown): number | undefined {
  const number = wholeNumber(value);
  return number !== undefined && number >= 1 && number <= 65535 ? number : undefined;
}

/** The value of an environment variable: integers and booleans as they were written. */
function asWritten(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

import type { EnvVar, ReleaseId } from '../release.ts';
import type { YamlDocument } from '../yaml/document.ts';
import { isPlainInteger } from '../yaml/scalar.ts';
import type { Draft, DraftVersion } from './draft.ts';

/** Takes every part of the right shape out of a document; what has another shape is left out. */
export function draftFrom(id: ReleaseId, document: YamlDocument, value: unknown): Draft {
  const root = mapOf(value) ?? {};
  const deployment = mapOf(root.deployment);
  const service = mapOf(root.service) ?? {};
  const routes = mapOf(root.routes) ?? {};
  return {
    file: document.file,
    id,
    ...(deployment
      ? { versions: new Map(Object.entries(deployment).map(([name, written]) => [name, versionFrom(written)])) }
      : {}),
    service: { ...only('port', port(service.port)), ...only('targetPort', port(service.targetPort)) },
    ...only('apiGroup', text(routes.apiGroup)),
    ...only('primary', text(mapOf(routes.primary)?.version)),
    ...only('canary', canaryFrom(mapOf(routes.canary))),
    rangeOf: (path) => document.rangeOf(path),
    keyRangeOf: (path) => document.keyRangeOf(path),
  };
}

function versionFrom(written: unknown): DraftVersion {
  const { image, args, env, replicas } = mapOf(written) ?? {};
  return {
    ...only('image', text(image)),
    ...only('args', Array.isArray(args) ? args.filter((arg) => typeof arg === 'string') : undefined),
    ...only('env', envFrom(env)),
    ...only('replicas', wholeNumber(replicas)),
  };
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

function canaryFrom(written: Readonly<Record<string, unknown>> | undefined): Draft['canary'] {
  if (!written) return undefined;
  const headers = mapOf(written.headers);
  const strings = Object.entries(headers ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return {
    ...only('version', text(written.version)),
    ...only('weight', wholeNumber(written.weight)),
    ...only('headers', headers && new Map(strings)),
  };
}

/** A field for an object literal, left out when there is nothing to say. */
function only<K extends string, T>(key: K, value: T | undefined): { readonly [key in K]?: T } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [key in K]?: T };
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
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

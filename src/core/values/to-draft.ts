import type { Draft, DraftPath } from '../model/draft.ts';
import type { Fields } from '../model/fields.ts';
import { layered } from '../model/layers.ts';
import { keysOf, valueIn } from '../model/pointer.ts';
import type { ReleaseId } from '../model/release.ts';
import { only, readMap, readText, readTexts, readWholeNumber } from '../model/shapes.ts';
import { readFields } from '../model/version/fields.ts';
import type { YamlDocument } from '../yaml/parsed.ts';

/** Takes every part of the right shape out of a document; what has another shape is left out. `defaults` lie under all versions. */
export function draftFrom(id: ReleaseId, document: YamlDocument, value: unknown, defaults: Fields): Draft {
  const root = readMap(value) ?? {};
  const deployment = readMap(root.deployment);
  const service = readMap(root.service) ?? {};
  const routes = readMap(root.routes) ?? {};
  const under = [defaults, readMap(root.defaults) ?? {}];
  const versions = Object.entries(deployment ?? {}).map(([name, written]) => {
    return [name, readFields(layered([...under, readMap(written) ?? {}]))] as const;
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
    ...only('apiGroup', readText(routes.apiGroup)),
    ...only(
      'paths',
      Array.isArray(routes.paths) ? routes.paths.map((path) => pathFrom(readMap(path) ?? {})) : undefined,
    ),
    ...only('destinations', oneOf(routes.destinations, 'subset', 'upstream')),
    ...only('shadow', shadowFrom(readMap(routes.shadow))),
    ...only('primary', readText(readMap(routes.primary)?.version)),
    ...only('canary', canaryFrom(readMap(routes.canary))),
    rangeOf: (path) => document.rangeOf(path),
    keyRangeOf: (path) => document.keyRangeOf(path),
    valueAt: (path) => valueIn(value, keysOf(path)),
    writtenAt: (path) => document.plain.find((scalar) => scalar.path === path && !scalar.isKey)?.source,
  };
}

function pathFrom(written: Fields): DraftPath {
  const { prefix, exact, regex, function: called, rewrite } = written;
  return {
    ...only('prefix', readText(prefix)),
    ...only('exact', readText(exact)),
    ...only('regex', readText(regex)),
    ...only('function', readText(called)),
    ...only('rewrite', readText(rewrite)),
  };
}

function shadowFrom(written: Fields | undefined): Draft['shadow'] {
  if (!written) return undefined;
  const { version, percentage } = written;
  return {
    ...only('version', readText(version)),
    ...only('percentage', typeof percentage === 'number' ? percentage : undefined),
  };
}

function oneOf<T extends string>(value: unknown, ...words: readonly T[]): T | undefined {
  return words.find((word) => word === value);
}

function canaryFrom(written: Fields | undefined): Draft['canary'] {
  if (!written) return undefined;
  const headers = readTexts(written.headers);
  return {
    ...only('version', readText(written.version)),
    ...only('weight', readWholeNumber(written.weight)),
    ...only('headers', headers && new Map(Object.entries(headers))),
  };
}

function port(value: unknown): number | undefined {
  const number = readWholeNumber(value);
  return number !== undefined && number >= 1 && number <= 65535 ? number : undefined;
}

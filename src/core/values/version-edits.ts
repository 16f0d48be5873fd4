import { nearest } from '../model/nearest.ts';
import { join } from '../model/pointer.ts';
import type { Edit } from './edit.ts';

/** What the author wants of one version. */
export interface VersionChange {
  readonly version: string;
  readonly image?: string;
  readonly replicas?: number;
  readonly from?: string; // whose copy it becomes if it isn't there; the primary's unless said
  readonly weight?: number; // with a weight or headers it becomes the canary
  readonly headers?: ReadonlyMap<string, string>;
  readonly primary?: boolean;
}

export type VersionEdits =
  | { readonly kind: 'edits'; readonly edits: readonly Edit[] }
  | { readonly kind: 'unknown'; readonly message: string } // no such version
  | { readonly kind: 'refused'; readonly reason: string };

/** The edits that bring a values file to what is wanted. */
export function versionEdits(values: unknown, change: VersionChange): VersionEdits {
  const { deployment, primary, canary } = partsOf(values);
  const copied = copyEdits(deployment, primary, change);
  if (copied.kind !== 'edits') return copied;
  const routed = routeEdits(primary, canary, change);
  if (routed.kind !== 'edits') return routed;
  const own = join('/deployment', change.version);
  const { image, replicas } = change;
  return edits(
    ...copied.edits,
    ...(image === undefined ? [] : [{ kind: 'set', path: join(own, 'image'), value: image } as const]),
    ...(replicas === undefined ? [] : [{ kind: 'set', path: join(own, 'replicas'), value: replicas } as const]),
    ...routed.edits,
  );
}

function copyEdits(deployment: Mapping, primary: string | undefined, change: VersionChange): VersionEdits {
  const { version, from, image } = change;
  if (Object.hasOwn(deployment, version)) return edits();
  if (image === undefined && from === undefined) {
    return {
      kind: 'unknown',
      message: `${noVersion(version, deployment)} (to add it, give --image, or --from the version that it is a copy of)`,
    };
  }
  const source = from ?? primary;
  if (source === undefined) return { kind: 'refused', reason: 'there is no primary to copy; name another with --from' };
  if (!Object.hasOwn(deployment, source)) return { kind: 'unknown', message: noVersion(source, deployment) };
  return edits({ kind: 'copy', from: join('/deployment', source), to: join('/deployment', version) });
}

function routeEdits(primary: string | undefined, canary: string | undefined, change: VersionChange): VersionEdits {
  const { version, weight, headers = new Map<string, string>() } = change;
  if (change.primary) {
    const promoted = { kind: 'set', path: '/routes/primary/version', value: version } as const;
    return canary === version ? edits(promoted, { kind: 'remove', path: '/routes/canary' }) : edits(promoted);
  }
  if (weight === undefined && headers.size === 0) return edits();
  if (version === primary) {
    return {
      kind: 'refused',
      reason: `"${version}" is the primary: it takes what the canary leaves; give the weight of the canary`,
    };
  }
  if (canary !== undefined && canary !== version) {
    return {
      kind: 'refused',
      reason: `"${canary}" is the canary, and there is one at a time; make it the primary (--primary), or take routes.canary out of the file, first`,
    };
  }
  return edits(
    { kind: 'set', path: '/routes/canary/version', value: version },
    ...(weight === undefined ? [] : [{ kind: 'set', path: '/routes/canary/weight', value: weight } as const]),
    ...[...headers].map(
      ([name, value]) => ({ kind: 'set', path: join('/routes/canary/headers', name), value }) satisfies Edit,
    ),
  );
}

function edits(...list: readonly Edit[]): Extract<VersionEdits, { kind: 'edits' }> {
  return { kind: 'edits', edits: list };
}

function noVersion(version: string, deployment: Mapping): string {
  const known = Object.keys(deployment);
  const meant = nearest(version, known);
  if (meant !== undefined) return `there is no version "${version}"; did you mean "${meant}"?`;
  return `there is no version "${version}"; known versions: ${known.slice(0, LISTED).join(', ') || 'none'}`;
}

const LISTED = 20;

type Mapping = Readonly<Record<string, unknown>>;

function partsOf(values: unknown): { deployment: Mapping; primary: string | undefined; canary: string | undefined } {
  const routes = mapping(mapping(values).routes);
  return {
    deployment: mapping(mapping(values).deployment),
    primary: text(mapping(routes.primary).version),
    canary: text(mapping(routes.canary).version),
  };
}

function mapping(value: unknown): Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : {};
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

import { serialize } from '../../yaml/serialize.ts';
import type { Objects, Placed } from '../objects.ts';
import type { ObjectKey } from '../target.ts';

/** A Deployment's pod template as text: pods are new where it differs. */
export function templateOf({ manifest }: Placed): string {
  const { spec } = manifest as { spec?: { template?: unknown } | null };
  return serialize({ template: spec?.template });
}

/** The pod templates of a workloads tree by Deployment, as `Pending.ready` has them. */
export function templatesOf(objects: Objects): ReadonlyMap<ObjectKey, string> {
  return new Map(
    [...objects]
      .filter(([, { manifest }]) => manifest.kind === 'Deployment')
      .map(([key, placed]) => [key, templateOf(placed)] as const),
  );
}

/** The one version that a Service selects; undefined for one that selects them all, and for other objects. */
export function pinnedTo({ manifest }: Placed): string | undefined {
  if (manifest.kind !== 'Service') return undefined;
  const { spec } = manifest as { spec?: { selector?: Readonly<Record<string, unknown>> | null } | null };
  const version = spec?.selector?.version;
  return version === undefined || version === null ? undefined : String(version);
}

import { compare } from '../finding.ts';
import type { Canary, Release, Version } from '../release.ts';
import type { Settings } from '../settings/settings.ts';
import type { Draft, DraftVersion } from './draft.ts';

/** The image of part 3 of the series: it answers every request with the text it was given. */
export const DEMONSTRATION_IMAGE = 'hashicorp/http-echo';

/** Fills in the defaults. The draft has no error left, so what is required is there. */
export function releaseFrom(draft: Draft, settings: Settings): Release {
  const service = { port: draft.service.port ?? 80, targetPort: draft.service.targetPort ?? 8080 };
  const apiGroup = draft.apiGroup ?? 'example';
  const canary = canaryFrom(draft.canary);
  const versions = [...(draft.versions ?? [])]
    .sort(([a], [b]) => compare(a, b))
    .map(
      ([name, version]) => [name, versionFrom(name, version, `${draft.id.name}-${name}`, service.targetPort)] as const,
    );
  return {
    id: draft.id,
    file: draft.file,
    versions: new Map(versions),
    service,
    apiGroup,
    prefix: `${(settings.domains.get(apiGroup)?.prefix ?? '/').replace(/\/+$/, '')}/${draft.id.name}`,
    primary: { version: draft.primary ?? '' },
    ...(canary ? { canary } : {}),
  };
}

function versionFrom(name: string, written: DraftVersion, fullName: string, targetPort: number): Version {
  const common = { name, env: written.env ?? [], replicas: written.replicas ?? 1 };
  if (written.image !== undefined) {
    return { ...common, image: written.image, ...(written.args ? { args: written.args } : {}) };
  }
  return {
    ...common,
    image: DEMONSTRATION_IMAGE,
    imagePullPolicy: 'Always',
    args: written.args ?? [`-text=version:${fullName}`, `-listen=:${targetPort}`],
  };
}

function canaryFrom(draft: Draft['canary']): Canary | undefined {
  if (draft?.version === undefined) return undefined;
  const headers = [...(draft.headers ?? [])].sort(([a], [b]) => compare(a, b));
  return { version: draft.version, weight: draft.weight ?? 0, headers: new Map(headers) };
}

import type { Draft } from '../model/draft.ts';
import type { Finding } from '../model/finding.ts';
import { join } from '../model/pointer.ts';

// RFC 1123 label: container names, and host names made of a Deployment's.
const LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
const LONGEST = 63;

/** `<release>-<version>` names a Deployment and its container: a DNS label. */
export function versionName(draft: Draft): readonly Finding[] {
  return [...(draft.versions?.keys() ?? [])].flatMap((version) => {
    const fullName = `${draft.id.name}-${version}`;
    const tooLong = fullName.length > LONGEST && draft.id.name.length <= LONGEST; // else the release's name is to blame
    if (LABEL.test(version) && !tooLong) return [];
    const path = join('/deployment', version);
    return [
      {
        rule: 'version-name',
        severity: 'error',
        file: draft.file,
        path,
        range: draft.keyRangeOf(path),
        message: tooLong
          ? `"${fullName}" would be the Deployment's name and is ${fullName.length} characters long; at most ${LONGEST} are allowed`
          : `"${version}" can't be part of a Deployment's name ("${fullName}"): lower-case letters, digits and "-" only, no dot${suggestion(version)}`,
      } satisfies Finding,
    ];
  });
}

function suggestion(version: string): string {
  const better = version
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return better === '' ? '' : `; for example "${better}"`;
}

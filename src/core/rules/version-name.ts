import { join } from '../model/pointer.ts';
import type { DraftRule } from './rule.ts';

// RFC 1123 label: container names, and host names made of a Deployment's.
const LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
const LONGEST = 63;

/** `<release>-<version>` names a Deployment and its container: a DNS label. */
export const versionName: DraftRule = {
  id: 'version-name',
  severity: 'error',
  isFixed: true,
  about: 'draft',
  check: ({ draft }) =>
    [...(draft.versions?.keys() ?? [])].flatMap((version) => {
      const fullName = `${draft.id.name}-${version}`;
      const tooLong = fullName.length > LONGEST && draft.id.name.length <= LONGEST; // else the release's name is to blame
      if (LABEL.test(version) && !tooLong) return [];
      return [
        {
          path: join('/deployment', version),
          shownAt: 'key',
          message: tooLong
            ? `"${fullName}" would be the Deployment's name and is ${fullName.length} characters long; at most ${LONGEST} are allowed`
            : `"${version}" can't be part of a Deployment's name ("${fullName}"): lower-case letters, digits and "-" only, no dot${suggestion(version)}`,
        },
      ];
    }),
};

function suggestion(version: string): string {
  const better = version
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return better === '' ? '' : `; for example "${better}"`;
}

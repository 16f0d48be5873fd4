import type { Finding } from '../finding.ts';
import type { Fields } from '../release.ts';
import type { YamlDocument } from '../yaml/document.ts';
import { tooLarge } from '../yaml/source.ts';

/** How many characters a file may come to where it says once what holds for many: a small file must not become gigabytes. */
export const MOST_SPREAD = 4 * 1024 * 1024;

/** A file that multiplies: defaults under too many versions, or a canary's headers on too many paths. */
export function tooMuchSpread(document: YamlDocument, value: unknown, defaults: Fields): Finding | undefined {
  const root = fieldsOf(value);
  const routes = fieldsOf(root.routes);
  const versions = Object.keys(fieldsOf(root.deployment)).length;
  const paths = Array.isArray(routes.paths) ? routes.paths.length : 0;
  const shared = sizeOf(root.defaults) + sizeOf(defaults);
  const headers = sizeOf(fieldsOf(routes.canary).headers);
  const [path, what] =
    versions * shared > MOST_SPREAD
      ? ['/deployment', `defaults of ${shared} characters under ${versions} versions`]
      : ['/routes/paths', `headers of ${headers} characters on ${paths} paths`];
  if (Math.max(versions * shared, paths * headers) <= MOST_SPREAD) return undefined;
  const message = `has ${what}: they may come to ${MOST_SPREAD} characters in all`;
  return { ...tooLarge(document.file, message), path, range: document.keyRangeOf(path) };
}

function fieldsOf(value: unknown): Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : {};
}

function sizeOf(value: unknown): number {
  return JSON.stringify(value)?.length ?? 0;
}

import type { Fields } from '../model/fields.ts';
import type { Finding } from '../model/finding.ts';
import { regexSize } from '../model/regex-size.ts';
import type { YamlDocument } from '../yaml/parsed.ts';
import { tooLarge } from '../yaml/source.ts';

/** Maximum number of characters that a file may come to where it says once what holds for many: a small file must not become gigabytes. */
export const MOST_SPREAD = 4 * 1024 * 1024;

/** Maximum size of all regexes of a file, in instructions: 64 of the largest. */
const MAX_REGEX_SIZES = 64 * 1024;

/** A file that multiplies: defaults under too many versions, a canary's headers on too many paths, or too many large regexes. */
export function tooMuchSpread(document: YamlDocument, value: unknown, defaults: Fields): Finding | undefined {
  const root = fieldsOf(value);
  const routes = fieldsOf(root.routes);
  const versions = Object.keys(fieldsOf(root.deployment)).length;
  const paths: readonly unknown[] = Array.isArray(routes.paths) ? routes.paths : [];
  const shared = sizeOf(root.defaults) + sizeOf(defaults);
  const headers = sizeOf(fieldsOf(routes.canary).headers);
  const regexes = sizeOfRegexes(paths);
  const tooMuch = (path: string, message: string) => {
    return { ...tooLarge(document.file, message), path, range: document.keyRangeOf(path) };
  };
  if (versions * shared > MOST_SPREAD) {
    return tooMuch('/deployment', `has defaults of ${shared} characters under ${versions} versions${inAll}`);
  }
  if (paths.length * headers > MOST_SPREAD) {
    return tooMuch('/routes/paths', `has headers of ${headers} characters on ${paths.length} paths${inAll}`);
  }
  if (regexes > MAX_REGEX_SIZES) {
    return tooMuch(
      '/routes/paths',
      `has regexes that compile to more than ${MAX_REGEX_SIZES} instructions in all; repeat less in them, or use prefixes`,
    );
  }
  return undefined;
}

const inAll = `: they may come to ${MOST_SPREAD} characters in all`;

/** The size of all regexes; no more of them are looked at than it takes to know that it is too much. */
function sizeOfRegexes(paths: readonly unknown[]): number {
  let sum = 0;
  for (const path of paths) {
    const { regex } = fieldsOf(path);
    if (typeof regex === 'string') sum += Math.min(regexSize(regex), MAX_REGEX_SIZES);
    if (sum > MAX_REGEX_SIZES) break;
  }
  return sum;
}

function fieldsOf(value: unknown): Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : {};
}

function sizeOf(value: unknown): number {
  return JSON.stringify(value)?.length ?? 0;
}

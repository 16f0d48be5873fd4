import type { Finding } from '../model/finding.ts';
import { quote } from '../yaml/scalar.ts';

/** Maximum number of names that such a message lists. */
export const MAX_NAMES = 20;

/** Gloo's words for a destination that is not there, so that a search finds it. */
export function upstreamNotFound(namespace: string, name: string): string {
  return `*v1.Upstream { ${namespace}.${name} } not found`;
}

/** A message in which what was meant stands behind the first sentence, and the text to write instead. */
export function withMeant(
  meant: string | undefined,
  [first = '', ...rest]: readonly string[],
): Pick<Finding, 'message' | 'replacement'> {
  const hint = meant === undefined || rest.length === 0 ? '' : ` Did you mean "${meant}"?`;
  return {
    message: `${first}${hint}${rest.join('')}`,
    ...(meant === undefined ? {} : { replacement: quote(meant) }),
  };
}

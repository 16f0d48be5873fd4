import { identityOf, type ReleaseId } from './release.ts';

/** The name to call a release by: the short one, unless another release is called the same. */
export function shortNames(ids: readonly ReleaseId[]): (id: ReleaseId) => string {
  const count = new Map<string, number>();
  for (const { name } of ids) count.set(name, (count.get(name) ?? 0) + 1);
  return (id) => ((count.get(id.name) ?? 0) > 1 ? identityOf(id) : id.name);
}

/** Names with commas between them; past the maximum only how many more there are: `a, b, c and 5 more`. */
export function listed(names: readonly string[], max: number): string {
  const more = names.length - max;
  return `${names.slice(0, max).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

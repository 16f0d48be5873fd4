/** A command that a person can type next. The words come behind the release's name: `v3`, `to 35`. */
export interface Way {
  readonly verb: 'promote' | 'rollback' | 'deploy' | 'drop' | 'resume' | 'status';
  readonly words?: string;
}

/** Maximum number of choices that are listed. */
const LISTED = 5;

/** The same command for each of several versions; `before` stands between the release and the version. */
export function waysFor(verb: Way['verb'], versions: readonly string[], before = ''): readonly Way[] {
  return versions.slice(0, LISTED).map((version) => ({ verb, words: `${before}${version}` }));
}

/** A command as it is typed in a comment: `/promote echo v3`. */
export function lineOf(name: string, { verb, words }: Way): string {
  return words === undefined ? `/${verb} ${name}` : `/${verb} ${name} ${words}`;
}

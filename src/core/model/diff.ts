import { createTwoFilesPatch } from 'diff';
import { compare } from './finding.ts';
import type { ManifestSet } from './manifest.ts';

/** One manifest added, changed or removed. */
export interface Change {
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
}

/** What differs between two sets of manifests, by path. */
export function diff(before: ManifestSet, after: ManifestSet): readonly Change[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort(compare);
  return paths.flatMap((path) => {
    const [old, now] = [before.get(path), after.get(path)];
    if (old === now) return [];
    return [{ path, ...(old === undefined ? {} : { before: old }), ...(now === undefined ? {} : { after: now }) }];
  });
}

export function kindOf({ before, after }: Change): 'added' | 'changed' | 'removed' {
  return before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
}

/** A change as a unified diff with file headers, as `git diff` prints it. */
export function patchOf(change: Change): string {
  const { path, before, after } = change;
  const patch = createTwoFilesPatch(
    before === undefined ? '/dev/null' : `a/${path}`,
    after === undefined ? '/dev/null' : `b/${path}`,
    before ?? '',
    after ?? '',
    undefined,
    undefined,
    { context: 3 },
  );
  return patch
    .replace(/^=+\n/, '')
    .replace(/^(--- .*?)\t?$/m, '$1')
    .replace(/^(\+\+\+ .*?)\t?$/m, '$1');
}

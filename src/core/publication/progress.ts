import { identityOf, type ReleaseId } from '../model/release.ts';
import { type Message, trailers } from '../model/trailers.ts';

/** Names a release that had errors: the next publication looks at it again, for what was in its way may have gone. */
export const BROKEN_TRAILER = 'Broken';

/** Names a release that isn't where it should be yet, and how many of its parts are published: `echo/echo 1/3`. */
export const UNFINISHED_TRAILER = 'Unfinished';

export function formatProgress({
  id,
  number,
  of,
}: {
  readonly id: ReleaseId;
  readonly number: number;
  readonly of: number;
}): string {
  return `${identityOf(id)} ${number}/${of}`;
}

/** What a commit of the gitops branch leaves to do. */
export interface UnfinishedWork {
  readonly broken: ReadonlySet<string>; // identities
  readonly unfinished: ReadonlyMap<string, number>; // parts that are published
}

export function readUnfinished(message: Message | undefined): UnfinishedWork {
  if (!message) return { broken: new Set(), unfinished: new Map() };
  const unfinished = trailers(message, UNFINISHED_TRAILER).flatMap((text) => {
    const [, identity, number] = /^(\S+) (\d+)\/\d+$/.exec(text) ?? [];
    return identity === undefined ? [] : [[identity, Number(number)] as const];
  });
  return { broken: new Set(trailers(message, BROKEN_TRAILER)), unfinished: new Map(unfinished) };
}

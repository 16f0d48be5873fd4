import { parseMessage, trailers } from '../../core/model/trailers.ts';
import { UNFINISHED_TRAILER } from '../../core/publication/progress.ts';
import { type PublicationHistory, sourceOf } from '../gitops/history.ts';
import type { Commit } from '../ports.ts';

/** Which part of its publication each release's newest commit is. The last one is known by the commit before it. */
export async function fetchParts(
  publications: PublicationHistory,
  newest: ReadonlyMap<string, Commit>,
): Promise<ReadonlyMap<string, string | undefined>> {
  const parts = [...newest].map(async ([identity, commit]): Promise<[string, string | undefined]> => {
    const progress = progressOf(commit, identity);
    if (progress) return [identity, `${progress.number} of ${progress.of}`];
    const before = await fetchBefore(publications, commit);
    const last = before && sourceOf(before) === sourceOf(commit) ? progressOf(before, identity) : undefined;
    return [identity, last && last.number + 1 === last.of ? `${last.of} of ${last.of}` : undefined];
  });
  return new Map(await Promise.all(parts));
}

async function fetchBefore(publications: PublicationHistory, { sha }: Commit): Promise<Commit | undefined> {
  let isBehind = false;
  const commits = await publications.backTo((commit) => {
    const isWanted = isBehind;
    isBehind ||= commit.sha === sha;
    return isWanted;
  });
  return commits[commits.findIndex((commit) => commit.sha === sha) + 1];
}

function progressOf(
  { message }: Commit,
  identity: string,
): { readonly number: number; readonly of: number } | undefined {
  const progress = trailers(parseMessage(message), UNFINISHED_TRAILER).find((text) => text.startsWith(`${identity} `));
  const [, number, of] = / (\d+)\/(\d+)$/.exec(progress ?? '') ?? [];
  return number === undefined ? undefined : { number: Number(number), of: Number(of) };
}

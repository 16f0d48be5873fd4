import { identityOf } from '../../core/model/release.ts';
import { parseMessage, trailers } from '../../core/model/trailers.ts';
import type { Decision } from '../../core/publication/decision.ts';
import { FORCED_TRAILER } from '../../core/rollout/history.ts';
import { historyOf, releasesOf } from '../gitops/history.ts';
import { fetchChanged } from '../gitops/snapshot.ts';
import type { Commit, Ports, Pull, Repository } from '../ports.ts';
import type { ApprovalRequest, PublicationState } from './publication-state.ts';

/** How many merges back a publication looks for the pull requests that it carries. */
const MERGES = 20;

type Trailers = readonly (readonly [key: string, value: string])[];

/** Which commit is approached, which pull requests brought it, and who asked for it. */
export async function fetchTrailers(
  { repository, pulls }: Pick<Ports, 'repository' | 'pulls'>,
  decision: Extract<Decision, { kind: 'publish' }>,
  {
    source,
    ends,
    resume,
  }: { readonly source: Commit; readonly ends: PublicationState; readonly resume: ApprovalRequest | undefined },
): Promise<Trailers> {
  const since = await repository.fetchFirstParents(decision.last, source.sha, MERGES);
  const commits = decision.last === source.sha ? [] : await thatMatter(repository, since, { ends, decision });
  const merged = (await Promise.all(commits.map(({ sha }) => pulls.fetchMergedBy(sha)))).flat();
  const numbers = [...new Set(merged.map(({ number }) => number))].sort((a, b) => a - b);
  const before = await carriedOver(repository, decision, ends);
  const commanded = (await Promise.all(merged.map((pull) => fetchCommand(repository, pull)))).flat();
  const own = [
    ...numbers.map((number) => ['Pull-Request', `#${number}`] as const),
    ...requestedBy(
      merged.filter(({ ours }) => !ours),
      { commits: commanded.length > 0 ? [] : commits, source },
    ),
    ...commanded,
  ];
  const asked: Trailers = resume
    ? [
        ['Requested-By', resume.by],
        ['Command', String(resume.comment)],
      ]
    : [];
  const all = [...before, ...own].filter(([key]) => !resume || key !== 'Requested-By');
  return [
    ['Source-Commit', source.sha],
    ...unique([...all.filter(isPull), ...all.filter((each) => !isPull(each)), ...asked]),
  ];
}

/** The same as far as commits alone say it: why a person overrode the guards of a promotion. */
export async function fetchForced(
  repository: Repository,
  decision: Extract<Decision, { kind: 'publish' }>,
  { source, ends }: { readonly source: Commit; readonly ends: PublicationState },
): Promise<Trailers> {
  const isNew = decision.last !== source.sha;
  const since = isNew ? await repository.fetchFirstParents(decision.last, source.sha, MERGES) : [];
  const before = await carriedOver(repository, decision, ends);
  const own = since.flatMap(({ message }) => saidIn(message, FORCED_TRAILER));
  return unique([...before.filter(([key]) => key === FORCED_TRAILER), ...own]);
}

function isPull([key]: Trailers[number]): boolean {
  return key === 'Pull-Request';
}

function unique(list: Trailers): Trailers {
  return [...new Map(list.map((each) => [each.join(), each])).values()];
}

/** A later part is still what the pull requests of the parts before it brought. */
async function carriedOver(
  repository: Repository,
  { published }: Extract<Decision, { kind: 'publish' }>,
  { tip, left }: PublicationState,
): Promise<Trailers> {
  const goingOn = new Set(
    published.map(({ id }) => identityOf(id)).filter((identity) => left.unfinished.has(identity)),
  );
  if (goingOn.size === 0) return [];
  const named = (commit: Commit) => releasesOf(commit).filter((each) => goingOn.has(each));
  const found = new Set<string>();
  const commits = await historyOf(repository, tip).backTo((commit) => {
    for (const identity of named(commit)) found.add(identity);
    return found.size === goingOn.size;
  });
  const missing = new Set(goingOn);
  const newest = commits.filter((commit) => named(commit).filter((identity) => missing.delete(identity)).length > 0);
  return newest.flatMap(({ message }) => ['Pull-Request', ...REQUEST].flatMap((key) => saidIn(message, key)));
}

/** What tells who asked for something, and why. */
const REQUEST = ['Requested-By', 'Command', FORCED_TRAILER];

function saidIn(message: string, key: string): Trailers {
  return trailers(parseMessage(message), key).map((value) => [key, value] as const);
}

/** Who asked for a pull request of ours: its merge says so, or, where a person merged it, the commit that it brought. */
async function fetchCommand(repository: Repository, { ours, mergeCommit, head }: Pull): Promise<Trailers> {
  if (!ours) return [];
  for (const sha of [mergeCommit, head.sha]) {
    const commit = sha === undefined ? undefined : await repository.fetchCommit(sha);
    const said = commit ? REQUEST.flatMap((key) => saidIn(commit.message, key)) : [];
    if (said.length > 0) return said;
  }
  return [];
}

/** Of several commits those that change the settings, or values of what is published or left to do: the others brought nothing. */
async function thatMatter(
  repository: Repository,
  commits: readonly Commit[],
  {
    ends: { settings },
    decision,
  }: { readonly ends: PublicationState; readonly decision: Extract<Decision, { kind: 'publish' }> },
): Promise<readonly Commit[]> {
  if (commits.length < 2) return commits;
  const { published, waiting, broken } = decision;
  const named = new Set([...[...published, ...waiting].map(({ id }) => identityOf(id)), ...broken.map(identityOf)]);
  const matter = await Promise.all(
    commits.map(async ({ sha, parents: [parent] }) => {
      if (parent === undefined) return true;
      const changed = await fetchChanged(repository.treeOf(parent), repository.treeOf(sha), settings);
      return changed === 'settings' || changed.some((release) => named.size === 0 || named.has(identityOf(release)));
    }),
  );
  return commits.filter((_, index) => matter[index]);
}

function requestedBy(
  merged: readonly Pull[],
  { commits, source }: { readonly commits: readonly Commit[]; readonly source: Commit },
): Trailers {
  const logins = merged.flatMap(({ mergedBy }) => (mergedBy === undefined ? [] : [mergedBy]));
  const author = source.author === undefined || commits.length === 0 ? [] : [source.author];
  return [...new Set(logins.length > 0 ? logins : author)].map((login) => ['Requested-By', login] as const);
}

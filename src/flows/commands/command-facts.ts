import type { Verb } from '../../core/commands/index.ts';
import { shortNames } from '../../core/model/names.ts';
import { nearest } from '../../core/model/nearest.ts';
import { identityOf, type ReleaseId } from '../../core/model/release.ts';
import { formatNothing } from '../../core/report/answer.ts';
import { code } from '../../core/report/escape.ts';
import { refusalText } from '../../core/report/refusal.ts';
import { toMarkdown } from '../../core/report/sentence.ts';
import { changedEntries, fetchIndex, type ValuesEntry, type ValuesIndex } from '../gitops/snapshot.ts';
import type { Pull, Repository } from '../ports.ts';
import { fetchPublicationState } from '../publish/publication-facts.ts';
import type { PublicationState } from '../publish/publication-state.ts';
import { fetchPublicationRequest } from '../publish/publish.ts';
import type { CommandPorts, CommandRequest } from './outcome.ts';

/** What every command looks at: the default branch with its releases, and what is published of them. */
export interface CommandFacts {
  readonly ends: PublicationState;
  readonly base: string; // the default branch
  readonly index: ValuesIndex;
  readonly nameOf: (id: ReleaseId) => string;
}

/** Looks at the default branch and the gitops branch; a text where they can't be read. */
export async function fetchCommandFacts(ports: CommandPorts): Promise<CommandFacts | string> {
  const target = await fetchPublicationRequest(ports);
  const ends = target && (await fetchPublicationState(ports.repository, target));
  if (!ends) return formatNothing('The default branch has no commit.', []);
  if (ends.kind === 'refused') return formatNothing(`${toMarkdown(refusalText(ends.refusal))}.`, []);
  const index = await fetchIndex(ends.tree, ends.settings);
  const nameOf = shortNames([...index.values()].map(({ release }) => release));
  return { ends, base: await ports.pulls.fetchDefaultBranch(), index, nameOf };
}

/** One release that a command is about, and the words beside its name. */
export interface NamedRelease {
  readonly entry: ValuesEntry;
  readonly name: string;
  readonly words: readonly string[]; // a version, an image
}

/** Maximum number of choices that are listed as lines to type. */
const CHOICES = 3;

/** More are named by name only. */
const MOST = 10;

/**
 * The releases that a command means: those that are named, else those that its pull request changes. Every other word is
 * left to the command, `words` of them at most, and only where it is about a single release. A text where that can't be.
 */
export async function fetchNamed(
  { repository }: Pick<CommandPorts, 'repository'>,
  { pull, names }: Pick<CommandRequest, 'pull' | 'names'>,
  { scene, verb, words: most }: { readonly scene: CommandFacts; readonly verb: Verb; readonly words: number },
): Promise<readonly NamedRelease[] | string> {
  const found = new Map<string, NamedRelease>();
  for (const line of names) {
    const { entries, words } = split(line, scene);
    const touched = entries.length > 0 ? { entries, fresh: [] } : await fetchTouched(repository, pull, scene);
    const { entries: meant, fresh } = touched;
    const wrong = wrongIn(line, { meant, fresh, words, most, scene });
    if (wrong)
      return formatNothing(
        wrong.why,
        [],
        wrong.names.slice(0, CHOICES).map((name) => `/${verb} ${name}`),
      );
    for (const entry of meant) {
      const identity = identityOf(entry.release);
      if (!found.has(identity)) found.set(identity, { entry, name: scene.nameOf(entry.release), words });
    }
  }
  const all = [...found.values()];
  if (all.length <= MOST) return all;
  const some = all.slice(0, MOST).map(({ name }) => name);
  return formatNothing(`That is ${all.length} releases; name at most ${MOST}.`, [], [`/${verb} ${some.join(' ')}`]);
}

function split(
  line: readonly string[],
  { index, nameOf }: CommandFacts,
): { readonly entries: readonly ValuesEntry[]; readonly words: readonly string[] } {
  const all = [...index.values()];
  const words: string[] = [];
  const entries = line.flatMap((word) => {
    const own = all.filter(({ release }) => [identityOf(release), nameOf(release)].includes(word));
    if (own.length === 0) words.push(word);
    return own;
  });
  return { entries, words };
}

interface MeantReleases {
  readonly fresh: readonly string[];
  readonly meant: readonly ValuesEntry[];
  readonly words: readonly string[];
  readonly most: number;
  readonly scene: CommandFacts;
}

/** What can't be meant, and the releases that could be. */
interface Wrong {
  readonly why: string;
  readonly names: readonly string[];
}

function wrongIn(line: readonly string[], { meant, fresh, words, most, scene }: MeantReleases): Wrong | undefined {
  const [word] = words;
  if (word !== undefined && (words.length > most || meant.length !== 1)) {
    const near = nearest(word, namesIn(scene));
    return { why: unknownName(word, namesIn(scene)), names: near === undefined ? [] : [near] };
  }
  if (meant.length > 0) return undefined;
  if (fresh.length > 0) {
    const isFresh = `${fresh.map(code).join(', ')} ${fresh.length === 1 ? 'comes' : 'come'} with this pull request`;
    return { why: `${isFresh}, so there is nothing to move yet: merge it, and it is published.`, names: [] };
  }
  const names = namesIn(scene);
  if (names.length === 0) {
    return { why: 'There is no release here: no values file matches the pattern in the settings.', names };
  }
  const some = names.slice(0, MOST).map(code).join(', ') + (names.length > MOST ? ', ...' : '');
  return {
    why: `This pull request changes no release${line.length === 0 ? ', and none is named' : ''}; name one: ${some}.`,
    names,
  };
}

function namesIn({ index, nameOf }: CommandFacts): readonly string[] {
  return [...index.values()].map(({ release }) => nameOf(release));
}

/** Says that no release is called so, and which one was most likely meant. */
export function unknownName(word: string, names: readonly string[]): string {
  const near = nearest(word, names);
  return `No release is called ${code(word)}.${near === undefined ? '' : ` Did you mean ${code(near)}?`}`;
}

/** The releases whose values file a pull request changes. */
export interface Touched {
  readonly entries: readonly ValuesEntry[]; // as the default branch has them
  readonly fresh: readonly string[]; // names of those that it hasn't
}

export async function fetchTouched(
  repository: Repository,
  pull: Pull,
  { ends: { settings }, index }: Pick<CommandFacts, 'ends' | 'index'>,
): Promise<Touched> {
  const base = await fetchBase(repository, pull);
  if (base === undefined) return { entries: [], fresh: [] };
  const [before, after] = await Promise.all(
    [base, pull.head.sha].map((sha) => fetchIndex(repository.treeOf(sha), settings)),
  );
  if (!before || !after) return { entries: [], fresh: [] };
  const changed = changedEntries(after, before);
  const gone = [...before.keys()].filter((file) => !after.has(file));
  const touched = new Set([...changed.map(({ file }) => file), ...gone]);
  return {
    entries: [...index.values()].filter(({ file }) => touched.has(file)),
    fresh: changed.filter(({ file }) => !index.has(file)).map(({ release }) => release.name),
  };
}

/** Where a pull request's branch left its base, whether or not it was merged since, and by whichever way. */
async function fetchBase(repository: Repository, { open, base, head, mergeCommit }: Pull): Promise<string | undefined> {
  if (!(await repository.fetchCommit(head.sha))) return undefined;
  const merge = open || mergeCommit === undefined ? undefined : await repository.fetchCommit(mergeCommit);
  const [before] = merge?.parents ?? [];
  const tip = before ?? (await repository.fetchCommit(`refs/heads/${base}`))?.sha;
  return tip === undefined ? undefined : repository.fetchMergeBase(tip, head.sha);
}

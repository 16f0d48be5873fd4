import { answeredBy } from '../core/report/answer.ts';
import { withSection } from '../core/report/section.ts';
import type { Pulls } from '../flows/ports.ts';
import { isLost, unlessAbsent } from './absent.ts';
import type { Cache } from './cache.ts';
import type { GitHub, RepositoryName } from './octokit.ts';

/** The App's identity on GitHub: its id, and the slug in the name of its bot. */
export interface AppIdentity {
  readonly id: number;
  readonly slug: string;
}

interface RawComment {
  readonly id: number;
  readonly body?: string | null;
  readonly user: { readonly login: string } | null;
  readonly performed_via_github_app?: { readonly id: number } | null;
}

/** A comment of ours that is followed: only sections of it change. Without a body there is none. */
interface Followed {
  readonly id: number;
  readonly body: string;
  readonly until: number; // by performance.now()
}

/** How long such a comment is not read again, in milliseconds: another process may have written to it. */
const KNOWN_FOR = 60 * 60_000;
/** How long it is not looked for again where it isn't there, in milliseconds. */
const ABSENT_FOR = 60_000;

/** Reads and writes the App's comments on pull requests, found by marker. */
export function githubComments(
  octokit: GitHub,
  repository: RepositoryName,
  app: AppIdentity,
  cache: Cache,
): Pick<Pulls, 'hasComment' | 'writeComment' | 'writeSection'> {
  const { issues } = octokit.rest;
  const at = { owner: repository.owner, repo: repository.name };

  const keyOf = (pull: number, marker: string): string =>
    `${repository.owner}/${repository.name} comment of ours on ${pull}: ${marker}`;

  function keep(pull: number, marker: string, followed: Omit<Followed, 'until'>, time: number): void {
    const until = performance.now() + time;
    cache.keep(keyOf(pull, marker), { ...followed, until } satisfies Followed, 100 + 2 * followed.body.length);
  }

  async function findComment(pull: number, marker: string): Promise<RawComment | undefined> {
    const pages = octokit.paginate.iterator(issues.listComments, { ...at, issue_number: pull, per_page: 100 });
    for await (const { data } of pages) {
      const found = data.find((comment) => comment.body?.startsWith(marker) && isOurs(comment, app));
      if (found) return found;
    }
    return undefined;
  }

  /** The App's comments with that marker, oldest first; several only if two processes wrote at the same time. */
  async function fetchOurs(pull: number, marker: string): Promise<readonly RawComment[]> {
    const listed = await octokit.paginate(issues.listComments, { ...at, issue_number: pull, per_page: 100 });
    const ours = listed.filter((comment) => comment.body?.startsWith(marker) && isOurs(comment, app));
    return ours.sort((one, other) => one.id - other.id);
  }

  /**
   * Creates a comment and deletes all but the oldest of several. No automatic retry, which would create a second comment
   * after a lost answer: looks for the comment instead.
   */
  async function create(pull: number, marker: string, body: string): Promise<void> {
    const made = await send(pull, body);
    const [oldest, ...younger] = await fetchOurs(pull, marker);
    // An answer is written once; a review may be made again, by another process as well.
    if (oldest?.id === made && answeredBy(marker) !== undefined) keep(pull, marker, { id: oldest.id, body }, KNOWN_FOR);
    if (made instanceof Error && !oldest) throw made;
    // Every process that created one looks afterwards: the last process sees all, and each keeps the same one.
    for (const { id } of younger) await unlessAbsent(issues.deleteComment({ ...at, comment_id: id }), [404, 410]);
    if (oldest && younger.some(({ id }) => id === made) && !sameText(oldest.body, body))
      await issues.updateComment({ ...at, comment_id: oldest.id, body });
  }

  /** Sends a new comment; returns its id, or the error that left the id unknown. */
  async function send(pull: number, body: string): Promise<number | Error> {
    try {
      return (await issues.createComment({ ...at, issue_number: pull, body, request: { retries: 0 } })).data.id;
    } catch (error) {
      if (error instanceof Error && isLost(error)) return error;
      throw error;
    }
  }

  return {
    hasComment: async ({ pull, marker }) => (await findComment(pull, marker)) !== undefined,

    async writeComment({ pull, marker, body, editOnly }) {
      const known = await findComment(pull, marker);
      if (known) {
        if (sameText(known.body, body)) return;
        await issues.updateComment({ ...at, comment_id: known.id, body });
      } else if (!editOnly) {
        await create(pull, marker, body);
      }
    },

    async writeSection({ pull, marker, ...section }) {
      const seen = cache.find<Followed>(keyOf(pull, marker));
      const isFresh = seen !== undefined && seen.until > performance.now();
      const known = isFresh ? seen : await findComment(pull, marker);
      if (!known?.body) {
        if (!isFresh) keep(pull, marker, { id: 0, body: '' }, ABSENT_FOR);
        return;
      }
      const body = withSection(known.body, section);
      if (!sameText(known.body, body)) {
        const update = issues.updateComment({ ...at, comment_id: known.id, body });
        await (isFresh ? unlessAbsent(update, [404, 410]) : update); // somebody may have deleted it meanwhile
      }
      if (!isFresh || known.body !== body) keep(pull, marker, { id: known.id, body }, KNOWN_FOR);
    },
  };
}

/** Whether the App wrote a comment (any user can copy a marker). If GitHub does not name the App, its bot's login counts. */
export function isOurs(
  { performed_via_github_app: via, user }: Pick<RawComment, 'performed_via_github_app' | 'user'>,
  app: AppIdentity,
): boolean {
  return via ? via.id === app.id : user?.login === `${app.slug}[bot]`;
}

/** Whether GitHub stores two texts as the same: it changes line ends to LF and drops white space at the end. */
export function sameText(one: string | null | undefined, other: string): boolean {
  return normalizeText(one ?? '') === normalizeText(other);
}

function normalizeText(text: string): string {
  return text.replaceAll('\r\n', '\n').trimEnd();
}

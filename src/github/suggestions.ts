import { SUGGESTION_MARKER, type Suggestion } from '../core/report/suggestion.ts';
import type { Suggestions } from '../flows/ports.ts';
import { statusOf, unlessAbsent } from './absent.ts';
import { type AppIdentity, isOurs, sameText } from './comments.ts';
import type { GitHub, RepositoryName } from './octokit.ts';

interface RawReviewComment {
  readonly id: number;
  readonly body: string;
  readonly path: string;
  readonly line?: number | null; // of the head as it is now; null: a later push took it out of the diff
  readonly in_reply_to_id?: number;
  readonly user: { readonly login: string } | null;
}

/** What a server answers that has no comments on lines. */
const ABSENT = [404, 405, 501];
/** GitHub doesn't show that line in the diff: it compares with a renamed file, or the head has moved. */
const REFUSED = 422;

/** Our suggestions on the lines of pull requests, each found again by marker, line and text. */
export function githubSuggestions(octokit: GitHub, repository: RepositoryName, app: AppIdentity): Suggestions {
  const { pulls } = octokit.rest;
  const at = { owner: repository.owner, repo: repository.name };

  async function remove(id: number): Promise<void> {
    await unlessAbsent(pulls.deleteReviewComment({ ...at, comment_id: id }), ABSENT); // 404: gone already
  }

  /** Whether there is any use in asking for another one. */
  async function create(pull: number, head: string, { file, line, body }: Suggestion): Promise<boolean> {
    const comment = { ...at, pull_number: pull, commit_id: head, path: file, line, side: 'RIGHT' as const, body };
    try {
      // Sent once: a repeat of a request whose answer was lost would be a second comment; the next run finds the first.
      await pulls.createReviewComment({ ...comment, request: { retries: 0 } });
      return true;
    } catch (error) {
      const status = statusOf(error) ?? 0;
      if (status !== REFUSED && !ABSENT.includes(status)) throw error;
      return status === REFUSED;
    }
  }

  async function fetchComments(pull: number): Promise<readonly RawReviewComment[] | undefined> {
    return unlessAbsent(
      octokit.paginate(pulls.listReviewComments, { ...at, pull_number: pull, per_page: 100 }),
      ABSENT,
    );
  }

  /** Leaves the oldest of those that say the same on the same line: another process may have made one meanwhile. */
  async function removeDoubles(pull: number): Promise<void> {
    const comments = (await fetchComments(pull)) ?? [];
    const answered = new Set(comments.map(({ in_reply_to_id: to }) => to));
    const seen = new Set<string>();
    for (const comment of [...comments].sort((one, other) => one.id - other.id)) {
      if (!comment.body.startsWith(SUGGESTION_MARKER) || !isOurs(comment, app) || comment.line == null) continue;
      const key = JSON.stringify([comment.path, comment.line, comment.body]);
      if (seen.has(key) && !answered.has(comment.id)) await remove(comment.id);
      seen.add(key);
    }
  }

  return {
    async writeSuggestions({ pull, head, suggestions }) {
      const comments = await fetchComments(pull);
      if (!comments) return;
      const answered = new Set(comments.map(({ in_reply_to_id: to }) => to));
      const missing = [...suggestions];
      for (const comment of comments) {
        if (!comment.body.startsWith(SUGGESTION_MARKER) || !isOurs(comment, app)) continue;
        const index = missing.findIndex((suggestion) => says(comment, suggestion));
        if (index >= 0) missing.splice(index, 1);
        else if (!answered.has(comment.id)) await remove(comment.id);
      }
      for (const suggestion of missing) if (!(await create(pull, head, suggestion))) return;
      if (missing.length > 0) await removeDoubles(pull);
    },
  };
}

function says({ path, line, body }: RawReviewComment, suggestion: Suggestion): boolean {
  return path === suggestion.file && line === suggestion.line && sameText(body, suggestion.body);
}

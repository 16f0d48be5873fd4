import { SUGGESTION_MARKER, type Suggestion } from '../core/report/suggestion.ts';
import type { Suggestions } from '../flows/ports.ts';
import { statusOf, unlessAbsent } from './absent.ts';
import { type AppIdentity, isOurs, sameText } from './comments.ts';
import type { GitHub, RepositoryName } from './octokit.ts';

interface RawReviewComment {
  readonly id: number;
  readonly body: string;
  readonly path: string;
  readonly line?: number | null; // at the current head; null: a later push removed the line from the diff
  readonly in_reply_to_id?: number;
  readonly user: { readonly login: string } | null;
}

/** Statuses of a server without comments on lines. */
const ABSENT = [404, 405, 501];
/** Status for a line outside of GitHub's diff: the file was renamed, or the head moved. */
const REFUSED = 422;

/** Writes the App's suggestions on lines of pull requests, found by marker, line and text. */
export function githubSuggestions(octokit: GitHub, repository: RepositoryName, app: AppIdentity): Suggestions {
  const { pulls } = octokit.rest;
  const at = { owner: repository.owner, repo: repository.name };

  async function remove(id: number): Promise<void> {
    await unlessAbsent(pulls.deleteReviewComment({ ...at, comment_id: id }), ABSENT); // 404: gone already
  }

  /** Creates a suggestion; returns whether the server can take another one. */
  async function create(pull: number, head: string, { file, line, body }: Suggestion): Promise<boolean> {
    const comment = { ...at, pull_number: pull, commit_id: head, path: file, line, side: 'RIGHT' as const, body };
    try {
      // No automatic retry, which would create a second comment after a lost answer; the next run finds the first.
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

  /** Deletes all but the oldest of equal suggestions on a line: another process may have created one at the same time. */
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
        const index = missing.findIndex((suggestion) => hasSuggestion(comment, suggestion));
        if (index >= 0) missing.splice(index, 1);
        else if (!answered.has(comment.id)) await remove(comment.id);
      }
      for (const suggestion of missing) if (!(await create(pull, head, suggestion))) return;
      if (missing.length > 0) await removeDoubles(pull);
    },
  };
}

function hasSuggestion({ path, line, body }: RawReviewComment, suggestion: Suggestion): boolean {
  return path === suggestion.file && line === suggestion.line && sameText(body, suggestion.body);
}

import { commitRange } from '../pull-life.ts';
import { fetchMovedLine, fetchShownLines } from '../repository/line-places.ts';
import type { PullRow, ReviewCommentRow } from '../store/state.ts';
import type { Json, SandboxWorld } from '../world.ts';
import { nodeId } from './account.ts';
import { associationOf, formatLogin } from './pull.ts';
import { pageUrl, repositoryUrl } from './repository.ts';

/** The place of a comment's line in the pull request's current diff; undefined if a later push removed it. */
export async function placeOf(
  world: SandboxWorld,
  pull: PullRow,
  { commit, path, line }: ReviewCommentRow,
): Promise<{ readonly line: number; readonly position: number } | undefined> {
  const { folder } = world.repository;
  const now = await fetchMovedLine(folder, { from: commit, to: pull.headSha, path, line });
  if (now === undefined) return undefined;
  const { base } = await commitRange(world, pull);
  const shown = (await fetchShownLines(folder, { base, commit: pull.headSha, path })).get(now);
  return shown && { line: now, position: shown.position };
}

/** `pull-request-review-comment` */
export async function formatReviewComment(
  world: SandboxWorld,
  pull: PullRow,
  comment: ReviewCommentRow,
): Promise<Json> {
  const { id, author, createdAt, commit, replyTo } = comment;
  const place = await placeOf(world, pull, comment);
  const api = repositoryUrl(world);
  const url = `${api}/pulls/comments/${id}`;
  const html = `${pageUrl(world)}/pull/${pull.id}#discussion_r${id}`;
  return {
    url,
    id,
    node_id: nodeId('PullRequestReviewComment', id),
    pull_request_review_id: null,
    diff_hunk: comment.hunk,
    path: comment.path,
    position: place?.position ?? null,
    original_position: comment.position,
    commit_id: place ? pull.headSha : commit,
    original_commit_id: commit,
    user: formatLogin(world, author),
    body: comment.body,
    created_at: createdAt,
    updated_at: createdAt,
    html_url: html,
    pull_request_url: `${api}/pulls/${pull.id}`,
    author_association: associationOf(author),
    start_line: null,
    original_start_line: null,
    start_side: null,
    line: place?.line ?? null,
    original_line: comment.line,
    side: 'RIGHT',
    subject_type: 'line',
    ...(replyTo === null ? {} : { in_reply_to_id: replyTo }),
    _links: {
      self: { href: url },
      html: { href: html },
      pull_request: { href: `${api}/pulls/${pull.id}` },
    },
  };
}

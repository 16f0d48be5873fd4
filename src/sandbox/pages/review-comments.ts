import { placeOf } from '../payloads/review-comment.ts';
import { findEntry, readBlob } from '../repository/trees.ts';
import type { PullRow, ReviewCommentRow } from '../store/state.ts';
import type { SandboxWorld } from '../world.ts';
import { type Html, html } from './html.ts';
import { empty, time } from './layout.ts';
import { renderMarkdown } from './markdown.ts';

/** Renders the conversations on lines of a pull request, with their suggestions. */
export async function renderReviewComments(world: SandboxWorld, pull: PullRow): Promise<Html> {
  const comments = world.state.reviewComments.all().filter((comment) => comment.pull === pull.id);
  const roots = comments.filter(({ replyTo }) => replyTo === null);
  if (roots.length === 0) return empty('There are no comments on lines.');
  const cards = roots.map(async (root) => {
    const replies = comments.filter(({ replyTo }) => replyTo === root.id);
    return renderConversation(world, pull, [root, ...replies]);
  });
  return html`${await Promise.all(cards)}`;
}

async function renderConversation(
  world: SandboxWorld,
  pull: PullRow,
  comments: readonly [ReviewCommentRow, ...ReviewCommentRow[]],
): Promise<Html> {
  const [{ id, path, line, commit }] = comments;
  const place = await placeOf(world, pull, comments[0]);
  const source = await sourceLine(world, commit, path, line);
  const where = place ? html`<code>${path}:${place.line}</code>` : html`<code>${path}</code> (outdated)`;
  return html`<div class="card" id="discussion_r${id}">
<div class="top">${where}</div>
<div class="inside">${comments.map(
    ({ author, createdAt, body }) =>
      html`<p><strong>${author}</strong> <span class="quiet">${time(createdAt)}</span></p>${renderMarkdown(body, source)}`,
  )}</div></div>
`;
}

/** Reads the commented line from the comment's commit. */
async function sourceLine(
  { repository }: SandboxWorld,
  commit: string,
  path: string,
  line: number,
): Promise<string | undefined> {
  const found = await findEntry(repository.folder, commit, path);
  if (found?.type !== 'blob') return undefined;
  return (await readBlob(repository.folder, found.sha)).toString().split('\n')[line - 1];
}

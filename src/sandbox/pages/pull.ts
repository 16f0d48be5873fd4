import type { HttpAnswer } from '../http.ts';
import { commitRange, testMerge } from '../pull-life.ts';
import { readCommits } from '../repository/commits.ts';
import type { CommentRow, PullRow } from '../store/state.ts';
import type { SandboxWorld } from '../world.ts';
import { renderChecks } from './checks.ts';
import { type Html, html } from './html.ts';
import { stateOf } from './index.ts';
import { badge, empty, page, pathTo, time } from './layout.ts';
import { renderMarkdown } from './markdown.ts';
import { isMergeable, type RefusedForm, renderCommentForm, renderMergeForm } from './pull-forms.ts';
import { renderReviewComments } from './review-comments.ts';

/**
 * The page of a pull request: conversation, commits, checks and forms; with a refused form, also its reason and text.
 * Undefined if there is no such pull request.
 */
export async function pullPage(
  world: SandboxWorld,
  id: number,
  refused?: RefusedForm,
): Promise<HttpAnswer | undefined> {
  const pull = await world.serial(() => findTested(world, id));
  if (!pull) return undefined;
  const comments = world.state.comments.all().filter(({ issue }) => issue === pull.id);
  return page(
    world,
    `${pull.title} #${pull.id}`,
    html`<h1>${pull.title} <span class="quiet">#${pull.id}</span></h1>
<p>${badge(stateOf(pull))} <strong>${pull.author}</strong> wants to bring <code>${pull.head}</code> into <code>${pull.base}</code>. ${renderMerge(world, pull)}</p>
<p>${isMergeable(pull) && html`<a href="#merge">Merge it</a> · `}<a href="#new-comment">Add a comment</a></p>
${renderCard(pull.author, pull.createdAt, pull.body ? renderMarkdown(pull.body) : empty('No description.'))}
<h2>Commits</h2>
${await renderCommits(world, pull)}
<h2>Checks of ${shaLink(world, pull.headSha)}</h2>
${await renderChecks(world, pull.headSha)}
${
  pull.merge &&
  html`<h2>Checks of the merge commit ${shaLink(world, pull.merge.sha)}</h2>
${await renderChecks(world, pull.merge.sha)}`
}
<h2>On the lines</h2>
${await renderReviewComments(world, pull)}
<h2>Conversation</h2>
${comments.length === 0 ? empty('There are no comments yet.') : comments.map((comment) => renderComment(world, comment))}
${renderMergeForm(world, pull, refused)}
${renderCommentForm(world, pull, refused)}`,
    refused?.status,
  );
}

/** Reads the pull request with its test merge, in its turn among the writes, which may change it. */
async function findTested(world: SandboxWorld, id: number): Promise<PullRow | undefined> {
  const pull = world.state.pulls.get(id);
  return pull && testMerge(world, pull);
}

function renderMerge(world: SandboxWorld, { state, draft, merge, test, headSha }: PullRow): Html {
  if (merge) return html`Merged by <strong>${merge.by}</strong> as ${shaLink(world, merge.sha)}, ${time(merge.at)}.`;
  if (state === 'closed') return html`Closed without merging.`;
  if (draft) return html`This pull request is a draft.`;
  if (!test || test.head !== headSha) return html`The check for conflicts with the base branch has not finished yet.`;
  return test.sha
    ? html`This pull request can be merged.`
    : html`This pull request has conflicts with the base branch.`;
}

async function renderCommits(world: SandboxWorld, pull: PullRow): Promise<Html> {
  const { range } = await commitRange(world, pull);
  const commits = await readCommits(world.repository.folder, ['--topo-order', '--reverse', range, '--']);
  if (commits.length === 0) return empty('No commits.');
  return html`<table class="list">${commits.map(
    ({ sha, message, author }) =>
      html`<tr><td>${shaLink(world, sha)}</td><td class="wide">${message.split('\n')[0]}</td><td>${author.name}</td></tr>`,
  )}</table>`;
}

function renderComment(world: SandboxWorld, { id, author, body, createdAt, updatedAt }: CommentRow): Html {
  const edited = updatedAt === createdAt ? '' : ' (edited)';
  return renderCard(author, createdAt, html`${renderMarkdown(body)}${renderReactions(world, id)}`, {
    id: `issuecomment-${id}`,
    note: edited,
  });
}

const faces: Readonly<Record<string, string>> = {
  '+1': '👍',
  '-1': '👎',
  laugh: '😄',
  confused: '😕',
  heart: '❤️',
  hooray: '🎉',
  rocket: '🚀',
  eyes: '👀',
};

function renderReactions({ state }: SandboxWorld, comment: number): Html | false {
  const reactions = state.reactions.all().filter((reaction) => reaction.comment === comment);
  if (reactions.length === 0) return false;
  return html`<p>${reactions.map(({ content, author }) => html`<span title="${author}">${faces[content] ?? content}</span> `)}</p>`;
}

function renderCard(author: string, at: string, content: Html, { id = '', note = '' } = {}): Html {
  return html`<div class="card"${id !== '' && html` id="${id}"`}>
<div class="top"><strong>${author}</strong> <span class="quiet">${time(at)}${note}</span></div>
<div class="inside">${content}</div></div>
`;
}

/** Renders a short SHA as a link to its commit. */
export function shaLink(world: SandboxWorld, sha: string): Html {
  return html`<a href="${pathTo(world, `commit/${sha}`)}"><code>${sha.slice(0, 7)}</code></a>`;
}

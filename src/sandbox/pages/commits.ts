import { parseMessage, trailers } from '../../core/model/trailers.ts';
import type { HttpAnswer } from '../http.ts';
import { parentOf } from '../payloads/commit.ts';
import { type Commit, readCommits } from '../repository/commits.ts';
import { diffFiles } from '../repository/diff.ts';
import { readRef } from '../repository/refs.ts';
import type { SandboxWorld } from '../world.ts';
import { renderFiles } from './commit.ts';
import { type Html, html } from './html.ts';
import { empty, page, pathTo, time } from './layout.ts';
import { shaLink } from './pull.ts';

const PER_PAGE = 30;

/** The page of a branch's commits, newest first, each with its requester, reason and changes. */
export async function commitsPage(world: SandboxWorld, branch: string, number: number): Promise<HttpAnswer> {
  const { folder } = world.repository;
  const tip = await readRef(folder, `refs/heads/${branch}`);
  if (tip === undefined) return absentPage(world, branch);
  // A merge counts as newer than its own commits of the same second.
  const range = ['--date-order', `--max-count=${PER_PAGE + 1}`, `--skip=${(number - 1) * PER_PAGE}`, tip, '--'];
  const found = await readCommits(folder, range);
  const cards: Html[] = [];
  for (const [index, commit] of found.slice(0, PER_PAGE).entries()) {
    cards.push(await renderCommit(world, commit, number === 1 && index === 0)); // one by one: each runs git twice
  }
  return page(
    world,
    `Commits of ${branch}`,
    html`<h1>Commits of <code>${branch}</code></h1>
${branch === 'gitops' && html`<p>Coalmine publishes here, and Flux applies it: <a href="/cluster">state of the cluster</a>.</p>`}
${cards.length > 0 ? cards : empty('There are no commits this old.')}
<p>${number > 1 && html`<a href="?page=${number - 1}" rel="prev">newer</a> `}${found.length > PER_PAGE && html`<a href="?page=${number + 1}" rel="next">older</a>`}</p>`,
  );
}

function absentPage(world: SandboxWorld, branch: string): HttpAnswer {
  const how = branch === 'gitops' ? 'Coalmine creates it with the first publication.' : 'Push it to see it here.';
  const content = html`<h1>Commits of <code>${branch}</code></h1>
<p>The branch <code>${branch}</code> does not exist yet. ${how}</p>
<p><a href="/">All pull requests</a></p>`;
  return page(world, `Commits of ${branch}`, content, 404);
}

const MAX_LINES = 2000; // maximum number of changed lines shown per commit

async function renderCommit(world: SandboxWorld, commit: Commit, isOpen: boolean): Promise<Html> {
  const { folder } = world.repository;
  const { sha, author, committer, message } = commit;
  const { subject } = parseMessage(message);
  const files = await diffFiles(folder, parentOf(commit), sha);
  const count = (which: 'additions' | 'deletions'): number => files.reduce((sum, file) => sum + file[which], 0);
  const [added, removed] = [count('additions'), count('deletions')];
  const changes =
    added + removed > MAX_LINES
      ? html`<p>This change is too large for this page: see ${shaLink(world, sha)}.</p>`
      : renderFiles(files);
  return html`<div class="card"><div class="top"><a href="${pathTo(world, `commit/${sha}`)}"><strong>${subject || sha}</strong></a>
<div class="quiet">${shaLink(world, sha)} ${author.name}, ${time(committer.date)}</div></div>
<div class="inside">${renderTrailers(world, message)}<details${isOpen && html` open`}><summary>${files.length} ${files.length === 1 ? 'file' : 'files'}, +${added} −${removed}</summary>
${changes}</details></div></div>
`;
}

/** Renders the requester, the reason and other trailers of a commit. */
function renderTrailers(world: SandboxWorld, message: string): Html | false {
  const parsed = parseMessage(message);
  const rows = Object.entries(SHOWN).flatMap(([key, show]) =>
    trailers(parsed, key).map((value) => html`<tr><th>${key}</th><td>${show(world, value)}</td></tr>`),
  );
  return rows.length > 0 && html`<table class="facts">${rows}</table>`;
}

const SHOWN: Readonly<Record<string, (world: SandboxWorld, value: string) => Html>> = {
  'Requested-By': (_, value) => html`${value}`,
  'Pull-Request': (world, value) => {
    const number = /^#(\d{1,9})$/.exec(value)?.[1];
    return number === undefined
      ? html`${value}`
      : html`<a href="${pathTo(world, `pull/${Number(number)}`)}">#${number}</a>`;
  },
  // The comment may be deleted, and any user may have written the trailer.
  Command: (world, value) => {
    const comment = world.state.comments.get(Number(value));
    if (!comment) return html`${value}`;
    const [line = ''] = comment.body.split(/\r?\n/);
    return html`<a href="${pathTo(world, `pull/${comment.issue}#issuecomment-${comment.id}`)}"><code>${line.slice(0, 80)}</code></a>`;
  },
  Traffic: (_, value) => html`<code>${value}</code>`,
};

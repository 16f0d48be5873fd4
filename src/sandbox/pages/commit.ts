import type { HttpAnswer } from '../http.ts';
import { parentOf } from '../payloads/commit.ts';
import { readCommit } from '../repository/commits.ts';
import { diffFiles, type FileDiff } from '../repository/diff.ts';
import { findEntry, readBlob } from '../repository/trees.ts';
import type { SandboxWorld } from '../world.ts';
import { renderChecks } from './checks.ts';
import { type Html, html } from './html.ts';
import { empty, page, time } from './layout.ts';
import { diffLines } from './markdown.ts';
import { shaLink } from './pull.ts';

/** The page of a commit: its message, checks and changes. */
export async function commitPage(world: SandboxWorld, sha: string): Promise<HttpAnswer> {
  const commit = await readCommit(world.repository.folder, sha);
  const files = await diffFiles(world.repository.folder, parentOf(commit), sha);
  const [subject = '', ...rest] = commit.message.split('\n');
  const message = rest.join('\n').trim();
  return page(
    world,
    subject,
    html`<h1>${subject}</h1>
<p><strong>${commit.author.name}</strong> ${time(commit.author.date)} <code>${sha}</code>
${commit.parents.map((parent) => html` parent ${shaLink(world, parent)}`)}</p>
${message !== '' && html`<pre>${message}</pre>`}
<h2>Checks</h2>
${await renderChecks(world, sha)}
<h2>Changes</h2>
${renderFiles(files)}`,
  );
}

/** Renders the changed files of a commit. */
export function renderFiles(files: readonly FileDiff[]): Html {
  return files.length === 0 ? empty('This commit changes no file.') : html`${files.map(renderFile)}`;
}

function renderFile({ path, previousPath, status, additions, deletions, patch }: FileDiff): Html {
  const from = previousPath === undefined ? '' : `${previousPath} → `;
  return html`<div class="card"><div class="top"><code>${from}${path}</code> ${status}, +${additions} −${deletions}</div>
${patch === undefined ? html`<div class="inside">${empty('This file is not shown as text.')}</div>` : html`<pre>${diffLines(patch)}</pre>`}</div>`;
}

/** The page of a file at a commit, with line numbers; undefined if the path is not a file. */
export async function filePage(world: SandboxWorld, sha: string, path: string): Promise<HttpAnswer | undefined> {
  const { repository } = world;
  const entry = await findEntry(repository.folder, sha, path);
  if (entry?.type !== 'blob') return undefined;
  const lines = (await readBlob(repository.folder, entry.sha)).toString().replace(/\n$/, '').split('\n');
  const width = String(lines.length).length;
  const numbered = lines.map(
    (
      line,
      index,
    ) => html`<span id="L${index + 1}"><span class="quiet">${String(index + 1).padStart(width)}</span>  ${line}</span>
`,
  );
  return page(world, path, html`<h1><code>${path}</code></h1><pre>${numbered}</pre>`);
}

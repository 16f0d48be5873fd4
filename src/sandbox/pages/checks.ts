import { findEntry, readBlob } from '../repository/trees.ts';
import { latestChecks } from '../rest/checks.ts';
import type { Annotation, CheckRow } from '../store/state.ts';
import type { SandboxWorld } from '../world.ts';
import { type Html, html } from './html.ts';
import { badge, empty, pathTo } from './layout.ts';
import { renderMarkdown } from './markdown.ts';

/** The newest check runs and statuses of a commit, in full. */
export async function renderChecks(world: SandboxWorld, sha: string): Promise<Html> {
  const checks = checksOf(world, sha);
  const statuses = world.state.statuses.all().filter((status) => status.sha === sha);
  const latest = [...new Map(statuses.map((status) => [status.context, status])).values()];
  if (checks.length + latest.length === 0) return empty('No checks have reported on this commit.');
  const cards = await Promise.all(checks.map((check) => renderCheck(world, check)));
  return html`${cards}${latest.map(
    ({ state, context, description }) => html`<p>${badge(state)} <strong>${context}</strong> ${description ?? ''}</p>`,
  )}`;
}

/** The newest check runs of a commit. */
export function checksOf({ state }: SandboxWorld, sha: string): CheckRow[] {
  return latestChecks(state.checks.all().filter(({ headSha }) => headSha === sha));
}

/** One check run with what it reported. */
export async function renderCheck(world: SandboxWorld, check: CheckRow): Promise<Html> {
  const link = pathTo(world, `runs/${check.id}`);
  const annotations = await Promise.all(
    check.annotations.map((annotation) => renderAnnotation(world, check, annotation)),
  );
  return html`<div class="card" id="run-${check.id}">
<div class="top">${badge(check.conclusion ?? check.status)} <a href="${link}"><strong>${check.name}</strong></a> ${check.title ?? ''}</div>
<div class="inside">${check.summary === null ? empty('No summary yet.') : renderMarkdown(check.summary)}
${check.text !== null && renderMarkdown(check.text)}${annotations}</div></div>`;
}

async function renderAnnotation(world: SandboxWorld, { headSha }: CheckRow, annotation: Annotation): Promise<Html> {
  const { path, start_line: line, annotation_level: level, title, message, raw_details: details } = annotation;
  const source = await sourceLines(world, headSha, annotation);
  return html`<div class="annotation ${level}"><code>${path}:${line}</code> ${level} ${title !== null && html`<strong>${title}</strong> `}${message}
${source !== '' && html`<pre>${source}</pre>`}${details !== null && html`<pre>${details}</pre>`}</div>`;
}

const quotedLines = 10;

/** Reads the annotated lines from the annotation's commit. */
async function sourceLines(
  { repository }: SandboxWorld,
  sha: string,
  { path, start_line, end_line }: Annotation,
): Promise<string> {
  const found = await findEntry(repository.folder, sha, path);
  if (found?.type !== 'blob') return '';
  const lines = (await readBlob(repository.folder, found.sha)).toString().split('\n');
  return lines.slice(start_line - 1, Math.min(end_line, start_line - 1 + quotedLines)).join('\n');
}

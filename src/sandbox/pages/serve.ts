import type { IncomingMessage } from 'node:http';
import type { RequestTarget } from '../../web/guarded-server.ts';
import type { HttpAnswer } from '../http.ts';
import { resolveCommit } from '../repository/refs.ts';
import type { SandboxWorld } from '../world.ts';
import { renderCheck } from './checks.ts';
import { clusterPage } from './cluster.ts';
import { commitPage, filePage } from './commit.ts';
import { commitsPage } from './commits.ts';
import { formAt, handleForm } from './forms.ts';
import { html } from './html.ts';
import { indexPage } from './index.ts';
import { notFoundPage, page } from './layout.ts';
import { pullPage, shaLink } from './pull.ts';
import { rulesPage } from './rules.ts';

/** Answers with a page, or handles a submitted form. */
export async function servePage(
  world: SandboxWorld,
  request: IncomingMessage,
  { path, query }: RequestTarget,
): Promise<HttpAnswer> {
  if (request.method === 'POST') return handleForm(world, request, path);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return { status: 405, raw: 'Pages are read-only\n', headers: { allow: 'GET, HEAD' } };
  }
  return (await findPage(world, path, query)) ?? notFoundPage(world, path);
}

async function findPage(world: SandboxWorld, path: string, query: URLSearchParams): Promise<HttpAnswer | undefined> {
  if (path === '/') return indexPage(world);
  if (path === '/cluster') return clusterPage(world);
  // A GET of a form's address, after a refusal, leads to its page.
  const form = formAt(world, path);
  if (form) return redirect(form.page);
  const { owner, name, folder } = world.repository;
  const [, given, repository, kind, thing = '', ...more] = path.split('/').map(decode);
  if (given !== owner || repository !== name) return undefined;
  if (kind === undefined || kind === '') return redirect('/');
  if (kind === 'blob') {
    const at = await resolveCommit(folder, thing);
    return at === undefined ? undefined : filePage(world, at, more.join('/'));
  }
  if (kind === 'commits' && thing !== '') return commitsPage(world, [thing, ...more].join('/'), pageNumber(query));
  if (more.length > 0) return undefined;
  if (kind === 'commit') {
    const sha = /^[0-9a-f]{7,40}$/.test(thing) ? await resolveCommit(folder, thing) : undefined;
    return sha === undefined ? undefined : commitPage(world, sha);
  }
  return rowPage(world, kind, Number(thing));
}

function redirect(location: string): HttpAnswer {
  return { status: 302, raw: '', headers: { location } };
}

function pageNumber(query: URLSearchParams): number {
  const text = query.get('page') ?? '';
  return /^[1-9]\d{0,6}$/.test(text) ? Number(text) : 1;
}

async function rowPage(world: SandboxWorld, kind: string, id: number): Promise<HttpAnswer | undefined> {
  if (kind === 'pull') return pullPage(world, id);
  if (kind === 'rules') {
    const protection = world.state.protections.get(id);
    return protection && rulesPage(world, protection);
  }
  const check = kind === 'runs' ? world.state.checks.get(id) : undefined;
  if (!check) return undefined;
  const content = html`<h1>${check.name}</h1><p>on ${shaLink(world, check.headSha)}</p>${await renderCheck(world, check)}`;
  return page(world, check.name, content);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

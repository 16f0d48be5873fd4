import type { IncomingMessage } from 'node:http';
import type { Answer } from '../http.ts';
import { testMerge } from '../pull-life.ts';
import { resolveCommit } from '../repository/refs.ts';
import type { PullRow } from '../store/state.ts';
import type { World } from '../world.ts';
import { renderCheck } from './checks.ts';
import { clusterPage } from './cluster.ts';
import { commitPage, filePage } from './commit.ts';
import { html } from './html.ts';
import { indexPage } from './index.ts';
import { notFoundPage, page } from './layout.ts';
import { pullPage, shaLink } from './pull.ts';

/** Answers with a page; all of them are for reading only. */
export async function servePage(world: World, request: IncomingMessage, path: string): Promise<Answer> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return { status: 405, raw: 'Pages are for reading\n', headers: { allow: 'GET, HEAD' } };
  }
  return (await findPage(world, path)) ?? notFoundPage(path);
}

async function findPage(world: World, path: string): Promise<Answer | undefined> {
  if (path === '/') return indexPage(world);
  if (path === '/cluster') return clusterPage(world);
  const { owner, name, folder } = world.repository;
  const [, given, repository, kind, thing = '', ...more] = path.split('/').map(decode);
  if (given !== owner || repository !== name) return undefined;
  if (kind === undefined || kind === '') return { status: 302, raw: '', headers: { location: '/' } };
  if (kind === 'blob') {
    const at = await resolveCommit(folder, thing);
    return at === undefined ? undefined : filePage(world, at, more.join('/'));
  }
  if (more.length > 0) return undefined;
  if (kind === 'commit') {
    const sha = /^[0-9a-f]{7,40}$/.test(thing) ? await resolveCommit(folder, thing) : undefined;
    return sha === undefined ? undefined : commitPage(world, sha);
  }
  return kind === 'pull' || kind === 'runs' ? rowPage(world, kind, Number(thing)) : undefined;
}

async function rowPage(world: World, kind: 'pull' | 'runs', id: number): Promise<Answer | undefined> {
  if (kind === 'pull') {
    const pull = await world.serial(async () => testPull(world, id));
    return pull && pullPage(world, pull);
  }
  const check = world.state.checks.get(id);
  if (!check) return undefined;
  const content = html`<h1>${check.name}</h1><p>on ${shaLink(world, check.headSha)}</p>${await renderCheck(world, check)}`;
  return page(check.name, content);
}

/** The pull request with its test merge; read only when it is its turn, since others may be changing it. */
async function testPull(world: World, id: number): Promise<PullRow | undefined> {
  const pull = world.state.pulls.get(id);
  return pull && testMerge(world, pull);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

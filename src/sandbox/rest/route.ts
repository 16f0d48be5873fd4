import type { Actor } from '../auth.ts';
import { ApiError, type HttpAnswer, notFound } from '../http.ts';
import type { Json, SandboxWorld } from '../world.ts';

/** The access that an operation requires. */
type Access = 'anyone' | 'user' | 'push' | 'installation' | 'app';

/** A request for a REST operation. */
export interface Call {
  readonly world: SandboxWorld;
  readonly actor: Actor | undefined;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  /** The address of the request, without its query. */
  readonly path: string;
  /** Whether the request asks for raw bytes instead of JSON. */
  readonly wantsRaw: boolean;
  param(name: string): string;
}

export interface RestRoute {
  readonly method: string;
  readonly pattern: RegExp;
  readonly access: Access;
  /** Whether the operation waits for its turn among the writes. */
  readonly serial: boolean;
  readonly handle: (call: Call) => Promise<HttpAnswer> | HttpAnswer;
}

/** Describes an operation. `{name}` is one segment of the path, `{name*}` any number of them. */
export function route(
  operation: string,
  access: Access,
  handle: RestRoute['handle'],
  { serial = !operation.startsWith('GET ') }: { serial?: boolean } = {},
): RestRoute {
  const [method = '', path = ''] = operation.split(' ');
  const source = path
    .replace(/[.]/g, '\\.')
    .replace(/\{(\w+)\*\}/g, '(?<$1>.+)')
    .replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  return { method, pattern: new RegExp(`^${source}$`), access, serial, handle };
}

/** Finds the operation and the parameters of its path; undefined if there is none. */
export function matchRoute(
  routes: readonly RestRoute[],
  method: string,
  path: string,
): { readonly route: RestRoute; readonly params: Readonly<Record<string, string>> } | undefined {
  for (const candidate of routes) {
    const found = candidate.method === method ? candidate.pattern.exec(path) : null;
    if (found) return { route: candidate, params: decodeAll(found.groups ?? {}) };
  }
  return undefined;
}

function decodeAll(groups: Readonly<Record<string, string>>): Record<string, string> {
  try {
    return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]));
  } catch {
    throw notFound();
  }
}

/** Throws 401 or 403, in GitHub's words, if the actor may not use an operation. */
export function checkAccess(access: Access, actor: Actor | undefined): void {
  if (access === 'app') {
    if (actor?.via !== 'app') throw new ApiError(401, 'A JSON web token could not be decoded');
    return;
  }
  if (actor?.via === 'app') throw new ApiError(403, 'Resource not accessible by integration');
  if (access === 'anyone') return;
  if (!actor) throw new ApiError(401, 'Requires authentication');
  if (access === 'push' && actor.permission === 'read') throw new ApiError(403, 'Must have push access to repository');
  if (access === 'installation' && actor.via !== 'installation') {
    throw new ApiError(403, 'You must authenticate via a GitHub App.');
  }
}

/** The actor of an operation that requires one. */
export function actorOf(call: Call): Actor {
  if (!call.actor) throw new ApiError(401, 'Requires authentication');
  return call.actor;
}

export function ok(body: unknown, status = 200): HttpAnswer {
  return { status, body };
}

/** One page of a list, with links to the others. */
export async function listing<Row>(
  call: Call,
  rows: readonly Row[],
  format: (row: Row) => Json | Promise<Json>,
  wrap: (items: readonly Json[], total: number) => unknown = (items) => items,
): Promise<HttpAnswer> {
  const { page, perPage } = pageOf(call);
  const items = await Promise.all(rows.slice((page - 1) * perPage, page * perPage).map(format));
  return { status: 200, body: wrap(items, rows.length), headers: linkHeader(call, rows.length) };
}

/** The requested page, within GitHub's limits. */
export function pageOf({ query }: Call): { readonly page: number; readonly perPage: number } {
  const whole = (name: string, otherwise: number): number => {
    const value = Number.parseInt(query.get(name) ?? '', 10);
    return value > 0 ? value : otherwise;
  };
  return { page: whole('page', 1), perPage: Math.min(whole('per_page', 30), 100) };
}

/** The Link header of a page of a list. */
export function linkHeader(call: Call, total: number): Record<string, string> {
  const { page, perPage } = pageOf(call);
  const last = Math.max(1, Math.ceil(total / perPage));
  const link = (rel: string, number: number): string => `<${urlOf(call, { page: String(number) })}>; rel="${rel}"`;
  const links = [
    ...(page > 1 ? [link('prev', Math.min(page - 1, last)), link('first', 1)] : []),
    ...(page < last ? [link('next', page + 1), link('last', last)] : []),
  ];
  return links.length > 0 ? { link: links.join(', ') } : {};
}

/** The address of a request, with changes of its query. */
export function urlOf({ world, path, query }: Call, changes: Readonly<Record<string, string>>): string {
  const changed = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) changed.set(name, value);
  return `${world.apiUrl}${path}?${changed}`;
}

/** Reads a number from the path; any other text matches no row. */
export function numberParam(call: Call, name: string): number {
  const text = call.param(name);
  if (!/^\d+$/.test(text)) throw notFound();
  return Number(text);
}

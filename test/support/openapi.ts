/** Holds requests, answers and webhook payloads against GitHub's published description, trimmed to what Coalmine meets. */
import { readFileSync } from 'node:fs';
import {
  type ClientRequest,
  createServer,
  type IncomingMessage,
  request as openRequest,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { unescape as decode } from 'node:querystring';
import { pipeline } from 'node:stream';
import { Ajv2020, type ErrorObject, type Options, type ValidateFunction } from 'ajv/dist/2020.js';

export interface Exchange {
  readonly method: string;
  readonly path: string; // below /api/v3, with query
  readonly accept?: string; // what a raw or diff media type answers is not described, so not checked
  readonly requestBody?: unknown;
  readonly status: number;
  readonly responseBody?: unknown;
}

interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: unknown;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}
interface Body {
  readonly content?: { readonly 'application/json': { readonly schema: Schema } };
  readonly required?: boolean;
}
interface Operation {
  readonly parameters?: readonly { name: string; in: string; required: boolean; schema: Schema }[];
  readonly requestBody?: Body;
  readonly responses: Readonly<Record<string, Body>>;
}
interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly webhooks: Readonly<Record<string, unknown>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}
interface Route {
  readonly name: string; // POST /repos/{owner}/{repo}/check-runs
  readonly method: string;
  readonly pattern: RegExp;
  readonly literals: number;
  readonly pointer: string;
  readonly operation: Operation;
}

const SLASHES_ALLOWED = new Set(['basehead', 'branch', 'path', 'ref']);
const NOT_JSON = /vnd\.github\.(?:v3\.)?(?:diff|html|object|patch|raw|sha)\b/;
const JSON_CONTENT = 'content/application~1json/schema';

const description: Description = JSON.parse(
  readFileSync(new URL('../../schemas/github.openapi.json', import.meta.url), 'utf8'),
);
const options: Options = {
  strict: false,
  allErrors: true,
  formats: {
    'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/,
    uri: /^[a-z][a-z0-9+.-]*:\S+$/i,
  },
};
const bodies = new Ajv2020(options).addSchema(description, 'github');
const parameters = new Ajv2020({ ...options, coerceTypes: true }); // in a URL every value is text
const routes = Object.entries(description.paths)
  .flatMap(([template, operations]) => Object.entries(operations).map((entry) => routeOf(template, ...entry)))
  .sort((a, b) => b.literals - a.literals); // so that literal segments win over parameters

function routeOf(template: string, method: string, operation: Operation): Route {
  const pattern = template
    .replace('/{path}', '(?:/(?<path>.*))?') // the root folder's is empty
    .replace(/\{(\w+)\}/g, (_, name: string) => `(?<${name}>${SLASHES_ALLOWED.has(name) ? '.+' : '[^/]+'})`);
  return {
    name: `${method.toUpperCase()} ${template}`,
    method: method.toUpperCase(),
    pattern: new RegExp(`^${pattern}$`),
    literals: template.split('/').filter((segment) => !segment.startsWith('{')).length,
    pointer: `/paths/${escapeStep(template)}/${method}`,
    operation,
  };
}

function escapeStep(step: string): string {
  return encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'));
}

/** What in a request or its answer departs from GitHub's published description; empty when all is well. */
export function checkExchange(exchange: Exchange): readonly string[] {
  const { method } = exchange;
  const [path = '', query = ''] = exchange.path.split(/\?(.*)/s);
  const route = routes.find((candidate) => candidate.method === method.toUpperCase() && candidate.pattern.test(path));
  if (!route) return [`${method} ${path}: no such operation in schemas/github.openapi.json`];
  return [
    ...checkParameters(route, 'path', { ...route.pattern.exec(path)?.groups }),
    ...checkParameters(route, 'query', readQuery(query)),
    ...checkRequest(route, exchange.requestBody),
    ...checkResponse(route, exchange),
  ];
}

function readQuery(query: string): Record<string, string | string[]> {
  const search = new URLSearchParams(query);
  const entries = [...new Set(search.keys())].map((name): [string, string | string[]] => {
    const [first = '', ...more] = search.getAll(name);
    return [name, more.length > 0 ? [first, ...more] : first];
  });
  return Object.fromEntries(entries);
}

const compiled = new Map<string, ValidateFunction>();

function checkParameters(route: Route, place: 'path' | 'query', found: Record<string, string | string[]>): string[] {
  const key = `${route.name} ${place}`;
  const validate = compiled.get(key) ?? parameters.compile(parameterSchema(route.operation, place));
  compiled.set(key, validate);
  const values = Object.entries(found).map(([name, value]) => [
    name,
    place === 'path' ? decode(String(value ?? '')) : value,
  ]);
  return complaints(validate, Object.fromEntries(values), key).map((line) => line.replace(`${place} /`, `${place} `));
}

function parameterSchema(operation: Operation, place: string) {
  const described = (operation.parameters ?? []).filter((parameter) => parameter.in === place);
  return {
    type: 'object',
    properties: Object.fromEntries(described.map(({ name, schema }) => [name, schema])),
    required: described.filter(({ required }) => required).map(({ name }) => name),
    additionalProperties: place === 'path',
  };
}

function checkRequest({ name, pointer, operation }: Route, body: unknown): string[] {
  const label = `${name} request`;
  const described = operation.requestBody;
  if (body === undefined) return described?.required ? [`${label}: must have a body`] : [];
  const schema = described?.content?.['application/json'].schema;
  const known = schema ? knownProperties(schema) : new Set<string>();
  const unknown = known && isObject(body) ? Object.keys(body).filter((property) => !known.has(property)) : [];
  return [
    ...unknown.map((property) => `${label}: unknown property "${property}"`),
    ...(schema ? complaints(bodyValidator(`${pointer}/requestBody/${JSON_CONTENT}`), body, label) : []),
  ];
}

/** The properties that a body may have, or nothing if it may have any: typos in others are ignored by GitHub in silence. */
function knownProperties(schema: Schema): Set<string> | undefined {
  if (schema.$ref) {
    const target = description.components.schemas[schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)];
    return target && knownProperties(target);
  }
  if (schema.additionalProperties && !schema.properties) return undefined;
  const parts = [...(schema.allOf ?? []), ...(schema.anyOf ?? [])].map(knownProperties);
  return new Set([...Object.keys(schema.properties ?? {}), ...parts.flatMap((part) => [...(part ?? [])])]);
}

function checkResponse({ name, pointer, operation }: Route, { status, responseBody, accept = '' }: Exchange): string[] {
  const label = `${name} response ${status}`;
  const described = operation.responses[status];
  if (!described) return [`${label}: status is not listed; known: ${Object.keys(operation.responses).join(', ')}`];
  if (status < 300 && NOT_JSON.test(accept)) return [];
  const bodiless = status === 204 || status === 304;
  if (!described.content) return bodiless && responseBody !== undefined ? [`${label}: must have no body`] : [];
  if (responseBody === undefined) return [`${label}: must have a body`];
  return complaints(bodyValidator(`${pointer}/responses/${status}/${JSON_CONTENT}`), responseBody, label);
}

/** What in a webhook's payload departs from GitHub's published description; empty when all is well. */
export function checkWebhook(event: string, payload: unknown): readonly string[] {
  const action = isObject(payload) && 'action' in payload ? `.${payload.action}` : '';
  const name = [event + action, event].find((candidate) => Object.hasOwn(description.webhooks, candidate));
  if (name === undefined) return [`webhook ${event}${action}: no such webhook in schemas/github.openapi.json`];
  const validate = bodyValidator(`/webhooks/${escapeStep(name)}/post/requestBody/${JSON_CONTENT}`);
  return complaints(validate, payload, `webhook ${name}`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Compiled at its first use, and kept by ajv. */
function bodyValidator(pointer: string): ValidateFunction {
  const validate = bodies.getSchema(`github#${pointer}`);
  if (!validate) throw new Error(`no such schema: ${pointer}`);
  return validate;
}

function complaints(validate: ValidateFunction, value: unknown, label: string): string[] {
  if (validate(value)) return [];
  const errors = validate.errors ?? [];
  const telling = errors.filter(({ keyword, params }) => keyword !== 'anyOf' && params.type !== 'null');
  const lines = (telling.length > 0 ? telling : errors).map((error) => {
    return `${label}${error.instancePath && ` ${error.instancePath}`}: ${messageOf(error)}`;
  });
  return [...new Set(lines)];
}

function messageOf({ keyword, message, params }: ErrorObject): string {
  if (keyword === 'additionalProperties') return `unknown ${JSON.stringify(params.additionalProperty)}`;
  if (keyword === 'enum') return `must be one of ${JSON.stringify(params.allowedValues)}`;
  if (keyword === 'type') return `must be ${[params.type].flat().join(' or ')}`;
  return message ?? keyword;
}

/**
 * A recording reverse proxy on 127.0.0.1 in front of `target`: passes every request on, keeps each exchange under
 * /api/v3. Links to next pages and redirections to `target` are turned to the recorder, so that it sees these too.
 */
export async function startRecorder(target: string): Promise<{
  readonly url: string;
  readonly exchanges: readonly Exchange[];
  /** Every request below /api that was answered, GraphQL's too: `GET /user`, `POST /graphql`. */
  readonly requests: readonly string[];
  readonly complaints: () => readonly string[];
  close(): Promise<void>;
}> {
  const exchanges: Exchange[] = [];
  const requests: string[] = [];
  const { origin } = new URL(target);
  const server = createServer((incoming, outgoing) => {
    const here = `http://${incoming.headers.host}`;
    const path = /^\/api(?:\/v3)?(\/.*)/s.exec(incoming.url ?? '')?.[1];
    if (path !== undefined) outgoing.on('finish', () => requests.push(`${incoming.method} ${path}`));
    pass({ incoming, outgoing, origin, here, record: (exchange) => exchanges.push(exchange) });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exchanges,
    requests,
    complaints: () => [...new Set(exchanges.flatMap(checkExchange))],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Passage {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly origin: string;
  readonly here: string;
  readonly record: (exchange: Exchange) => void;
}

function pass({ incoming, outgoing, origin, here, record }: Passage): void {
  const { method = 'GET', url = '/' } = incoming;
  const recorded = /^\/api\/v3(?=\/)(.*)/s.exec(url)?.[1];
  const onward = openOnward(incoming, origin, recorded !== undefined);
  const sent = recorded === undefined ? [] : collect(incoming);
  onward.on('response', (answer) => {
    const got = recorded === undefined ? [] : collect(answer);
    const { accept } = incoming.headers;
    answer.on('end', () => {
      if (recorded === undefined) return;
      const asked = { ...(accept !== undefined && { accept }), ...bodyOf('requestBody', sent) };
      record({ method, path: recorded, ...asked, status: answer.statusCode ?? 0, ...bodyOf('responseBody', got) });
    });
    outgoing.writeHead(answer.statusCode ?? 502, turnedHeaders(answer, origin, here));
    pipeline(answer, outgoing, () => {}); // a broken answer breaks the connection, as without a recorder
  });
  onward.on('error', () => outgoing.destroy());
  outgoing.on('close', () => onward.destroy());
  incoming.pipe(onward);
}

function openOnward(incoming: IncomingMessage, origin: string, readable: boolean): ClientRequest {
  const { hostname, port, host } = new URL(origin);
  const { connection: _, expect: __, ...headers } = incoming.headers;
  return openRequest({
    hostname,
    port,
    agent: false, // a kept connection to a target that was started again is a broken one
    method: incoming.method,
    path: incoming.url,
    headers: { ...headers, host, ...(readable && { 'accept-encoding': 'identity' }) },
  });
}

function turnedHeaders({ headers: { connection: _, ...headers } }: IncomingMessage, origin: string, here: string) {
  const { link, location } = headers;
  return {
    ...headers,
    ...(typeof link === 'string' && { link: link.replaceAll(origin, here) }),
    ...(location !== undefined && { location: location.replace(origin, here) }),
  };
}

function collect(stream: IncomingMessage): Buffer[] {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return chunks;
}

/** A body as what its JSON says, or as its text if that is not JSON; nothing if it is empty. */
function bodyOf(key: 'requestBody' | 'responseBody', chunks: readonly Buffer[]): Partial<Exchange> {
  const text = Buffer.concat(chunks).toString();
  if (text === '') return {};
  try {
    return { [key]: JSON.parse(text) };
  } catch {
    return { [key]: text };
  }
}

/**
 * Makes schemas/github.openapi.json: of GitHub's published descriptions only the operations and webhooks that Coalmine
 * meets, and of those only what validates. Written as JSON Schema 2020-12, so that ajv needs no OpenAPI extensions.
 *
 *   node scripts/trim-openapi.ts            fetch the packages, write the file
 *   node scripts/trim-openapi.ts --check    exit with 1 if the committed file differs (needs the network: by hand)
 *   ... --from DIR                          take the packed .tgz files from DIR, without the network
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const REST = { name: '@octokit/openapi', version: '23.0.2' };
const HOOKS = { name: '@octokit/openapi-webhooks', version: '12.1.0' };
const OUTPUT = join(import.meta.dirname, '../schemas/github.openapi.json');

/** Path -> methods; ~ stands for a repository. */
const OPERATIONS: Readonly<Record<string, string>> = {
  '/app': 'get',
  '/app/hook/deliveries': 'get',
  '/app/hook/deliveries/{delivery_id}': 'get',
  '/app/hook/deliveries/{delivery_id}/attempts': 'post',
  '/app/installations': 'get',
  '/app/installations/{installation_id}': 'get',
  '/app/installations/{installation_id}/access_tokens': 'post',
  '/installation/repositories': 'get',
  '/rate_limit': 'get',
  '/user': 'get',
  '/users/{username}': 'get',
  '~': 'get',
  '~/branches': 'get',
  '~/branches/{branch}': 'get',
  '~/check-runs': 'post',
  '~/check-runs/{check_run_id}': 'get patch',
  '~/check-runs/{check_run_id}/annotations': 'get',
  '~/check-runs/{check_run_id}/rerequest': 'post',
  '~/collaborators/{username}/permission': 'get',
  '~/commits': 'get',
  '~/commits/{commit_sha}/pulls': 'get',
  '~/commits/{ref}': 'get',
  '~/commits/{ref}/check-runs': 'get',
  '~/commits/{ref}/status': 'get',
  '~/commits/{ref}/statuses': 'get',
  '~/compare/{basehead}': 'get',
  '~/contents/{path}': 'get put',
  '~/git/blobs': 'post',
  '~/git/blobs/{file_sha}': 'get',
  '~/git/commits': 'post',
  '~/git/commits/{commit_sha}': 'get',
  '~/git/matching-refs/{ref}': 'get',
  '~/git/ref/{ref}': 'get',
  '~/git/refs': 'post',
  '~/git/refs/{ref}': 'delete patch',
  '~/git/trees': 'post',
  '~/git/trees/{tree_sha}': 'get',
  '~/installation': 'get',
  '~/issues/comments': 'get',
  '~/issues/comments/{comment_id}': 'delete get patch',
  '~/issues/comments/{comment_id}/reactions': 'get post',
  '~/issues/comments/{comment_id}/reactions/{reaction_id}': 'delete',
  '~/issues/{issue_number}': 'get',
  '~/issues/{issue_number}/comments': 'get post',
  '~/pulls': 'get post',
  '~/pulls/{pull_number}': 'get patch',
  '~/pulls/{pull_number}/commits': 'get',
  '~/pulls/{pull_number}/files': 'get',
  '~/pulls/{pull_number}/merge': 'put',
  '~/statuses/{sha}': 'post',
};

/** Event -> actions; an event without actions has none. */
const WEBHOOKS: Readonly<Record<string, string>> = {
  check_run: 'completed created requested_action rerequested',
  check_suite: 'completed requested rerequested',
  installation: 'created deleted',
  installation_repositories: 'added removed',
  issue_comment: 'created deleted edited',
  merge_group: 'checks_requested',
  pull_request: 'closed edited opened reopened synchronize',
  push: '',
  status: '',
};

/** Any operation may answer these, though most list few of them. GitHub's edge may answer 5xx in HTML: no schema. */
const COMMON: Readonly<Record<string, readonly string[]>> = {
  '400': ['basic-error'],
  '401': ['basic-error'],
  '403': ['basic-error'],
  '404': ['basic-error'],
  '422': ['validation-error', 'validation-error-simple'],
  '429': ['basic-error'],
  '500': [],
  '502': [],
  '503': [],
};

/** Where real answers differ from the description: schema and properties below it, in both descriptions. */
const NULLABLE = [
  // The head of a pull request from a deleted fork or user (github/rest-api-description issues 1811 and 5562).
  'pull-request head label',
  'pull-request head repo',
  'pull-request head user',
  'pull-request-simple head label',
  'pull-request-simple head repo',
  'webhook-pull-request-synchronize pull_request head label',
  // A changed submodule has no blob (github/rest-api-description issue 5563).
  'diff-entry blob_url',
  'diff-entry raw_url',
  'diff-entry sha',
];
const REPLACED: Readonly<Record<string, (schema: Schema) => Schema>> = {
  // Every error says what is wrong, though nothing in it is described as required.
  'basic-error': (schema) => ({ ...schema, required: ['message'] }),
  // A homepage that was emptied is "", which is no URI.
  'full-repository homepage': withoutFormat,
  'nullable-repository homepage': withoutFormat,
  'repository homepage': withoutFormat,
  'repository-webhooks homepage': withoutFormat,
  // GitHub sets this conclusion itself, on check runs that stay open for 14 days.
  'check-run conclusion': (schema) => ({ ...schema, enum: [...listIn(schema.enum), 'stale'].sort() }),
};
const REPLACED_IN_WEBHOOKS: typeof REPLACED = {
  // Payloads carry these as seconds since 1970.
  'installation created_at': orInteger,
  'installation updated_at': orInteger,
};

type Json = null | boolean | number | string | Json[] | Schema;
interface Schema {
  [keyword: string]: Json;
}
interface Media {
  readonly content?: { readonly 'application/json'?: { readonly schema: Schema } };
}
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Schema;
}
interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly (Parameter | Ref)[];
  readonly requestBody?: Media & { readonly required?: boolean };
  readonly responses: Readonly<Record<string, Media | Ref>>;
}
interface Ref {
  readonly $ref: string;
}
interface Components {
  readonly schemas: Readonly<Record<string, Schema>>;
  readonly parameters?: Readonly<Record<string, Parameter>>;
  readonly responses?: Readonly<Record<string, Media>>;
}
interface Description {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly webhooks?: Readonly<Record<string, { readonly post: Operation }>>;
  readonly components: Components;
}

const SCHEMAS = '#/components/schemas/';
const KEYWORDS = new Set(
  `$ref additionalProperties allOf anyOf const enum format items maxItems maxLength maxProperties maximum minItems
   minLength minProperties minimum not oneOf pattern properties required type uniqueItems`.split(/\s+/),
);
const FORMATS = new Set<Json | undefined>(['date-time', 'uri']);

/**
 * One schema with nothing but what validates, and with null as JSON Schema spells it. Its oneOf becomes anyOf: GitHub's
 * branches overlap (basic-error is true of every object), so that exactly one hardly ever matches.
 */
function trimSchema(schema: Schema): Schema {
  const trimmed: Schema = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (!KEYWORDS.has(keyword) || (keyword === 'format' && !FORMATS.has(value))) continue;
    const name = keyword === 'oneOf' ? 'anyOf' : keyword;
    trimmed[name] = keyword === 'enum' || keyword === 'const' ? value : trimKeyword(keyword, value);
  }
  return schema.nullable === true ? withNull(trimmed) : trimmed;
}

function trimKeyword(keyword: string, value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => (isSchema(item) ? trimSchema(item) : item));
  if (!isSchema(value)) return value;
  if (keyword !== 'properties') return trimSchema(value);
  return Object.fromEntries(Object.entries(value).map(([name, sub]) => [name, isSchema(sub) ? trimSchema(sub) : sub]));
}

function isSchema(value: Json | undefined): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listIn(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

function withNull(schema: Schema): Schema {
  const combined = ['$ref', 'allOf', 'anyOf', 'not'].some((keyword) => keyword in schema);
  if (combined) return { anyOf: [schema, { type: 'null' }] };
  const { type, enum: values } = schema;
  return {
    ...schema,
    ...(typeof type === 'string' && { type: [type, 'null'] }),
    ...(Array.isArray(values) && !values.includes(null) && { enum: [...values, null] }),
  };
}

function withoutFormat({ format: _, ...schema }: Schema): Schema {
  return schema;
}

function orInteger(schema: Schema): Schema {
  return { anyOf: [schema, { type: 'integer' }] };
}

/** Makes the corrections to the schemas of one description; returns the places that it found. */
function correct(schemas: Map<string, Schema>, corrections: typeof REPLACED): string[] {
  return Object.entries(corrections).flatMap(([place, replace]) => {
    const [name = '', ...steps] = place.split(' ');
    const last = steps.pop() ?? name;
    const parent = steps.reduce((schema, step) => property(schema, step), schemas.get(name));
    const found = last === name ? parent : property(parent, last);
    if (!found) return [];
    if (last === name) schemas.set(name, replace(found));
    else if (isSchema(parent?.properties)) parent.properties[last] = replace(found);
    return [place];
  });
}

function property(schema: Schema | undefined, name: string): Schema | undefined {
  const found = isSchema(schema?.properties) ? schema.properties[name] : undefined;
  return isSchema(found) ? found : undefined;
}

/** Both descriptions' schemas, trimmed and corrected; a correction without a place is out of date. */
function trimSchemas(rest: Components, hooks: Components) {
  const trimmed = [rest, hooks].map(
    ({ schemas }) => new Map(Object.entries(schemas).map(([name, schema]) => [name, trimSchema(schema)])),
  );
  const [ofRest = new Map(), ofHooks = new Map()] = trimmed;
  const everywhere = { ...Object.fromEntries(NULLABLE.map((place) => [place, withNull])), ...REPLACED };
  const made = new Set([
    ...correct(ofRest, everywhere),
    ...correct(ofHooks, { ...everywhere, ...REPLACED_IN_WEBHOOKS }),
  ]);
  const unmade = Object.keys({ ...everywhere, ...REPLACED_IN_WEBHOOKS }).filter((place) => !made.has(place));
  if (unmade.length > 0) throw new Error(`corrections without a place: ${unmade.join(', ')}`);
  return { ofRest, ofHooks };
}

function trimOperation(method: string, operation: Operation, components: Components): Schema {
  const { requestBody } = operation;
  const body = requestBody?.content?.['application/json'];
  const responses = Object.entries(operation.responses).map(([status, response]): [string, Schema] => {
    const found = '$ref' in response ? components.responses?.[nameIn(response)] : response;
    if (!found) throw new Error(`no such response: ${JSON.stringify(response)}`);
    const media = found.content?.['application/json'];
    return [status, media ? content(trimSchema(media.schema)) : {}];
  });
  return {
    ...(operation.parameters && { parameters: trimParameters(operation.parameters, components) }),
    ...(body && { requestBody: { ...content(trimSchema(body.schema)), required: requestBody?.required === true } }),
    responses: { ...Object.fromEntries(responses), ...commonResponses(method) },
  };
}

function commonResponses(method: string): Schema {
  const statuses = Object.entries(COMMON).map(([status, names]): [string, Schema] => {
    const anyOf = names.map((name) => ({ $ref: SCHEMAS + name }));
    return [status, anyOf.length > 0 ? content({ anyOf }) : {}];
  });
  return { ...(method === 'get' && { '304': {} }), ...Object.fromEntries(statuses) };
}

function trimParameters(parameters: readonly (Parameter | Ref)[], components: Components): Json[] {
  return parameters.map((parameter) => {
    const found = '$ref' in parameter ? components.parameters?.[nameIn(parameter)] : parameter;
    if (!found) throw new Error(`no such parameter: ${JSON.stringify(parameter)}`);
    return { name: found.name, in: found.in, required: found.required === true, schema: trimSchema(found.schema) };
  });
}

function content(schema: Schema): Schema {
  return { content: { 'application/json': { schema } } };
}

function nameIn({ $ref }: Ref): string {
  return $ref.slice($ref.lastIndexOf('/') + 1);
}

function trimPaths(description: Description): Schema {
  const paths: Schema = {};
  for (const [short, methods] of Object.entries(OPERATIONS)) {
    const path = short.replace('~', '/repos/{owner}/{repo}');
    const operations = methods.split(' ').map((method): [string, Schema] => {
      const operation = description.paths?.[path]?.[method];
      if (!operation) throw new Error(`not described: ${method} ${path}`);
      return [method, trimOperation(method, operation, description.components)];
    });
    paths[path] = Object.fromEntries(operations);
  }
  return paths;
}

function trimWebhooks(description: Description): Schema {
  const byId = new Map(Object.values(description.webhooks ?? {}).map(({ post }) => [post.operationId, post]));
  const webhooks: Schema = {};
  for (const [event, actions] of Object.entries(WEBHOOKS)) {
    for (const action of actions.split(' ')) {
      const id = [event, action].filter(Boolean).join('/').replaceAll('_', '-');
      const operation = byId.get(id);
      const media = operation?.requestBody?.content?.['application/json'];
      if (!media) throw new Error(`not described: webhook ${id}`);
      const requestBody = { ...content(trimSchema(media.schema)), required: true };
      webhooks[[event, action].filter(Boolean).join('.')] = { post: { requestBody } };
    }
  }
  return webhooks;
}

/** The names of the schemas that a piece of the description refers to. */
function referred(value: Json): string[] {
  return [...JSON.stringify(value).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map((match) =>
    String(match[1]),
  );
}

/** The names that mean the same in both descriptions: equal themselves, and so is all that they refer to. */
function sharedNames(rest: ReadonlyMap<string, Schema>, hooks: ReadonlyMap<string, Schema>): Set<string> {
  const same = ([name, schema]: [string, Schema]) => serialize(schema) === serialize(rest.get(name) ?? null);
  const shared = new Map([...hooks].filter(same));
  for (let before = -1; before !== shared.size; ) {
    before = shared.size;
    for (const [name, schema] of shared) if (!referred(schema).every((other) => shared.has(other))) shared.delete(name);
  }
  return new Set(shared.keys());
}

/** The two descriptions' schemas in one name space: a webhooks' schema that REST has differently is `webhooks.NAME`. */
function mergeSchemas(rest: Map<string, Schema>, hooks: Map<string, Schema>, webhooks: Schema) {
  const shared = sharedNames(rest, hooks);
  const rename = (value: Schema): Schema =>
    JSON.parse(JSON.stringify(value), (keyword, item: Json) => {
      if (keyword !== '$ref' || typeof item !== 'string') return item;
      const name = item.slice(SCHEMAS.length);
      return shared.has(name) ? item : `${SCHEMAS}webhooks.${name}`;
    });
  const schemas = new Map(rest);
  for (const [name, schema] of hooks) if (!shared.has(name)) schemas.set(`webhooks.${name}`, rename(schema));
  return { schemas, webhooks: rename(webhooks) };
}

function reachable(schemas: ReadonlyMap<string, Schema>, from: Json): Schema {
  const kept: Schema = {};
  const waiting = referred(from);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (name in kept) continue;
    const schema = schemas.get(name);
    if (!schema) throw new Error(`no such schema: ${name}`);
    kept[name] = schema;
    waiting.push(...referred(schema));
  }
  return kept;
}

/** Sorted keys; a line for each entry of the objects down to `depth`. */
function serialize(value: Json, depth = 0): string {
  if (Array.isArray(value)) return `[${value.map((item) => serialize(item)).join(',')}]`;
  if (!isSchema(value)) return JSON.stringify(value);
  const gap = depth > 0 ? '\n' : '';
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  const texts = entries.map(([key, item]) => `${JSON.stringify(key)}:${serialize(item, depth - 1)}`);
  return `{${gap}${texts.join(`,${gap}`)}${gap}}`;
}

function readPackage({ name, version }: typeof REST, folder: string): Description {
  const file = join(folder, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
  const text = execFileSync('tar', ['-xzOf', file, 'package/generated/api.github.com.json'], { maxBuffer: 2 ** 28 });
  return JSON.parse(text.toString());
}

function readPackages(from: string | undefined): { rest: Description; hooks: Description } {
  if (from !== undefined) return { rest: readPackage(REST, from), hooks: readPackage(HOOKS, from) };
  const folder = mkdtempSync(join(tmpdir(), 'trim-openapi-'));
  try {
    const specs = [REST, HOOKS].map(({ name, version }) => `${name}@${version}`);
    execFileSync('npm', ['pack', ...specs, '--pack-destination', folder], { stdio: ['ignore', 'ignore', 'inherit'] });
    return readPackages(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function trim(rest: Description, hooks: Description): string {
  const paths = trimPaths(rest);
  const { ofRest, ofHooks } = trimSchemas(rest.components, hooks.components);
  const merged = mergeSchemas(ofRest, ofHooks, trimWebhooks(hooks));
  const { webhooks } = merged;
  const schemas = reachable(merged.schemas, { paths, webhooks });
  const version = [REST, HOOKS].map((source) => `${source.name} ${source.version}`).join(', ');
  const lines = [
    `"openapi":"3.1.0"`,
    `"info":${serialize({ title: 'GitHub, trimmed by scripts/trim-openapi.ts', version })}`,
    `"paths":${serialize(paths, 1)}`,
    `"webhooks":${serialize(webhooks, 1)}`,
    `"components":{"schemas":${serialize(schemas, 1)}}`,
  ];
  return `{\n${lines.join(',\n')}\n}\n`;
}

const { values: flags } = parseArgs({ options: { check: { type: 'boolean' }, from: { type: 'string' } } });
const { rest, hooks } = readPackages(flags.from);
const text = trim(rest, hooks);
if (!flags.check) {
  writeFileSync(OUTPUT, text);
} else if (readFileSync(OUTPUT, 'utf8') !== text) {
  console.error('schemas/github.openapi.json differs from what GitHub publishes: run scripts/trim-openapi.ts');
  process.exitCode = 1;
}

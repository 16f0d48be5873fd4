import {
  type Components,
  type Description,
  isSchema,
  type Json,
  type Operation,
  type Parameter,
  type Ref,
  type Schema,
  trimSchema,
  withNull,
} from './schema.ts';
import { COMMON, NULLABLE, OPERATIONS, REPLACED, REPLACED_IN_WEBHOOKS, WEBHOOKS } from './selection.ts';

const SCHEMAS = '#/components/schemas/';

/** Applies the corrections to the schemas of one description; returns the places that it found. */
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

/** Trims and corrects the schemas of both descriptions. Throws if a correction matches no place. */
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

/** The names of the schemas to which a part of the description refers. */
function referred(value: Json): string[] {
  return [...JSON.stringify(value).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map((match) =>
    String(match[1]),
  );
}

/** The names with equal schemas in both descriptions, including all schemas to which they refer. */
function sharedNames(rest: ReadonlyMap<string, Schema>, hooks: ReadonlyMap<string, Schema>): Set<string> {
  const same = ([name, schema]: [string, Schema]) => serialize(schema) === serialize(rest.get(name) ?? null);
  const shared = new Map([...hooks].filter(same));
  for (let before = -1; before !== shared.size; ) {
    before = shared.size;
    for (const [name, schema] of shared) if (!referred(schema).every((other) => shared.has(other))) shared.delete(name);
  }
  return new Set(shared.keys());
}

/** Merges the schemas of both descriptions: a webhook schema that differs from REST's becomes `webhooks.NAME`. */
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

/** Formats JSON with sorted keys, one line per entry of the objects down to `depth`. */
function serialize(value: Json, depth = 0): string {
  if (Array.isArray(value)) return `[${value.map((item) => serialize(item)).join(',')}]`;
  if (!isSchema(value)) return JSON.stringify(value);
  const gap = depth > 0 ? '\n' : '';
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  const texts = entries.map(([key, item]) => `${JSON.stringify(key)}:${serialize(item, depth - 1)}`);
  return `{${gap}${texts.join(`,${gap}`)}${gap}}`;
}

/** Formats the trimmed description: the validating parts of the selected operations and webhooks. */
export function trim(rest: Description, hooks: Description, info: Schema): string {
  const paths = trimPaths(rest);
  const { ofRest, ofHooks } = trimSchemas(rest.components, hooks.components);
  const merged = mergeSchemas(ofRest, ofHooks, trimWebhooks(hooks));
  const { webhooks } = merged;
  const schemas = reachable(merged.schemas, { paths, webhooks });
  const lines = [
    `"openapi":"3.1.0"`,
    `"info":${serialize(info)}`,
    `"paths":${serialize(paths, 1)}`,
    `"webhooks":${serialize(webhooks, 1)}`,
    `"components":{"schemas":${serialize(schemas, 1)}}`,
  ];
  return `{\n${lines.join(',\n')}\n}\n`;
}

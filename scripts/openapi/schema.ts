export type Json = null | boolean | number | string | Json[] | Schema;
export interface Schema {
  [keyword: string]: Json;
}
export interface Media {
  readonly content?: { readonly 'application/json'?: { readonly schema: Schema } };
}
export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Schema;
}
export interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly (Parameter | Ref)[];
  readonly requestBody?: Media & { readonly required?: boolean };
  readonly responses: Readonly<Record<string, Media | Ref>>;
}
export interface Ref {
  readonly $ref: string;
}
export interface Components {
  readonly schemas: Readonly<Record<string, Schema>>;
  readonly parameters?: Readonly<Record<string, Parameter>>;
  readonly responses?: Readonly<Record<string, Media>>;
}
export interface Description {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly webhooks?: Readonly<Record<string, { readonly post: Operation }>>;
  readonly components: Components;
}

const KEYWORDS = new Set(
  `$ref additionalProperties allOf anyOf const enum format items maxItems maxLength maxProperties maximum minItems
   minLength minProperties minimum not oneOf pattern properties required type uniqueItems`.split(/\s+/),
);
const FORMATS = new Set<Json | undefined>(['date-time', 'uri']);

/**
 * Reduces a schema to its validating parts, with null in JSON Schema's form. Its oneOf becomes anyOf: GitHub's branches
 * overlap (basic-error matches every object), so exactly one match is rare.
 */
export function trimSchema(schema: Schema): Schema {
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

export function isSchema(value: Json | undefined): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function listIn(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

export function withNull(schema: Schema): Schema {
  const combined = ['$ref', 'allOf', 'anyOf', 'not'].some((keyword) => keyword in schema);
  if (combined) return { anyOf: [schema, { type: 'null' }] };
  const { type, enum: values } = schema;
  return {
    ...schema,
    ...(typeof type === 'string' && { type: [type, 'null'] }),
    ...(Array.isArray(values) && !values.includes(null) && { enum: [...values, null] }),
  };
}

export function withoutFormat({ format: _, ...schema }: Schema): Schema {
  return schema;
}

export function orInteger(schema: Schema): Schema {
  return { anyOf: [schema, { type: 'integer' }] };
}

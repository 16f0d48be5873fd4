import { Ajv2020, type ErrorObject, type FuncKeywordDefinition, type SchemaObject } from 'ajv/dist/2020.js';

/** How schemas are compiled: all errors, each with its data. The schemas themselves are held against theirs by a test. */
export const AJV_OPTIONS = {
  allErrors: true,
  verbose: true,
  strict: true,
  strictTypes: false,
  allowUnionTypes: true,
  meta: false,
  validateSchema: false,
  code: { optimize: false }, // costs more than it gives
} as const;

/** Holds a value against one of the definitions (`$defs`) of a schema. */
export type CheckDefinition = (name: string, value: unknown) => readonly ErrorObject[];

/**
 * The definitions of a schema, each compiled when a value first meets it: all of Kubernetes' pod would take longer to
 * compile than everything else that a start does, and of its 150 definitions an ordinary service meets ten.
 */
export function definitionsOf(schema: SchemaObject): CheckDefinition {
  const ajv = new Ajv2020(AJV_OPTIONS);
  const compiled = new Map<string, ReturnType<typeof ajv.compile>>();
  const compile = (name: string) => {
    const before = compiled.get(name);
    if (before) return before;
    const definition = schema.$defs?.[name];
    if (!definition) throw new Error(`no such definition: ${name}`);
    const now = ajv.compile(withSmallOnes(definition, schema.$defs));
    compiled.set(name, now);
    return now;
  };

  let found: ErrorObject[] = []; // below references; ajv would file them under the reference itself
  ajv.removeKeyword('$ref');
  ajv.addKeyword({
    keyword: '$ref',
    schemaType: 'string',
    compile: (ref: string) => {
      let check: ReturnType<typeof compile> | undefined;
      return (value, context) => {
        check ??= compile(ref.slice(DEFINITIONS.length));
        if (!check(value, context)) found.push(...(check.errors ?? []));
        return true;
      };
    },
  });
  ajv.addKeyword({ keyword: 'oneKey', type: 'object', schemaType: 'object', validate: oneKey });
  ajv.addKeyword({ keyword: 'weightsOfHundred', type: 'array', schemaType: 'boolean', validate: weightsOfHundred });
  ajv.addKeyword({ keyword: LIST_KEYS, type: 'array', schemaType: 'array', validate: listKeys });

  return (name, value) => {
    const check = compile(name);
    found = [];
    check(value);
    return [...(check.errors ?? []), ...found];
  };
}

const DEFINITIONS = '#/$defs/';

/** Definitions of at most this many characters are put in the place of their references: a call would cost more. */
const SMALL = 300;

function withSmallOnes(schema: SchemaObject, definitions: Readonly<Record<string, SchemaObject>>): SchemaObject {
  if (Array.isArray(schema)) return schema.map((item) => withSmallOnes(item, definitions));
  if (schema === null || typeof schema !== 'object') return schema;
  const { $ref, ...rest } = schema;
  const target = typeof $ref === 'string' ? definitions[$ref.slice(DEFINITIONS.length)] : undefined;
  const own = Object.entries(rest).map(([key, value]) => [key, withSmallOnes(value, definitions)] as const);
  if (!target) return { ...schema, ...Object.fromEntries(own) };
  const isSmall = JSON.stringify(target).length <= SMALL && own.every(([key]) => !Object.hasOwn(target, key));
  return { ...(isSmall ? withSmallOnes(target, definitions) : { $ref }), ...Object.fromEntries(own) };
}

type Keyword = NonNullable<FuncKeywordDefinition['validate']>;

/** Of the keys that it names, or of all but some, an object has one (`needed`), and never two. */
const oneKey: Keyword = (
  { keys, but = [], needed }: { keys?: readonly string[]; but?: readonly string[]; needed: boolean },
  data: Readonly<Record<string, unknown>>,
  parent,
) => {
  const known = keys ?? Object.keys(parent?.properties ?? {}).filter((key) => !but.includes(key));
  const found = Object.keys(data).filter((key) => known.includes(key) && data[key] !== ''); // empty is as if it weren't there
  if (found.length === 1 || (found.length === 0 && !needed)) return true;
  oneKey.errors = [{ keyword: 'oneKey', params: { keys: known, found } }];
  return false;
};

/** The weights of a list of destinations are percents. */
const weightsOfHundred: Keyword = (_: true, data: readonly { readonly weight?: unknown }[]) => {
  const sum = data.reduce((total, { weight }) => total + (typeof weight === 'number' ? weight : 0), 0);
  weightsOfHundred.errors = [{ keyword: 'weightsOfHundred', params: { sum } }];
  return sum === 100;
};

/** Kubernetes' own keyword: no two entries of the list share these keys, or server-side apply refuses the object. */
const LIST_KEYS = 'x-kubernetes-list-map-keys';

const listKeys: Keyword = (keys: readonly string[], data: readonly unknown[]) => {
  const seen = new Map<string, number>();
  const errors: Partial<ErrorObject>[] = [];
  data.forEach((item, entry) => {
    const fields = (item ?? {}) as Readonly<Record<string, unknown>>;
    if (fields[keys[0] ?? ''] === undefined) return; // said elsewhere
    const told = JSON.stringify(keys.map((key) => fields[key] ?? KEY_DEFAULTS[key]));
    const like = seen.get(told);
    if (like === undefined) seen.set(told, entry);
    else errors.push({ keyword: LIST_KEYS, params: { keys, entry, like } });
  });
  listKeys.errors = errors;
  return errors.length === 0;
};

/** What a key of a list's entries is where it isn't written. */
const KEY_DEFAULTS: Readonly<Record<string, unknown>> = { protocol: 'TCP' };

import {
  Ajv2020,
  type AnySchemaObject,
  type ErrorObject,
  type SchemaObject,
  type ValidateFunction,
} from 'ajv/dist/2020.js';
import type { Finding } from './finding.ts';
import { nearest } from './nearest.ts';
import { join, keysOf } from './pointer.ts';
import type { PlainScalar, YamlDocument } from './yaml/document.ts';
import { doubleQuoted, isAmbiguous, isPlainInteger } from './yaml/scalar.ts';

/** What a document is after its schema was held against it: what is wrong, and the data as it was meant. */
export interface Shape {
  readonly findings: readonly Finding[];
  /** The document's data; a scalar that is wrongly unquoted is the string that was written. */
  readonly value: unknown;
}

/** A JSON schema, compiled: gives the findings for a document, each fault once. */
export type CheckShape = (document: YamlDocument) => Shape;

/** Compiles a schema (JSON Schema 2020-12) into a check with findings at the lines. */
export function compileShape(schema: SchemaObject): CheckShape {
  const ajv = new Ajv2020({ allErrors: true, verbose: true, strict: true, strictTypes: false, allowUnionTypes: true });
  const validate = ajv.compile(schema);
  return (document) => checkShape(document, validate);
}

function checkShape(document: YamlDocument, validate: ValidateFunction): Shape {
  validate(document.value);
  const errors = validate.errors ?? [];
  const values = new Map(document.plain.filter(({ isKey }) => !isKey).map((scalar) => [scalar.path, scalar]));
  const replaced = new Map<string, string>();
  const findings = new Map<string, Finding>();
  const add = (finding: Finding) => {
    if (!findings.has(finding.path)) findings.set(finding.path, finding);
  };

  for (const error of errors) {
    const scalar = values.get(error.instancePath);
    if (scalar && scalar.source !== '' && wantsString(error)) {
      replaced.set(scalar.path, scalar.source);
      add(ambiguous(document, scalar));
    }
  }
  const meantKeys = new Set(errors.map(keyMeant));
  for (const error of errors) {
    if (error.keyword === 'required' && meantKeys.has(join(error.instancePath, error.params.missingProperty))) continue; // a typo, said at its place
    const finding = shapeFinding(document, error, values);
    if (finding) add(finding);
  }
  for (const scalar of document.plain) {
    const found = scalar.isKey ? ambiguousKey(document, scalar) : misreadValue(document, scalar);
    if (!found) continue;
    if (!scalar.isKey && found.rule === 'ambiguous-scalar') replaced.set(scalar.path, scalar.source);
    add(found);
  }
  return {
    findings: [...findings.values()],
    value: replaced.size > 0 ? withReplaced(document.value, replaced) : document.value,
  };
}

function wantsString(error: ErrorObject): boolean {
  return error.keyword === 'type' && [error.params.type].flat().includes('string');
}

/** Places where plain integers and booleans may stand for strings: an environment variable's value. */
const AS_WRITTEN = /^\/(?:defaults|deployment\/[^/]+)\/env\/(?:[^/]+|[0-9]+\/value)$/;

function misreadValue(document: YamlDocument, scalar: PlainScalar): Finding | undefined {
  const value = valueAt(document.value, scalar.path);
  if (typeof value === 'string') return isAmbiguous(scalar.source) ? ambiguous(document, scalar) : undefined;
  if (AS_WRITTEN.test(scalar.path)) {
    if (isPlainInteger(scalar.source) || /^(?:true|false)$/.test(scalar.source) || value === null) return undefined;
    return ambiguous(document, scalar);
  }
  if (typeof value !== 'number' || isPlainInteger(scalar.source)) return undefined;
  return {
    rule: 'schema',
    severity: 'error',
    file: document.file,
    path: scalar.path,
    range: document.rangeOf(scalar.path),
    message: `${scalar.source} is not the same number to every reader of YAML; write ${value}`,
    replacement: String(value),
  };
}

function ambiguous(document: YamlDocument, scalar: PlainScalar): Finding {
  return {
    rule: 'ambiguous-scalar',
    severity: 'error',
    file: document.file,
    path: scalar.path,
    range: scalar.isKey ? document.keyRangeOf(scalar.path) : document.rangeOf(scalar.path),
    message: `${scalar.source} is a string here, but without quotes not every reader of YAML takes it as one; write ${doubleQuoted(scalar.source)}`,
    replacement: doubleQuoted(scalar.source),
  };
}

function ambiguousKey(document: YamlDocument, scalar: PlainScalar): Finding | undefined {
  return isAmbiguous(scalar.source) ? ambiguous(document, scalar) : undefined;
}

function shapeFinding(
  document: YamlDocument,
  error: ErrorObject,
  values: ReadonlyMap<string, PlainScalar>,
): Finding | undefined {
  const base = { rule: 'schema', severity: 'error', file: document.file } as const;
  const at = error.instancePath;
  if (error.keyword === 'additionalProperties') {
    const key = String(error.params.additionalProperty);
    const known = knownKeys(error);
    const meant = nearest(key, known);
    return {
      ...base,
      path: join(at, key),
      range: document.keyRangeOf(join(at, key)),
      message: `unknown key "${key}"${meant === undefined ? `; known keys: ${known.join(', ')}` : `; did you mean "${meant}"?`}`,
      ...(meant === undefined ? {} : { replacement: meant }),
    };
  }
  if (error.keyword === 'required') {
    const key = String(error.params.missingProperty);
    return {
      ...base,
      path: join(at, key),
      range: document.keyRangeOf(at),
      message:
        at === '' && document.value === null
          ? `the file is empty; it needs "${key}"`
          : `"${key}" is missing${below(at)}`,
    };
  }
  if (error.keyword === 'propertyNames') {
    const key = String(error.params.propertyName);
    return {
      ...base,
      path: join(at, key),
      range: document.keyRangeOf(join(at, key)),
      message: `"${key}" can't be used as a name here`,
    };
  }
  if (error.propertyName !== undefined) return undefined; // said by propertyNames
  const replacement = numberMeant(error, values.get(at)?.source ?? error.data);
  return {
    ...base,
    path: at,
    range: at === '' ? document.keyRangeOf('') : document.rangeOf(at),
    message: wrongValue(error),
    ...(replacement === undefined ? {} : { replacement }),
  };
}

function knownKeys(error: ErrorObject): readonly string[] {
  return Object.keys((error.parentSchema?.properties as object | undefined) ?? {});
}

/** The place of the key that an unknown key most likely meant. */
function keyMeant(error: ErrorObject): string | undefined {
  if (error.keyword !== 'additionalProperties') return undefined;
  const meant = nearest(String(error.params.additionalProperty), knownKeys(error));
  return meant === undefined ? undefined : join(error.instancePath, meant);
}

function below(at: string): string {
  return at === '' ? '' : ` below "${keysOf(at).at(-1)}"`;
}

function wrongValue({ keyword, data, params, parentSchema }: ErrorObject): string {
  const written = show(data);
  switch (keyword) {
    case 'type':
    case 'minimum':
    case 'maximum':
      return `${written} must be ${described(parentSchema ?? {})}`;
    case 'enum':
      return `${written} must be one of ${(params.allowedValues as unknown[]).join(', ')}`;
    case 'minLength':
      return 'must not be empty';
    case 'minProperties':
      return 'needs at least one entry';
    case 'minItems':
      return 'needs at least one entry';
    case 'maxProperties':
      return 'takes one entry only';
    case 'pattern':
      return `${written} has characters that can't stand here (it must match ${params.pattern})`;
    default:
      return `${written} can't stand here`;
  }
}

function show(data: unknown): string {
  if (data === null || data === undefined) return 'nothing';
  if (Array.isArray(data)) return 'a list';
  if (typeof data === 'object') return 'a map';
  const text = JSON.stringify(data);
  return text.length > 60 ? `${text.slice(0, 57)}..."` : text;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  object: 'a map (key: value)',
  array: 'a list',
  string: 'a string',
  integer: 'a whole number',
  boolean: 'true or false',
};

function described(schema: AnySchemaObject): string {
  const types = [schema.type]
    .flat()
    .filter((type) => type !== 'null')
    .map((type) => TYPE_NAMES[String(type)] ?? String(type));
  const { minimum, maximum } = schema;
  const within = minimum !== undefined && maximum !== undefined ? ` from ${minimum} to ${maximum}` : '';
  return `${types.join(' or ')}${within}`;
}

/** "50%" or "50" where a number is wanted: the number. */
function numberMeant({ keyword, parentSchema }: ErrorObject, written: unknown): string | undefined {
  if (keyword !== 'type' || parentSchema?.type !== 'integer') return undefined;
  const digits = /^(0|[1-9][0-9]{0,8})\s*%?$/.exec(String(written))?.[1];
  if (digits === undefined || Number(digits) > (parentSchema.maximum ?? Infinity)) return undefined;
  return digits;
}

function valueAt(value: unknown, path: string): unknown {
  let at = value;
  for (const key of keysOf(path)) at = (at as Record<string, unknown> | null)?.[key];
  return at;
}

function withReplaced(value: unknown, replaced: ReadonlyMap<string, string>, path = ''): unknown {
  const instead = replaced.get(path);
  if (instead !== undefined) return instead;
  if (Array.isArray(value)) return value.map((item, index) => withReplaced(item, replaced, join(path, index)));
  if (value === null || typeof value !== 'object') return value;
  const copy: Record<string, unknown> = Object.create(null);
  for (const [key, item] of Object.entries(value)) copy[key] = withReplaced(item, replaced, join(path, key));
  return copy;
}

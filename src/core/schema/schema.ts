import { Ajv2020, type ErrorObject, type SchemaObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Finding } from '../model/finding.ts';
import { join } from '../model/pointer.ts';
import type { PlainScalar, YamlDocument } from '../yaml/parsed.ts';
import { doubleQuoted, isAmbiguous, isPlainInteger } from '../yaml/scalar.ts';
import { AJV_OPTIONS } from './definitions.ts';
import { faultsOf, unknownKey } from './fault.ts';

/** What a document is after its schema was held against it: what is wrong, and the data as it was meant. */
export interface Shape {
  readonly findings: readonly Finding[];
  /** The document's data; a scalar that is wrongly unquoted is the string that was written. */
  readonly value: unknown;
}

/** A JSON schema, compiled: gives the findings for a document, each fault once. */
export type CheckShape = (document: YamlDocument) => Shape;

/** Compiles a schema (JSON Schema 2020-12) into a check with findings at the lines; `others` are those it refers to. */
export function compileShape(schema: SchemaObject, others: Readonly<Record<string, SchemaObject>> = {}): CheckShape {
  const ajv = new Ajv2020(AJV_OPTIONS);
  for (const [name, other] of Object.entries(others)) ajv.addSchema(withoutKubernetes(other), name);
  const validate = ajv.compile(withoutKubernetes(schema));
  return (document) => checkShape(document, validate);
}

/** Kubernetes' own fields are judged in what is rendered, all layers merged; the references to them are for editors. */
function withoutKubernetes(schema: SchemaObject): SchemaObject {
  const isTheirs = (key: string, value: unknown) =>
    key === '$ref' && typeof value === 'string' && value.startsWith('kubernetes.schema.json#');
  return JSON.parse(JSON.stringify(schema), (key, value) => (isTheirs(key, value) ? undefined : value));
}

function checkShape(document: YamlDocument, validate: ValidateFunction): Shape {
  validate(document.value);
  const errors = validate.errors ?? [];
  const values = new Map(document.plain.filter(({ isKey }) => !isKey).map((scalar) => [scalar.path, scalar]));
  const replaced = new Map<string, string>();
  const findings = new Map<string, Finding>(); // one for each key, and one for each value
  const add = (finding: Finding, about: 'key' | 'value') => {
    const place = `${about} ${finding.path}`;
    if (!findings.has(place)) findings.set(place, finding);
  };

  for (const error of errors) {
    const scalar = values.get(error.instancePath);
    if (scalar && scalar.source !== '' && wantsString(error)) {
      replaced.set(scalar.path, scalar.source);
      add(ambiguous(document, scalar), 'value');
    }
  }
  const unknown = new Map(errors.flatMap((error) => unknownKey(error) ?? []).map((key) => [key.path, key]));
  const writtenAt = (path: string) => values.get(path)?.source;
  for (const { about, ...fault } of faultsOf(errors, { root: document.value, writtenAt, shownAt: (path) => path })) {
    const range = about === 'key' ? document.keyRangeOf(fault.path) : document.rangeOf(fault.path);
    add({ rule: 'schema', severity: 'error', file: document.file, range, ...fault }, about);
  }
  for (const scalar of document.plain) {
    const found = scalar.isKey ? ambiguousKey(document, scalar) : misreadValue(document, scalar);
    if (!found || isBelow(scalar.path, unknown)) continue;
    if (!scalar.isKey && found.rule === 'ambiguous-scalar') replaced.set(scalar.path, scalar.source);
    add(found, scalar.isKey ? 'key' : 'value');
  }
  return {
    findings: [...findings.values()],
    value: replaced.size > 0 ? withReplaced(document.value, replaced) : document.value,
  };
}

/** Whether a path leads through one of these keys. */
function isBelow(path: string, keys: ReadonlyMap<string, unknown>): boolean {
  if (keys.size === 0) return false;
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1))
    if (keys.has(path.slice(0, at))) return true;
  return false;
}

function wantsString(error: ErrorObject): boolean {
  return error.keyword === 'type' && [error.params.type].flat().includes('string');
}

/** Places where plain integers and booleans may stand for strings: an environment variable's value. */
const AS_WRITTEN = /^(?:\/stages\/[^/]+)?\/(?:defaults|deployment\/[^/]+)\/env\/(?:[^/]+|[0-9]+\/value)$/;

/** The severity of a rule in the settings: `off` is the word for it, and only we read that file. */
const SEVERITY = /^(?:\/stages\/[^/]+)?\/rules\/[^/]+$/;

function misreadValue(document: YamlDocument, scalar: PlainScalar): Finding | undefined {
  const { value } = scalar;
  if (scalar.source === 'off' && SEVERITY.test(scalar.path)) return undefined;
  if (typeof value === 'string') return isAmbiguous(scalar.source) ? ambiguous(document, scalar) : undefined;
  if (AS_WRITTEN.test(scalar.path)) {
    if (isPlainInteger(scalar.source) || /^(?:true|false)$/.test(scalar.source) || value === null) return undefined;
    return ambiguous(document, scalar);
  }
  if (typeof value !== 'number' || String(value) === scalar.source) return undefined;
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

function withReplaced(value: unknown, replaced: ReadonlyMap<string, string>, path = ''): unknown {
  const instead = replaced.get(path);
  if (instead !== undefined) return instead;
  if (Array.isArray(value)) return value.map((item, index) => withReplaced(item, replaced, join(path, index)));
  if (value === null || typeof value !== 'object') return value;
  const copy: Record<string, unknown> = Object.create(null);
  for (const [key, item] of Object.entries(value)) copy[key] = withReplaced(item, replaced, join(path, key));
  return copy;
}

import { isSchema, type Json, type Schema } from '../openapi/schema.ts';
import { CONSTRAINTS } from './constraints.ts';

/** The kinds that Coalmine's charts render; the definitions that they refer to are included. */
const KINDS = [
  'io.k8s.api.apps.v1.Deployment',
  'io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler',
  'io.k8s.api.core.v1.Namespace',
  'io.k8s.api.core.v1.Service',
  'io.k8s.api.core.v1.ServiceAccount',
  'io.k8s.api.policy.v1.PodDisruptionBudget',
  'io.k8s.api.rbac.v1.ClusterRole',
  'io.k8s.api.rbac.v1.RoleBinding',
];

/** Fields that only the cluster writes. */
const WRITTEN_BY_THE_CLUSTER = new Set(['status', 'managedFields']);

/** Keywords that are kept. The last names the keys of a list's entries: server-side apply refuses two entries with equal keys. */
const KEPT = new Set(
  '$ref additionalProperties enum items properties required type x-kubernetes-list-map-keys'.split(' '),
);

/** Reduces a schema to its validating parts: no descriptions, no null, and no keys but those that it names. */
function trimSchema(schema: Schema): Schema {
  const trimmed: Schema = {};
  for (const [keyword, value] of Object.entries(schema))
    if (KEPT.has(keyword)) trimmed[keyword] = trimKeyword(keyword, value);
  if (isSchema(trimmed.properties)) trimmed.additionalProperties = false;
  if (schema.format === 'int32') trimmed.maximum = 2 ** 31 - 1;
  return trimmed;
}

function trimKeyword(keyword: string, value: Json): Json {
  if (keyword === '$ref') return `#/$defs/${nameOf(String(value))}`;
  if (keyword === 'type') return Array.isArray(value) ? (value.find((type) => type !== 'null') ?? null) : value;
  if (keyword === 'properties' && isSchema(value)) {
    const kept = Object.entries(value).filter(([name]) => !WRITTEN_BY_THE_CLUSTER.has(name));
    return Object.fromEntries(kept.map(([name, sub]) => [name, isSchema(sub) ? trimSchema(sub) : sub]));
  }
  return isSchema(value) ? trimSchema(value) : value;
}

/** The last part of a definition's name: Container of io.k8s.api.core.v1.Container. */
function nameOf(ref: string): string {
  return ref.slice(ref.lastIndexOf('.') + 1);
}

function reachable(definitions: Schema): Map<string, Schema> {
  const kept = new Map<string, Schema>();
  const from = new Map<string, string>();
  const waiting = [...KINDS];
  for (let whole = waiting.pop(); whole !== undefined; whole = waiting.pop()) {
    const name = nameOf(whole);
    if (from.get(name) === whole) continue;
    const schema = definitions[whole];
    if (from.has(name) || !isSchema(schema)) throw new Error(`not described, or twice: ${whole}`);
    from.set(name, whole);
    kept.set(name, trimSchema(schema));
    waiting.push(...refsIn(schema));
  }
  return kept;
}

/** The full names of the definitions to which a schema refers. */
function refsIn(schema: Schema): string[] {
  const kept = JSON.stringify(schema, (key, value: Json) => (WRITTEN_BY_THE_CLUSTER.has(key) ? undefined : value));
  return [...kept.matchAll(/"\$ref":"#\/\$defs\/([^"]+)"/g)].map((match) => String(match[1]));
}

/** Merges a constraint into a schema: maps key by key; any other value replaces the schema's. */
function over(under: Schema, above: Schema): Schema {
  const merged = { ...under };
  for (const [key, value] of Object.entries(above)) {
    const before = merged[key];
    merged[key] = isSchema(before) && isSchema(value) ? over(before, value) : value;
  }
  return merged;
}

function constrain(schemas: Map<string, Schema>): void {
  for (const [place, constraint] of Object.entries(CONSTRAINTS)) {
    const [name = '', property] = place.split(' ');
    const schema = schemas.get(name);
    const properties = isSchema(schema?.properties) ? schema.properties : {};
    const under = property === undefined ? schema : properties[property];
    if (!schema || !isSchema(under)) throw new Error(`a constraint without a place: ${place}`);
    const required =
      Array.isArray(under.required) && Array.isArray(constraint.required)
        ? [...under.required, ...constraint.required]
        : undefined;
    const laid = over(under, required ? { ...constraint, required } : constraint);
    if (property === undefined) schemas.set(name, laid);
    else properties[property] = laid;
  }
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isSchema(value)) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sorted(item)]));
}

/** Formats the trimmed description, one line per definition. */
export function trim(definitions: Schema, info: Readonly<Record<string, string>>): string {
  const schemas = reachable(definitions);
  constrain(schemas);
  const lines = [...schemas]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, schema]) => `${JSON.stringify(name)}:${JSON.stringify(sorted(schema))}`);
  const head = Object.entries(info).map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
  return `{\n${head.join(',\n')},\n"$defs":{\n${lines.join(',\n')}\n}\n}\n`;
}

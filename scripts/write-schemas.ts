/**
 * Writes the generated parts of the schemas: the fields of a version in schemas/values.schema.json, the rules and the
 * readiness sources in schemas/config.schema.json.
 *
 *   node scripts/write-schemas.ts            write them
 *   node scripts/write-schemas.ts --check    exit with 1 if they differ from the code (part of `npm run check`)
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Fields } from '../src/core/model/fields.ts';
import { CONTAINER_FIELDS, POD_FIELDS, VERSION_FIELDS } from '../src/core/model/version/fields.ts';
import { SOURCES } from '../src/core/readiness/sources.ts';
import { listRules } from '../src/core/rules/registry.ts';

const ROOT = join(import.meta.dirname, '..');
const KUBERNETES: {
  readonly $defs: Readonly<Record<'Container' | 'PodSpec', { readonly properties: Readonly<Record<string, object>> }>>;
} = JSON.parse(readFileSync(join(ROOT, 'schemas/kubernetes.schema.json'), 'utf8'));

interface ConfigSchema {
  readonly properties: {
    readonly rules: { properties: object };
    readonly readiness: { readonly properties: { readonly by: { description: string; enum: readonly string[] } } };
  };
}

/** The settings' schema with each rule whose severity can be changed, and with each readiness source. */
function completeConfig(before: ConfigSchema): ConfigSchema {
  const schema = structuredClone(before);
  const { rules, readiness } = schema.properties;
  const severities = listRules().flatMap(({ id, severity, inSettings }) => {
    if (inSettings === 'none') return [];
    return [[id, { $ref: `#/$defs/${inSettings === 'fixed' ? 'fixedSeverity' : 'severity'}`, default: severity }]];
  });
  rules.properties = Object.fromEntries(severities);
  readiness.properties.by.description = SOURCES.map(({ name, meaning }) => `${name}: ${meaning}.`).join(' ');
  readiness.properties.by.enum = SOURCES.map(({ name }) => name);
  return schema;
}

interface ValuesSchema {
  readonly $defs: { readonly version: { properties: Readonly<Record<string, Fields>> } };
}

/** The values' schema with every field of a version. */
function completeValues(before: ValuesSchema): ValuesSchema {
  const schema = structuredClone(before);
  const fields = [...VERSION_FIELDS].map(([name, field]) => {
    switch (field.goesTo) {
      case 'container.*':
        return [name, withOthers(field.schema, 'Container', ['name', ...CONTAINER_FIELDS])];
      case 'pod.*':
        return [name, withOthers(field.schema, 'PodSpec', ['containers', ...POD_FIELDS])];
      default:
        return [name, field.schema];
    }
  });
  schema.$defs.version.properties = Object.fromEntries(fields);
  return schema;
}

/** The schema of a map with all fields of a Kubernetes object except some, and except those that Coalmine never renders. */
function withOthers(schema: Fields, kind: 'Container' | 'PodSpec', without: readonly string[]): Fields {
  const { properties: own = {}, examples, ...rest } = schema;
  const others = Object.entries(KUBERNETES.$defs[kind].properties)
    .filter(([name, field]) => !without.includes(name) && !('not' in field))
    .map(([name]) => [
      name,
      (own as Fields)[name] ?? { $ref: `kubernetes.schema.json#/$defs/${kind}/properties/${name}` },
    ]);
  return {
    ...rest,
    propertyNames: { type: 'string', not: { enum: without } },
    properties: Object.fromEntries(others),
    examples,
  };
}

const SCHEMAS = [
  ['schemas/config.schema.json', completeConfig],
  ['schemas/values.schema.json', completeValues],
] as const;

const { values: flags } = parseArgs({ options: { check: { type: 'boolean' } } });
for (const [file, complete] of SCHEMAS) {
  const path = join(ROOT, file);
  const before = JSON.parse(readFileSync(path, 'utf8'));
  const after = complete(before);
  if (JSON.stringify(after) === JSON.stringify(before)) continue;
  if (flags.check) {
    console.error(`${file} differs from the code: run npm run schemas`);
    process.exitCode = 1;
  } else {
    writeFileSync(path, JSON.stringify(after, null, 2));
    execFileSync(process.execPath, [join(ROOT, 'node_modules/.bin/biome'), 'format', '--write', path]);
  }
}

/**
 * Writes what the schemas of people's files take from the code: the rules and the readiness sources
 * in schemas/config.schema.json.
 *
 *   node scripts/write-schemas.ts            write them
 *   node scripts/write-schemas.ts --check    exit with 1 if they are not as the code says (part of `npm run check`)
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SOURCES } from '../src/core/readiness/sources.ts';
import { listRules } from '../src/core/rules/registry.ts';

const ROOT = join(import.meta.dirname, '..');
const CONFIG = join(ROOT, 'schemas/config.schema.json');

interface ConfigSchema {
  readonly properties: {
    readonly rules: { properties: object };
    readonly readiness: { readonly properties: { readonly by: { description: string; enum: readonly string[] } } };
  };
}

/** The settings' schema with the severity of each rule that may have another one, and with each readiness source. */
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

const { values: flags } = parseArgs({ options: { check: { type: 'boolean' } } });
for (const [path, complete] of [[CONFIG, completeConfig]] as const) {
  const before = JSON.parse(readFileSync(path, 'utf8'));
  const after = complete(before);
  if (JSON.stringify(after) === JSON.stringify(before)) continue;
  if (flags.check) {
    console.error(`${path} is not as the code says: run npm run schemas`);
    process.exitCode = 1;
  } else {
    writeFileSync(path, JSON.stringify(after, null, 2));
    execFileSync(process.execPath, [join(ROOT, 'node_modules/.bin/biome'), 'format', '--write', path]);
  }
}

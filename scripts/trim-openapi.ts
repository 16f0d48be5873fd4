/**
 * Writes schemas/github.openapi.json: the operations and webhooks that Coalmine uses, from GitHub's published descriptions,
 * without descriptions of fields, as JSON Schema 2020-12, so that ajv needs no OpenAPI extensions.
 *
 *   node scripts/trim-openapi.ts            fetch the packages, write the file
 *   node scripts/trim-openapi.ts --check    exit with 1 unless exactly these scripts wrote the committed file and no edit
 *                                           followed (needs no network; part of `npm run check`)
 *   ... --from DIR                          read the packed .tgz files from DIR, without network
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Description } from './openapi/schema.ts';
import { trim } from './openapi/trim.ts';
import { digestOf, isSealed, seal } from './sealed.ts';

const REST = { name: '@octokit/openapi', version: '23.0.2' };
const HOOKS = { name: '@octokit/openapi-webhooks', version: '12.1.0' };
const OUTPUT = join(import.meta.dirname, '../schemas/github.openapi.json');

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

/** Describes the file: its packages and the digest of its scripts. */
function info(): { [key: string]: string } {
  return {
    title: 'GitHub, trimmed by scripts/trim-openapi.ts',
    version: [REST, HOOKS].map((source) => `${source.name} ${source.version}`).join(', '),
    'x-scripts': digestOf(join(import.meta.dirname, 'openapi')),
  };
}

function isUpToDate(text: string): boolean {
  return isSealed(text) && JSON.stringify(JSON.parse(text).info) === JSON.stringify(sortKeys(info()));
}

function sortKeys(object: { [key: string]: string }): object {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const { values: flags } = parseArgs({ options: { check: { type: 'boolean' }, from: { type: 'string' } } });
if (!flags.check) {
  const { rest, hooks } = readPackages(flags.from);
  writeFileSync(OUTPUT, seal(trim(rest, hooks, info())));
} else if (!isUpToDate(readFileSync(OUTPUT, 'utf8'))) {
  console.error('schemas/github.openapi.json is not what these scripts write; run npm run openapi');
  process.exitCode = 1;
}

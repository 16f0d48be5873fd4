/**
 * Writes schemas/kubernetes.schema.json: the kinds that the charts render, from Kubernetes' published description, without
 * descriptions, strict about unknown keys, and with further constraints of the API server.
 *
 *   node scripts/trim-kubernetes.ts            fetch the package (by pip), write the file
 *   node scripts/trim-kubernetes.ts --check    exit with 1 unless exactly these scripts wrote the committed file and no edit
 *                                              followed (needs no network; part of `npm run check`)
 *   ... --from DIR                             read the package's wheel from DIR, without network
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { trim } from './kubernetes/trim.ts';
import { digestOf, isSealed, seal } from './sealed.ts';

// Apache-2.0; contains the definitions of each Kubernetes version as JSON Schema 2020-12.
const SOURCE = { name: 'kubernetes-validate', version: '1.37.0', kubernetes: 'v1.37.0' };
const OUTPUT = join(import.meta.dirname, '../schemas/kubernetes.schema.json');

function readWheel(folder: string): string {
  const wheel = join(folder, `${SOURCE.name.replace('-', '_')}-${SOURCE.version}-py3-none-any.whl`);
  const file = `kubernetes_validate/kubernetes-json-schema/${SOURCE.kubernetes}-local/_definitions.json`;
  return execFileSync('unzip', ['-p', wheel, file], { maxBuffer: 2 ** 28 }).toString();
}

function readDefinitions(from: string | undefined): string {
  if (from !== undefined) return readWheel(from);
  const folder = mkdtempSync(join(tmpdir(), 'trim-kubernetes-'));
  try {
    const spec = `${SOURCE.name}==${SOURCE.version}`;
    execFileSync('pip', ['download', '--quiet', '--no-deps', '--dest', folder, spec], { stdio: ['ignore', 2, 2] });
    return readWheel(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Describes the file: its sources and the digest of its scripts. */
function info() {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Kubernetes, trimmed by scripts/trim-kubernetes.ts',
    $comment: `Kubernetes ${SOURCE.kubernetes}, from ${SOURCE.name} ${SOURCE.version} (PyPI); scripts ${digestOf(join(import.meta.dirname, 'kubernetes'))}`,
  };
}

const { values: flags } = parseArgs({ options: { check: { type: 'boolean' }, from: { type: 'string' } } });
if (!flags.check) {
  writeFileSync(OUTPUT, seal(trim(JSON.parse(readDefinitions(flags.from)).$defs, info())));
} else {
  const text = readFileSync(OUTPUT, 'utf8');
  if (!isSealed(text) || JSON.parse(text).$comment !== info().$comment) {
    console.error('schemas/kubernetes.schema.json is not what these scripts write; run npm run kubernetes');
    process.exitCode = 1;
  }
}

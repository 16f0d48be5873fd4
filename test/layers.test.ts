import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix } from 'node:path';
import { expect, test } from 'vitest';

/** Folders below src, and what of ours each may import beside itself: STYLE.md, "Who may import whom". */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  charts: ['core'],
  flows: ['core'],
  github: ['core', 'flows'],
  git: ['core', 'flows'],
  jobs: ['core', 'flows'],
  web: ['core', 'flows'],
  sandbox: ['core', 'flows', 'git', 'web'],
};

/** Where everything is connected: these import what they like. */
const CONNECTORS = /^src\/(?:main\.ts|cli\.ts|cli\/|start\/)/;

/** Reads the environment; and those that hand it on, unread: to the git program, and to a command. */
const ENVIRONMENT = new Set(['src/main.ts', 'src/git/program.ts', 'src/cli.ts']);

/** Every breach of the layers, as `file:line: what`. */
function breachesOf(files: ReadonlyMap<string, string>): readonly string[] {
  return [...files].flatMap(([file, text]) => [
    ...(/(?:^|\/)utils?\//.test(file)
      ? [`${file}:1: no utils folder: a small function lives beside its only user`]
      : []),
    ...found(file, text, /\b(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g, (specifier) => importBreach(file, specifier)),
    ...found(file, text, /\b(process\s*(?:\?\.|\.)\s*env|process\[)/g, () =>
      ENVIRONMENT.has(file) ? undefined : 'only src/main.ts reads the environment',
    ),
  ]);
}

function found(
  file: string,
  text: string,
  pattern: RegExp,
  breach: (match: string) => string | undefined,
): readonly string[] {
  return [...text.matchAll(pattern)].flatMap(({ index, 0: whole, 1: match = '' }) => {
    const problem = breach(match);
    const line = text.slice(0, index + whole.length).split('\n').length;
    return problem === undefined ? [] : [`${file}:${line}: ${problem}`];
  });
}

function importBreach(file: string, specifier: string): string | undefined {
  if (specifier === 'node:process' || specifier === 'process')
    return 'process is a global; only src/main.ts reads its environment';
  if (isBuiltin(specifier)) return layerOf(file) === 'core' ? `core imports ${specifier}` : undefined;
  if (!specifier.startsWith('.') || CONNECTORS.test(file)) return undefined;
  const target = posix.join(posix.dirname(file), specifier);
  if (/^schemas\/[^/]+\.json$/.test(target)) return undefined;
  const [from, to] = [layerOf(file), layerOf(target)];
  const allowed = from !== undefined && to !== undefined && (from === to || LAYERS[from]?.includes(to));
  return allowed ? undefined : `${from ?? file} imports ${target}`;
}

/** The folder below src that a file is in; undefined for any other place. */
function layerOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1];
}

const ROOT = join(import.meta.dirname, '..');

function sources(): ReadonlyMap<string, string> {
  const paths = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );
  return new Map(paths.sort().map((path) => [`src/${path}`, readFileSync(join(ROOT, 'src', path), 'utf8')]));
}

test('every file under src keeps to its layer', () => {
  const files = sources();
  expect(files.size).toBeGreaterThan(50);
  expect(breachesOf(files)).toEqual([]);
});

test('every folder under src has a layer', () => {
  const folders = new Set([...sources().keys()].map(layerOf).filter((layer) => layer !== undefined));
  expect([...folders].filter((folder) => !(folder in LAYERS) && !CONNECTORS.test(`src/${folder}/`))).toEqual([]);
});

test.each([
  ['src/core/a.ts', "import { x } from '../flows/b.ts';", 'core imports src/flows/b.ts'],
  ['src/core/a.ts', "\n\nimport { join } from 'node:path';", 'core imports node:path', 3],
  ['src/core/a.ts', "import { readFileSync } from 'fs';", 'core imports fs'],
  ['src/core/deep/a.ts', "import '../../config.ts';", 'core imports src/config.ts'],
  ['src/core/a.ts', "import data from '../../package.json' with { type: 'json' };", 'core imports package.json'],
  ['src/flows/a.ts', "import {\n  x,\n  y,\n} from '../git/repository.ts';", 'flows imports src/git/repository.ts', 4],
  ['src/flows/a.ts', "export { x } from '../charts/targets.ts';", 'flows imports src/charts/targets.ts'],
  ['src/flows/a.ts', "type T = import('../github/app.ts').T;", 'flows imports src/github/app.ts'],
  ['src/github/a.ts', "import type { T } from '../git/program.ts';", 'github imports src/git/program.ts'],
  ['src/git/a.ts', "const b = await import('../sandbox/world.ts');", 'git imports src/sandbox/world.ts'],
  ['src/web/a.ts', "import { x } from '../main.ts';", 'web imports src/main.ts'],
  ['src/sandbox/a.ts', "import { x } from '../github/app.ts';", 'sandbox imports src/github/app.ts'],
  ['src/charts/a.ts', "import { x } from '../flows/effect.ts';", 'charts imports src/flows/effect.ts'],
  ['src/config.ts', "import { x } from './core/model/finding.ts';", 'src/config.ts imports src/core/model/finding.ts'],
  ['src/config.ts', "import { x } from './cli.ts';", 'src/config.ts imports src/cli.ts'],
  ['src/config.ts', 'const port = process.env.PORT;', 'only src/main.ts reads the environment'],
  ['src/cli/a.ts', "\nprocess['env'].PORT;", 'only src/main.ts reads the environment', 2],
  [
    'src/cli/a.ts',
    "import { env } from 'node:process';",
    'process is a global; only src/main.ts reads its environment',
  ],
  ['src/core/utils/a.ts', '', 'no utils folder: a small function lives beside its only user'],
])('a breach is shown by file and line: %s, %j', (file, text, problem, line = 1) => {
  expect(breachesOf(new Map([[file, text]]))).toEqual([`${file}:${line}: ${problem}`]);
});

test.each([
  ['src/core/a/b.ts', "import { x } from '../c.ts';\nimport { parse } from 'yaml';"],
  ['src/core/build/read-values.ts', "import schema from '../../../schemas/values.schema.json' with { type: 'json' };"],
  ['src/flows/a.ts', "import { x } from '../core/c.ts';\nimport { y } from './b.ts';"],
  ['src/sandbox/rest/a.ts', "import { x } from '../../git/program.ts';\nimport { y } from '../../web/server.ts';"],
  ['src/charts/targets.ts', "import { x } from '../core/targets/targets.ts';\nimport { join } from 'node:path';"],
  ['src/cli/a.ts', "import { x } from '../github/app.ts';\nimport { y } from '../config.ts';"],
  ['src/main.ts', 'readConfig(process.env);'],
  ['src/git/program.ts', 'spawn({ env: process.env });'],
  ['src/cli.ts', 'run({ environment: process.env });'],
])('what is allowed is no breach: %s, %j', (file, text) => {
  expect(breachesOf(new Map([[file, text]]))).toEqual([]);
});

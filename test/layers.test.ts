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

/**
 * The rooms of `core` and `flows`, each above those that it may import. A room is a folder, or a file beside the folders.
 */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  'src/core/': [
    'model',
    'refusal',
    'yaml',
    'schema',
    'settings',
    'commands',
    'values',
    'readiness',
    'targets',
    'publication',
    'rules',
    'build',
    'rollout',
    'doctor',
    'report',
  ],
  'src/flows/': [
    'ports',
    'fetching',
    'job',
    'merge-end',
    'effect',
    'gitops',
    'cluster',
    'review',
    'publish',
    'doctor',
    'rollout',
    'commands',
    'sweep',
    'plan-job',
    'run-job',
  ],
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
  return allowed ? roomBreach(file, target) : `${from ?? file} imports ${target}`;
}

/** What keeps a file from importing another one of the same layer: its room lies below the other's, or has no place. */
function roomBreach(file: string, target: string): string | undefined {
  for (const [layer, rooms] of Object.entries(ROOMS)) {
    if (!file.startsWith(layer) || !target.startsWith(layer)) continue;
    const [from, to] = [file, target].map((path) => /^[^/.]+/.exec(path.slice(layer.length))?.[0] ?? '') as [
      string,
      string,
    ];
    for (const room of [from, to])
      if (!rooms.includes(room)) return `${layer}${room} has no place in the order of rooms`;
    if (rooms.indexOf(from) < rooms.indexOf(to)) return `${layer}${from} imports from ${to}, which lies above it`;
  }
  return undefined;
}

/** The files below src that import each other, directly or around corners; each cycle sorted. */
function cyclesIn(files: ReadonlyMap<string, string>): readonly (readonly string[])[] {
  const imports = new Map([...files].map(([file, text]) => [file, importsOf(file, text)] as const));
  const reach = (from: string): ReadonlySet<string> => {
    const found = new Set<string>();
    const open = [...(imports.get(from) ?? [])];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (found.has(next)) continue;
      found.add(next);
      open.push(...(imports.get(next) ?? []));
    }
    return found;
  };
  const reached = new Map([...files.keys()].map((file) => [file, reach(file)] as const));
  const cycles = [...files.keys()]
    .filter((file) => reached.get(file)?.has(file))
    .map((file) => [...files.keys()].filter((other) => reached.get(file)?.has(other) && reached.get(other)?.has(file)));
  return [...new Map(cycles.map((cycle) => [cycle.join(), cycle])).values()];
}

function importsOf(file: string, text: string): readonly string[] {
  const specifiers = [...text.matchAll(/\b(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g)].map(
    ([, specifier = '']) => specifier,
  );
  return specifiers.map((specifier) => posix.join(posix.dirname(file), specifier));
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

test('no file under src imports itself around a corner', () => {
  expect(cyclesIn(sources())).toEqual([]);
});

test('a cycle is found, and named by its files', () => {
  const files = new Map([
    ['src/core/a.ts', "import { b } from './b.ts';"],
    ['src/core/b.ts', "export { c } from './c.ts';"],
    ['src/core/c.ts', "const a = await import('./a.ts');"],
    ['src/core/d.ts', "import { a } from './a.ts';"],
  ]);
  expect(cyclesIn(files)).toEqual([['src/core/a.ts', 'src/core/b.ts', 'src/core/c.ts']]);
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
  [
    'src/core/model/a.ts',
    "import { x } from '../report/b.ts';",
    'src/core/model imports from report, which lies above it',
  ],
  [
    'src/flows/ports.ts',
    "import { x } from './effect.ts';",
    'src/flows/ports imports from effect, which lies above it',
  ],
  ['src/core/x/a.ts', "import { x } from '../model/b.ts';", 'src/core/x has no place in the order of rooms'],
  ['src/core/utils/a.ts', '', 'no utils folder: a small function lives beside its only user'],
])('a breach is shown by file and line: %s, %j', (file, text, problem, line = 1) => {
  expect(breachesOf(new Map([[file, text]]))).toEqual([`${file}:${line}: ${problem}`]);
});

test.each([
  ['src/core/model/b.ts', "import { x } from '../model/c.ts';\nimport { parse } from 'yaml';"],
  ['src/core/build/read-values.ts', "import schema from '../../../schemas/values.schema.json' with { type: 'json' };"],
  ['src/flows/effect.ts', "import { x } from '../core/c.ts';\nimport { y } from './ports.ts';"],
  ['src/sandbox/rest/a.ts', "import { x } from '../../git/program.ts';\nimport { y } from '../../web/server.ts';"],
  ['src/charts/targets.ts', "import { x } from '../core/targets/targets.ts';\nimport { join } from 'node:path';"],
  ['src/cli/a.ts', "import { x } from '../github/app.ts';\nimport { y } from '../config.ts';"],
  ['src/main.ts', 'readConfig(process.env);'],
  ['src/git/program.ts', 'spawn({ env: process.env });'],
  ['src/cli.ts', 'run({ environment: process.env });'],
])('what is allowed is no breach: %s, %j', (file, text) => {
  expect(breachesOf(new Map([[file, text]]))).toEqual([]);
});

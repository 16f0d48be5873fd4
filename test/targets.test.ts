import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { expect, test } from 'vitest';
import { TARGETS } from '../src/core/targets/list.ts';
import type { RenderTarget } from '../src/core/targets/target.ts';

// Nothing outside core/targets/<name>/ knows a kind, a file name or a template of that target: DESIGN.md, section 1.

/** The one line that a target has outside its folders. */
const LIST = 'src/core/targets/list.ts';

/** The sandbox plays the cluster, which knows every kind. */
const CLUSTER = /^src\/sandbox\//;

/** What findings and the schemas say of a kind, in the words in which people search for it. */
const SAID: Readonly<Record<string, readonly RegExp[]>> = {
  'src/core/settings/domain-conflict.ts': [/would refuse both VirtualServices/, /rendered as the VirtualService/],
  'src/core/model/version/upstream.ts': [/title: 'Upstream'/, /"Of Gloo's Upstream; /, /"Where the Upstream is; /],
  'src/core/rules/destination-words.ts': [/\*v1\.Upstream \{/],
};

/** Every place that knows what only a target's own folder may know, as `file:line: what`. */
function leaksOf(files: ReadonlyMap<string, string>, targets: readonly RenderTarget[] = TARGETS): readonly string[] {
  return [...files].flatMap(([file, text]) =>
    text.split('\n').flatMap((line, index) => {
      const said = SAID[file] ?? [];
      if (said.some((pattern) => pattern.test(line))) return [];
      const leaks = targets.flatMap((target) => leaksIn(file, line, target));
      return leaks.map((leak) => `${file}:${index + 1}: ${leak}`);
    }),
  );
}

function leaksIn(file: string, line: string, { name, kinds, domainKinds }: RenderTarget): readonly string[] {
  const folder = `src/core/targets/${name}/`;
  if (file.startsWith(folder) || CLUSTER.test(file)) return [];
  const [, specifier] = /\b(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/.exec(line) ?? [];
  const imported = specifier === undefined ? '' : posix.join(posix.dirname(file), specifier);
  const words = [...kinds, ...domainKinds].flatMap(({ kind }) => [
    { word: kind, pattern: new RegExp(`\\b${kind}s?\\b`) },
    { word: `${kind.toLowerCase()}-`, pattern: new RegExp(`\\b${kind.toLowerCase()}-`) },
  ]);
  return [
    ...(imported.startsWith(folder) && file !== LIST ? [`imports ${imported}`] : []),
    ...(new RegExp(`['"\`]${name}/`).test(line) ? [`names a template of ${name}`] : []),
    ...words.filter(({ pattern }) => pattern.test(line)).map(({ word }) => `knows ${word}`),
  ];
}

function sources(): ReadonlyMap<string, string> {
  const root = join(import.meta.dirname, '..');
  const paths = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
  const files = paths.filter((path) => path.endsWith('.ts')).sort();
  return new Map(files.map((path) => [`src/${path}`, readFileSync(join(root, 'src', path), 'utf8')]));
}

test('nothing outside a target knows what it renders', () => {
  expect(leaksOf(sources())).toEqual([]);
});

test('what is said of kinds is still said', () => {
  const files = sources();
  for (const [file, patterns] of Object.entries(SAID))
    for (const pattern of patterns) expect(files.get(file)).toMatch(pattern);
});

test.each([
  [
    'src/core/build/build.ts',
    "import { render } from '../targets/gloo/render.ts';",
    'imports src/core/targets/gloo/render.ts',
  ],
  ['src/cli/explain.ts', "\nif (kind === 'RouteTable') {}", 'knows RouteTable', 2],
  ['src/core/report/part.ts', "return 'change its Upstreams';", 'knows Upstream'],
  ['src/core/targets/outline.ts', 'startsWith("routetable-")', 'knows routetable-'],
  ['src/core/targets/manifest-set.ts', "fill('gloo/upstream', view)", 'names a template of gloo'],
  ['src/core/targets/flux/cluster.ts', 'kind: VirtualService', 'knows VirtualService'],
])('a leak is shown by file and line: %s, %j', (file, text, leak, line = 1) => {
  expect(leaksOf(new Map([[file, text]]))).toEqual([`${file}:${line}: ${leak}`]);
});

test.each([
  ['src/core/targets/gloo/read.ts', "const kind = 'RouteTable';\nfill('gloo/upstream', {});"],
  ['src/core/targets/list.ts', "import { gloo } from './gloo/target.ts';"],
  ['src/sandbox/pages/cluster.ts', "'RouteTable/echo/echo-routes'"],
  ['src/core/values/to-draft.ts', 'const upstreams = [upstream]; const ref: UpstreamRef = upstreams[0];'],
])('what is allowed is no leak: %s, %j', (file, text) => {
  expect(leaksOf(new Map([[file, text]]))).toEqual([]);
});

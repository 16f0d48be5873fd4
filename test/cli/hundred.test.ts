import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createProject, createRepository, type Project, textsOf } from '../support/cli.ts';
import { createFolder } from '../support/git.ts';
import { brokenValues, values } from '../support/values.ts';

// One broken file among a hundred good ones is its owner's matter alone.
const NAMES = Array.from({ length: 100 }, (_, index) => `team-${index}`);
const BROKEN = 'team-42';
const fileOf = (name: string) => `charts-values/${name}.yaml`;
const SETTINGS = '.github/coalmine.yml';
const AT_ONCE = 'readiness: { after: 0s, drain: 0s }\n';
const filesAt = (weight: number): Readonly<Record<string, string>> => ({
  [SETTINGS]: AT_ONCE,
  ...Object.fromEntries(NAMES.map((name) => [fileOf(name), values(weight)])),
});

const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');
const WAYS: readonly (readonly [how: string, text: string])[] = [
  ['a typo', brokenValues()],
  ['no YAML', 'deployment: [\n'],
  ['a Helm template', 'deployment: {{ .Values }}\n'],
  ['nothing', ''],
  ['another shape', '- 1\n'],
  ['a merge conflict', `<<<<<<< HEAD\n${values(1)}=======\n${values(2)}>>>>>>> x\n`],
  ['too much', `# ${'x'.repeat(300 * 1024)}\n${values(25)}`],
  ['too deep', `deployment: ${'{a: '.repeat(500)}${'}'.repeat(500)}\n`],
  [
    'what multiplies',
    `defaults:\n  env:\n${lines(4000, (i) => `    A${i}: b`)}\ndeployment:\n${lines(4000, (i) => `  v${i}: {}`)}\nroutes: { primary: { version: v0 } }\n`,
  ],
];

/** The documents of a stream by the path that heads each. */
function documentsOf(stream: string): ReadonlyMap<string, string> {
  const documents = stream.split(/^---\n/m).slice(1);
  return new Map(documents.map((text) => [/^# Source: (.+)$/m.exec(text)?.[1] ?? '', text]));
}

test('rendered: the others byte for byte as before, and no word about them', async () => {
  const project = createProject(filesAt(25));
  const before = documentsOf((await project.run('render')).stdout);
  expect(before.size).toBe(500);
  const others = [...before].filter(([path]) => !path.startsWith(`apps/${BROKEN}/`));
  for (const [how, text] of WAYS) {
    project.write({ [fileOf(BROKEN)]: text });
    const { code, stdout, stderr } = await project.run('render');
    const named = new Set([...stderr.matchAll(/--> (.+?):\d+:\d+/g)].map(([, file]) => file));
    expect([how, code, ...named]).toEqual([how, 1, fileOf(BROKEN)]);
    expect([...documentsOf(stdout)]).toEqual(others);
  }
});

/** Every file of a branch. */
async function treeOf(project: Project, branch: string): Promise<Readonly<Record<string, string>>> {
  const clone = createFolder();
  await project.git('clone', '--quiet', `--branch=${branch}`, '.', clone);
  return textsOf(clone);
}

describe('published', () => {
  test('the others go on as if it were not there, and of it stays what there was', async () => {
    const project = await createRepository(filesAt(25));
    expect((await project.run('publish')).code).toBe(0);
    const before = await treeOf(project, 'gitops');

    await project.commit({ ...filesAt(50), [fileOf(BROKEN)]: brokenValues() });
    const { code, stdout, stderr } = await project.run('publish');
    expect(code).toBe(1);
    expect(stdout + stderr).toContain(`${fileOf(BROKEN)}:11:14`);

    // What the hundred would be with its owner's file left alone.
    const unbroken = await createRepository({ ...filesAt(50), [fileOf(BROKEN)]: values(25) });
    await unbroken.run('publish');
    const after = await treeOf(project, 'gitops');
    expect(after).toEqual(await treeOf(unbroken, 'gitops'));
    const changed = Object.keys(after).filter((path) => after[path] !== before[path]);
    expect(changed).toEqual(
      NAMES.filter((name) => name !== BROKEN)
        .map((name) => `apps/${name}/${name}/routes/routetable-${name}-routes.yaml`)
        .sort(),
    );
  });

  test('one that was never published, too', async () => {
    const project = await createRepository({ ...filesAt(25), [fileOf(BROKEN)]: 'deployment: [\n' });
    await project.run('publish');
    const { [fileOf(BROKEN)]: _, ...others } = filesAt(25);
    const without = await createRepository(others);
    await without.run('publish');
    expect(await treeOf(project, 'gitops')).toEqual(await treeOf(without, 'gitops'));
  });

  test("in part 2's own failure foxtrot's weights arrive, and echo's routes stay as they were", async () => {
    const filesOf = (side: string) => {
      const root = join(import.meta.dirname, '../cases/one-teams-typo', side);
      const found = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      const paths = found.map((entry) => relative(root, join(entry.parentPath, entry.name)));
      const files: Readonly<Record<string, string>> = Object.fromEntries(
        paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]),
      );
      return { ...files, [SETTINGS]: `${files[SETTINGS] ?? ''}${AT_ONCE}` };
    };
    const project = await createRepository(filesOf('before'));
    await project.run('publish');
    const before = await treeOf(project, 'gitops');
    await project.commit(filesOf('after'));
    expect((await project.run('publish')).code).toBe(1);
    const after = await treeOf(project, 'gitops');
    expect(Object.keys(after).sort()).toEqual(Object.keys(before).sort());
    const changed = Object.keys(after).filter((path) => after[path] !== before[path]);
    expect(changed).toEqual(['apps/foxtrot/foxtrot/routes/routetable-foxtrot-routes.yaml']);
    expect(after[changed[0] ?? '']).toContain('weight: 100');
  });
});

import { chmodSync, lstatSync, readdirSync, readFileSync, renameSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createProject, createRepository, type Project } from '../support/cli.ts';
import { values } from '../support/values.ts';

const FILE = 'charts-values/echo.yaml';
const OTHER = 'charts-values/foxtrot.yaml';
const ECHO = `# echo: what we sell
deployment:
  v1:
    image: 'example.com/echo:1' # pinned
    replicas: 3

  # not yet
  v3:
    image: example.com/echo:3
routes:
  primary:
    version: v1 # never touch
`;
const CANARY = `${ECHO}  canary:\n    version: v3\n    weight: 5 # percent\n`;

function projectWith(text: string): Project {
  return createProject({ [FILE]: text, [OTHER]: values() });
}

function textOf({ folder }: Project, file = FILE): string {
  return readFileSync(join(folder, file), 'utf8');
}

describe('changes the file', () => {
  test.each<[name: string, before: string, args: readonly string[], after: string]>([
    [
      'a new version is a copy of the primary',
      ECHO,
      ['v2', '--image', 'example.com/echo:2'],
      ECHO.replace('replicas: 3\n', "replicas: 3\n  v2:\n    image: 'example.com/echo:2'\n    replicas: 3\n"),
    ],
    [
      'or of another',
      ECHO,
      ['v4', '--from', 'v3', '--replicas', '2'],
      ECHO.replace('routes:', '  v4:\n    image: example.com/echo:3\n    replicas: 2\nroutes:'),
    ],
    ['a new image', ECHO, ['v1', '--image', 'a/b:2'], ECHO.replace('example.com/echo:1', 'a/b:2')],
    [
      'the canary',
      ECHO,
      ['v3', '--weight', '5', '--header', 'stage: canary', '-H', 'x-user:true'],
      `${ECHO}  canary:\n    version: v3\n    weight: 5\n    headers:\n      stage: canary\n      x-user: "true"\n`,
    ],
    ['its weight', CANARY, ['v3', '--weight', '50'], CANARY.replace('5 #', '50 #')],
    [
      'a canary with its own copy, in one go',
      ECHO,
      ['v2', '--image', 'a/b:2', '--weight', '0', '-H', 'a: b: c'],
      `${ECHO.replace('replicas: 3\n', "replicas: 3\n  v2:\n    image: 'a/b:2'\n    replicas: 3\n")}  canary:\n    version: v2\n    weight: 0\n    headers:\n      a: "b: c"\n`,
    ],
    ['the canary becomes the primary', CANARY, ['v3', '--primary'], ECHO.replace('version: v1 #', 'version: v3 #')],
    ['the order of arguments is free', ECHO, ['--image', 'a/b:2', 'v1'], ECHO.replace('example.com/echo:1', 'a/b:2')],
    [
      'with its line ends',
      CANARY.replaceAll('\n', '\r\n'),
      ['v3', '--weight', '50'],
      CANARY.replace('5 #', '50 #').replaceAll('\n', '\r\n'),
    ],
  ])('%s', async (_name, before, args, after) => {
    const project = projectWith(before);
    const result = await project.run('set', 'echo', ...args);
    expect(result).toEqual({ code: 0, stdout: expect.stringContaining(`\nwrote ${FILE}\n`), stderr: '' });
    expect(textOf(project)).toBe(after);
    expect(textOf(project, OTHER)).toBe(values());
    expect(readdirSync(join(project.folder, 'charts-values'))).toEqual(['echo.yaml', 'foxtrot.yaml']);
  });

  test('and prints the change with its findings', async () => {
    const project = projectWith(ECHO);
    const { stdout } = await project.run('set', 'echo', 'v3', '--weight', '0');
    expect(stdout).toBe(`--- a/${FILE}
+++ b/${FILE}
@@ -10,3 +10,6 @@
 routes:
   primary:
     version: v1 # never touch
+  canary:
+    version: v3
+    weight: 0

warning[canary-has-no-effect]: no request reaches the canary "v3": its weight is 0 and it has no headers; give it headers (stage: canary) or a weight
  --> ${FILE}:13:3
   |
13 |   canary:
   |   ^^^^^^

wrote ${FILE}
`);
  });

  test('a second time there is nothing to change, and the file stays as it is', async () => {
    const project = projectWith(ECHO);
    const args = ['set', 'echo', 'v2', '--image', 'a/b:2', '--from', 'v3', '--weight', '5'];
    await project.run(...args);
    const path = join(project.folder, FILE);
    utimesSync(path, 1000, 1000);
    const before = lstatSync(path);
    expect(await project.run(...args)).toEqual({
      code: 0,
      stdout: `nothing to change: ${FILE} already has these values\n`,
      stderr: '',
    });
    expect(lstatSync(path)).toMatchObject({ mtimeMs: 1_000_000, ino: before.ino });
  });

  test('a dry run writes nothing', async () => {
    const project = projectWith(ECHO);
    const { code, stdout } = await project.run('set', 'echo', 'v1', '--image', 'a/b:2', '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toContain("+    image: 'a/b:2' # pinned\n");
    expect(stdout).toContain('\ndry run: nothing was written\n');
    expect(textOf(project)).toBe(ECHO);
  });

  test('the mode stays', async () => {
    const project = projectWith(ECHO);
    const path = join(project.folder, FILE);
    chmodSync(path, 0o666);
    await project.run('set', 'echo', 'v1', '--image', 'a/b:2');
    expect(textOf(project)).toContain('a/b:2');
    expect(lstatSync(path).mode & 0o777).toBe(0o666);
  });

  test('in another folder, for the release with the whole name', async () => {
    const project = createProject({
      'app/.github/coalmine.yml': 'values: envs/{namespace}/{release}.yaml\n',
      'app/envs/one/echo.yaml': ECHO,
      'app/envs/two/echo.yaml': ECHO,
    });
    const change = ['echo', 'v1', '--image', 'a/b:2', '-C', 'app'];
    expect(await project.run('set', ...change)).toEqual({
      code: 2,
      stdout: '',
      stderr: 'coalmine: several releases are called "echo"; choose one of one/echo, two/echo\n',
    });
    expect((await project.run('set', 'two/echo', ...change.slice(1))).code).toBe(0);
    expect(textOf(project, 'app/envs/one/echo.yaml')).toBe(ECHO);
    expect(textOf(project, 'app/envs/two/echo.yaml')).toContain('a/b:2');
  });
});

describe('refused, and nothing written', () => {
  test.each<[name: string, before: string, args: readonly string[], stdout: RegExp, stderr: RegExp]>([
    [
      'a second canary',
      CANARY,
      ['v2', '--image', 'a', '--weight', '5'],
      /^$/,
      /^refused: "v3" is the canary, .*--primary/,
    ],
    ['the primary as canary', ECHO, ['v1', '--weight', '5'], /^$/, /^refused: "v1" is the primary/],
    [
      'a result with errors',
      ECHO,
      ['V.2', '--image', 'a'],
      /\+ {2}V\.2:\n[\s\S]*error\[version-name\]/,
      /^refused: the result would have errors/,
    ],
    ['no YAML', `${ECHO}a: "\n`, ['v1', '--image', 'a'], /^error\[yaml-syntax\]/, /^$/],
    [
      'an alias, with a patch',
      `deployment:\n  v1: &one\n    image: a\n  v2: *one\nroutes:\n  primary:\n    version: v1\n`,
      ['v2', '--image', 'b'],
      /^--- a[\s\S]*\n- {2}v2: \*one\n\+ {2}v2:\n\+ {4}image: b\n/,
      /^refused: \/deployment\/v2\/image .*alias \*one.*; to make this change, review the patch above .* by hand; nothing was written$/m,
    ],
  ])('%s', async (_name, before, args, stdout, stderr) => {
    const project = projectWith(before);
    const result = await project.run('set', 'echo', ...args);
    expect(result).toEqual({ code: 1, stdout: expect.stringMatching(stdout), stderr: expect.stringMatching(stderr) });
    expect(textOf(project)).toBe(before);
  });

  test('broken settings', async () => {
    const project = createProject({ [FILE]: ECHO, '.github/coalmine.yml': 'valeus: x\n' });
    const { code, stdout } = await project.run('set', 'echo', 'v1', '--image', 'a');
    expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringMatching(/^error\[schema\]: /) });
    expect(textOf(project)).toBe(ECHO);
  });
});

describe('what was typed is wrong', () => {
  test.each<[name: string, args: readonly string[], message: RegExp]>([
    ['no such release', ['ecko', 'v1', '--image', 'a'], /there is no release "ecko" .*did you mean "echo"\?/],
    ['no such version', ['echo', 'v33'], /there is no version "v33"; did you mean "v3"\? \(to add it, give --image/],
    ['no such version to copy', ['echo', 'v2', '--from', 'v8'], /there is no version "v8"; did you mean "v1"\?/],
    ['nothing', [], /usage: coalmine set RELEASE VERSION/],
    ['no version', ['echo'], /usage: coalmine set RELEASE VERSION/],
    ['too much', ['echo', 'v1', 'v2'], /too many arguments/],
    ['a weight of words', ['echo', 'v3', '--weight', 'all'], /--weight takes a whole number from 0 to 100, not "all"/],
    ['a weight over 100', ['echo', 'v3', '--weight', '101'], /--weight takes/],
    ['a fraction of a pod', ['echo', 'v3', '--replicas', '1.5'], /--replicas takes a whole number, not "1.5"/],
    ['a header without value', ['echo', 'v3', '--header', 'stage'], /--header takes 'NAME: VALUE', not "stage"/],
    [
      'a primary with weight',
      ['echo', 'v3', '--primary', '--weight', '5'],
      /--primary cannot be combined with --weight/,
    ],
  ])('%s', async (_name, args, message) => {
    const project = projectWith(ECHO);
    const result = await project.run('set', ...args);
    expect(result).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(message) });
    expect(textOf(project)).toBe(ECHO);
  });

  test('a symbolic link', async () => {
    const project = projectWith(ECHO);
    renameSync(join(project.folder, FILE), join(project.folder, 'real.yaml'));
    symlinkSync('../real.yaml', join(project.folder, FILE));
    const result = await project.run('set', 'echo', 'v1', '--image', 'a');
    expect(result).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining(`${FILE} is a symbolic link`) });
    expect(textOf(project, 'real.yaml')).toBe(ECHO);
    expect(lstatSync(join(project.folder, FILE)).isSymbolicLink()).toBe(true);
  });

  test('a repository without a working tree', async () => {
    const project = await createRepository({ [FILE]: ECHO });
    await project.git('clone', '--quiet', '--bare', '.', 'bare.git');
    const result = await project.run('set', 'echo', 'v1', '--image', 'a', '-C', 'bare.git');
    expect(result).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('is not a regular file of a working tree'),
    });
  });
});

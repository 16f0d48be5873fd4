import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';

const SCRIPT = join(import.meta.dirname, '../scripts/install.mjs');

type Packages = Readonly<Record<string, object>>;

const LOCK: Packages = {
  '': { name: 'shop' },
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/a/node_modules/b': { version: '2.0.0', integrity: 'sha512-b' },
  'node_modules/tester': { version: '3.0.0', integrity: 'sha512-t', dev: true },
  'node_modules/other-platform': { version: '4.0.0', integrity: 'sha512-o', optional: true },
};
const { '': _root, 'node_modules/other-platform': _other, ...INSTALLED } = LOCK;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coalmine-install-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'bin'));
  await installNpm(0);
  await write('package-lock.json', LOCK);
});

/** An npm that does nothing but say how it was called. */
async function installNpm(status: number): Promise<void> {
  const npm = join(folder, 'bin/npm');
  await writeFile(npm, `#!/bin/sh\necho "$@" >> '${folder}/calls'\nexit ${status}\n`);
  await chmod(npm, 0o755);
}

async function write(file: string, packages: Packages): Promise<void> {
  await writeFile(join(folder, file), JSON.stringify({ lockfileVersion: 3, packages }));
}

async function install(packages: Packages): Promise<void> {
  for (const path of Object.keys(packages)) {
    await mkdir(join(folder, path), { recursive: true });
    await writeFile(join(folder, path, 'package.json'), '{}');
  }
  await write('node_modules/.package-lock.json', packages);
}

/** What the script says, how it ends, and how npm was called. */
async function run(...args: string[]): Promise<{ said: string; status: number; calls: string }> {
  const options = { cwd: folder, env: { PATH: join(folder, 'bin') } };
  const { said, status } = await new Promise<{ said: string; status: number }>((resolve) =>
    execFile(process.execPath, [SCRIPT, ...args], options, (problem, _, said) =>
      resolve({ said, status: Number(problem?.code ?? 0) }),
    ),
  );
  const calls = await readFile(join(folder, 'calls'), 'utf8').catch(() => '');
  return { said, status, calls };
}

const without = (packages: Packages, path: string): Packages =>
  Object.fromEntries(Object.entries(packages).filter(([each]) => each !== path));

test('what is installed as the lock file asks for is left alone', async () => {
  await install(INSTALLED);
  for (const args of [[], ['--dev']]) expect(await run(...args)).toEqual({ said: '', status: 0, calls: '' });
});

test('a start needs nothing of what developers need', async () => {
  await install(without(INSTALLED, 'node_modules/tester'));
  expect((await run()).calls).toBe('');
  expect(await run('--dev')).toMatchObject({ calls: 'ci\n', said: expect.stringContaining('node_modules/tester') });
});

test.each<[string, () => Promise<unknown>, string]>([
  ['a first start', async () => undefined, 'first start'],
  ['a half-done installation', () => mkdir(join(folder, 'node_modules/a'), { recursive: true }), 'was not finished'],
  [
    'half a file that npm writes last',
    async () => {
      await install(INSTALLED);
      await writeFile(join(folder, 'node_modules/.package-lock.json'), '{"packages": {');
    },
    'was not finished',
  ],
  [
    'another version',
    () => install({ ...INSTALLED, 'node_modules/a': { version: '0.9.0', integrity: 'sha512-a' } }),
    'node_modules/a differs from package-lock.json',
  ],
  [
    'another content of that version',
    () => install({ ...INSTALLED, 'node_modules/a': { version: '1.0.0', integrity: 'sha512-x' } }),
    'node_modules/a differs from package-lock.json',
  ],
  [
    'a new package',
    () => install(without(INSTALLED, 'node_modules/a/node_modules/b')),
    'node_modules/a/node_modules/b is missing',
  ],
  [
    'a package that went from the lock file',
    () => install({ ...INSTALLED, 'node_modules/old': { version: '1.0.0' } }),
    'node_modules/old is no longer',
  ],
  [
    'a folder that was removed',
    async () => {
      await install(INSTALLED);
      await rm(join(folder, 'node_modules/a'), { recursive: true });
    },
    'node_modules/a is missing',
  ],
])('%s is noticed, and says why', async (_, prepare, why) => {
  await prepare();
  expect(await run()).toMatchObject({ calls: 'ci\n', status: 0, said: expect.stringContaining(why) });
});

test('an installation that fails stops the start', async () => {
  await installNpm(7);
  expect((await run()).status).toBe(7);
  await rm(join(folder, 'bin/npm'));
  expect(await run()).toMatchObject({ status: 1, said: expect.stringContaining('cannot start npm') });
});

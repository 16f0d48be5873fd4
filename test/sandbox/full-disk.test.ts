import { execFile } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { GitError } from '../../src/git/program.ts';
import { explainFullDisk } from '../../src/sandbox/full-disk.ts';
import { Collection } from '../../src/sandbox/store/collection.ts';
import { createFolder } from '../support/git.ts';

// /dev/full refuses every write as a full disk does.

test('what a full disk refuses is not there in memory either, what was there stays, and once there is room it goes on', async () => {
  const folder = createFolder();
  const rows = await Collection.open<{ id: number; name: string }>(folder);
  await rows.add((id) => ({ id, name: 'before' }));
  symlinkSync('/dev/full', join(folder, '1.json.tmp'));
  const refused = rows.put({ id: 1, name: 'after' }).catch((problem: unknown) => explainFullDisk(problem));
  expect(await refused).toMatch(/^The disk of the sandbox is full; its stored data is safe\. Free some space/);
  expect(rows.get(1)).toEqual({ id: 1, name: 'before' });
  expect(JSON.parse(readFileSync(join(folder, '1.json'), 'utf8'))).toEqual({ id: 1, name: 'before' });
  await rows.put({ id: 1, name: 'after' });
  expect((await Collection.open(folder)).get(1)).toEqual({ id: 1, name: 'after' });
});

test.each([
  [Object.assign(new Error('no'), { code: 'ENOSPC' }), true],
  [Object.assign(new Error('no'), { code: 'EDQUOT' }), true],
  [new GitError(['commit'], 128, 'fatal: write error: No space left on device\n'), true],
  [new GitError(['commit'], 128, 'fatal: not a git repository\n'), false],
  [new Error('No space left on device'), false],
  [undefined, false],
])('%s is a full disk: %s', (problem, isFull) => {
  expect(explainFullDisk(problem) !== undefined).toBe(isFull);
});

test('a log that goes to a full disk stops nothing', async () => {
  const script = `
    const { createLog } = await import('${join(import.meta.dirname, '../../src/start/log.ts')}');
    const log = createLog('info');
    for (let line = 0; line < 1000; line++) log.info({ line }, 'x'.repeat(1000));
    console.log('went on');`;
  const run = promisify(execFile);
  const { stdout } = await run('sh', ['-c', '"$0" --input-type=module -e "$1" 2>/dev/full', process.execPath, script]);
  expect(stdout).toBe('went on\n');
});

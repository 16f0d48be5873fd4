import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const LOG = join(import.meta.dirname, '../../src/start/log.ts');

/** Runs lines of code with a log on the given standard error. */
async function run(code: string, redirection: string): Promise<{ status: number; output: string; complaints: string }> {
  const text = `import { createLog } from ${JSON.stringify(LOG)}; const log = createLog('debug'); ${code}`;
  const shell = `exec "$0" --input-type=module -e "$1" ${redirection}`;
  const child = spawn('sh', ['-c', shell, process.execPath, text], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [output, complaints] = ['', ''];
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    complaints += chunk;
  });
  const [status] = await once(child, 'close');
  return { status, output, complaints };
}

test('an error is logged without the delivery or the request that it carries', async () => {
  const code = `
    const error = Object.assign(new Error('refused'), { status: 422, event: { payload: 'SECRET' }, request: { body: 'SECRET' } });
    log.error({ err: error }, 'job failed'); log.error(error);`;
  const { complaints } = await run(code, '');
  expect(complaints).not.toContain('SECRET');
  for (const line of complaints.trim().split('\n')) {
    expect(JSON.parse(line)).toMatchObject({ err: { type: 'Error', message: 'refused', status: 422 } });
  }
});

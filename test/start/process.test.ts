import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runGitText } from '../../src/git/program.ts';
import { blocksOf, readPage } from '../support/pages.ts';

// The server as a program: what it prints, answers and exits with.
const MAIN = join(import.meta.dirname, '../../src/main.ts');

let folder: string;
let running: Program[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coalmine-process-'));
});

afterEach(async () => {
  for (const program of running.reverse()) await program.stop(); // the App before its sandbox
  running = [];
  await rm(folder, { recursive: true, force: true });
});

interface Program {
  readonly exit: Promise<number | null>;
  output(): string;
  /** Resolves with the match as soon as it is printed; fails if the program ends without. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  stop(): Promise<void>;
}

function run(mode: string[], env: Record<string, string>): Program {
  const child: ChildProcess = spawn(process.execPath, [MAIN, ...mode], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', PORT: '0', SANDBOX_PORT: '0', HOST: '127.0.0.1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const watchers = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      output += chunk;
      for (const watch of watchers) watch();
    });
  }
  const exit = once(child, 'close').then(([code]) => code as number | null);
  const program: Program = {
    exit,
    output: () => output,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const watch = () => {
          const match = pattern.exec(output);
          if (match) resolve(match);
        };
        watchers.add(watch);
        watch();
        exit.then(() => reject(new Error(`ended without ${pattern}:\n${output}`)));
      }),
    stop: async () => {
      child.kill('SIGTERM');
      await exit;
    },
  };
  running.push(program);
  return program;
}

test('without credentials: server and sandbox, the comment, where to look; a second start is refused, a later one goes on', async () => {
  const first = run([], {});
  const [, url = ''] = await first.printed(/in a browser {3}(http\S+)\n/);
  await first.printed(/Ctrl-C stops it/);
  const [where] = blocksOf('docs/getting-started.md').filter(({ language }) => language === 'text');
  expect(first.output().replaceAll(/(127\.0\.0\.1):\d+/g, '$1:3001')).toContain(where?.text);
  expect(first.output()).toContain('### echo: canary v2 0% -> 25%');
  const [, server] = /running at (http\S+),/.exec(first.output()) ?? [];
  expect(await (await fetch(`${server}/healthz`)).json()).toEqual({ status: 'ok' });
  expect(await (await fetch(url)).text()).toContain('canary v2 0% -&gt; 25%');

  const second = run([], {});
  expect(await second.exit).toBe(1);
  expect(second.output()).toMatch(/is in use by a sandbox at http/);

  await first.stop();
  expect(await first.exit).toBe(0);
  const third = run([], {});
  await third.printed(/Ctrl-C stops it/);
  expect(third.output()).toContain('Pull request #1 (open) by writer');
});

/** A line without what differs from one telling to the next: commits, times, ids of comments, indentation. */
function timeless(line: string): string {
  return line
    .trim()
    .replaceAll(/\b(?:[0-9a-f]{40}|[0-9a-f]{7})\b/g, 'SHA')
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'TIME')
    .replace(/^Command: \d+$/, 'Command: N');
}

test('the demonstration merges, promotes, rolls back and ends; told again it says what was overtaken, and does nothing twice', async () => {
  const env = { COALMINE_DATA_DIR: join(folder, 'demo') };
  const first = run(['demo'], env);
  expect(await first.exit, first.output()).toBe(0);
  expect(first.output()).toContain('Traffic: echo v1 75% v2 25%');
  expect(first.output()).toMatch(/^\+ +weight: 25$/m);
  const gitops = () => runGitText(join(folder, 'demo/canary/shop.git'), ['log', '--format=%s', 'gitops']);
  expect(first.output()).toContain('**echo: canary v2 25% -> 50%**: #2, merged as ');
  expect(first.output()).toContain('**echo: canary v2 50% -> none**: #3, merged as ');
  const before = await gitops();
  expect(before.split('\n').toSorted()).toEqual([
    'echo: canary v2 0% -> 25%',
    'echo: canary v2 25% -> 50%',
    'echo: canary v2 50% -> none',
    'echo: first publication, v1 100%; foxtrot: first publication, v1 100%',
    'echo: hold',
  ]);

  const page = readPage('docs/getting-started.md').split('\n## The demonstration\n')[1]?.split('\n## ')[0] ?? '';
  const shown = page
    .split('\n')
    .flatMap((line) => /^(?:> +)(\S.*)$|^( {4}\S.*| \S.*|commit .*)$/.exec(line)?.[0] ?? []);
  const told = new Set(first.output().split('\n').map(timeless));
  expect(shown.length).toBeGreaterThan(20);
  expect(shown.map((line) => timeless(line.replace(/^> +/, ''))).filter((line) => !told.has(line))).toEqual([]);

  const second = run(['demo'], env);
  expect(await second.exit, second.output()).toBe(0);
  expect(second.output()).toContain('**echo: superseded by #2**');
  expect(second.output()).toContain('**echo: superseded by #3**');
  const [, end] = first.output().split('writer comments /rollback');
  expect(second.output().split('writer comments /rollback')[1]).toBe(end);
  expect(await gitops()).toBe(before);
}, 180_000);

test('an App with credentials is pointed at a sandbox that runs alone, and loads none itself', async () => {
  const sandbox = run(['sandbox'], { COALMINE_DATA_DIR: join(folder, 'sandbox') });
  const [, url] = await sandbox.printed(/a local GitHub: (http\S+)\n/);
  await sandbox.printed(/Webhooks go to/);
  const app = JSON.parse(await readFile(join(folder, 'sandbox/app.json'), 'utf8'));
  expect(app).toMatchObject({ appId: expect.any(Number), apiUrl: `${url}/api/v3`, fluxToken: expect.any(String) });
  const server = run([], {
    APP_ID: String(app.appId),
    PRIVATE_KEY: app.privateKey,
    WEBHOOK_SECRET: app.webhookSecret,
    GITHUB_API_URL: app.apiUrl,
    LOG_LEVEL: 'debug',
  });
  const [, address] = await server.printed(/"url":"(http[^"]+)","msg":"listening"/);
  expect((await fetch(`${address}/healthz`)).status).toBe(200);
  const unsigned = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
  expect((await fetch(`${address}/api/github/webhooks`, unsigned)).status).toBe(400);
  // No webhook reaches it: the sweep at its start finds the pull request.
  await server.printed(/POST http\S+\/check-runs - 201/);
  expect(server.output()).not.toContain(app.webhookSecret);
  await expect(access(join(folder, '.data'))).rejects.toThrow();
});

test('a part of the credentials is a mistake, and every problem is said at once', async () => {
  const program = run([], { APP_ID: '1', PORT: 'many' });
  expect(await program.exit).toBe(2);
  expect(program.output()).toMatch(/PORT is "many"[\s\S]*PRIVATE_KEY[\s\S]*WEBHOOK_SECRET is missing/);
});

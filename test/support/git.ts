import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** The environment of a machine without settings for git. */
export const PLAIN_ENVIRONMENT: NodeJS.ProcessEnv = {
  PATH: process.env.PATH ?? '',
  HOME: '/nonexistent',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
};

const SOMEBODY = ['-c', 'user.name=Somebody', '-c', 'user.email=somebody@example.com'];

/** Runs git as the user Somebody, without the machine's own settings, and returns its output, trimmed. */
export function git(folder: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      'git',
      [...SOMEBODY, ...args],
      { cwd: folder, env: PLAIN_ENVIRONMENT, maxBuffer: 2 ** 26 },
      (error, stdout) => (error ? reject(error) : resolve(stdout.trim())),
    );
    child.stdin?.on('error', () => undefined); // git may end before it has read everything
    child.stdin?.end(input);
  });
}

/** A new folder that goes with the test. */
export function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'coalmine-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What a path may hold: a text, or something that isn't a file to us. */
export type Content = string | { readonly link: string } | { readonly submodule: string } | { readonly script: string };

export interface CommitToImport {
  readonly branch?: string; // without one the commit stands alone
  readonly parents?: readonly string[];
  readonly files?: Readonly<Record<string, Content | undefined>>; // undefined removes
  readonly message?: string;
}

/** Writes a commit straight into a repository, bare or not; what isn't named is as in its first parent. */
export async function importCommit(
  folder: string,
  { branch = `alone/${++alone}`, parents = [], files = {}, message = 'A commit' }: CommitToImport,
): Promise<string> {
  const [from, ...merged] = parents;
  const stream = [
    ...(from === undefined ? [] : [`reset refs/heads/${branch}\nfrom ${from}\n\n`]),
    `commit refs/heads/${branch}\nmark :1\n${WRITTEN}\n${COMMITTED}\n${data(message)}`,
    ...(from === undefined ? [] : [`from ${from}\n`]),
    ...merged.map((parent) => `merge ${parent}\n`),
    ...Object.entries(files).map(([path, content]) => change(path, content)),
    'get-mark :1\n',
  ];
  return git(folder, ['fast-import', '--quiet', '--force'], stream.join(''));
}

let alone = 0;

// A commit that was written before it was committed, as after a rebase.
const WRITTEN = 'author Somebody <somebody@example.com> 1600000000 +0000';
const COMMITTED = 'committer Somebody <somebody@example.com> 1700000000 +0530';
/** When every imported commit was committed. */
export const IMPORTED = new Date('2023-11-14T22:13:20Z');

function change(path: string, content: Content | undefined): string {
  const quoted = JSON.stringify(path);
  if (content === undefined) return `D ${quoted}\n`;
  if (typeof content === 'string') return `M 100644 inline ${quoted}\n${data(content)}`;
  if ('script' in content) return `M 100755 inline ${quoted}\n${data(content.script)}`;
  if ('link' in content) return `M 120000 inline ${quoted}\n${data(content.link)}`;
  return `M 160000 ${content.submodule} ${quoted}\n`;
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

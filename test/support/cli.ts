import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { main } from '../../src/cli/main.ts';
import { folderTree } from '../../src/git/folder.ts';
import { createFolder, git, PLAIN_ENVIRONMENT } from './git.ts';

const PROGRAM = join(import.meta.dirname, '../../bin/coalmine');

/** How a run of the program ended, and what it printed. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line within this process, in this folder. */
export function coalmine(folder: string, ...args: readonly string[]): Promise<Run> {
  return coalmineWith({}, folder, ...args);
}

/** The same with these variables in the environment. */
export async function coalmineWith(
  environment: NodeJS.ProcessEnv,
  folder: string,
  ...args: readonly string[]
): Promise<Run> {
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  const code = await main(args, {
    terminal: {
      out: (text) => void out.push(Buffer.from(text)),
      err: (text) => void err.push(Buffer.from(text)),
    },
    environment: { ...PLAIN_ENVIRONMENT, ...environment },
    cwd: folder,
  });
  return { code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() };
}

/** Runs the program as a shell would, in this folder: for what only a process of its own can show. */
export function program(folder: string, ...args: readonly string[]): Promise<Run> {
  return runProgram(PROGRAM, args, folder);
}

/** A command line with the program as $0. */
export function shell(folder: string, script: string): Promise<Run> {
  return runProgram('bash', ['-c', script, PROGRAM], folder);
}

function runProgram(file: string, args: readonly string[], cwd: string): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env: PLAIN_ENVIRONMENT, stdio: ['ignore', 'pipe', 'pipe'] });
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({ code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
    );
  });
}

/** A user's folder; it is removed after the test. */
export interface Project {
  readonly folder: string;
  /** Writes files; undefined removes one. */
  write(files: Readonly<Record<string, string | undefined>>): void;
  git(...args: string[]): Promise<string>;
  /** Writes files, and commits everything there is. */
  commit(files: Readonly<Record<string, string | undefined>>): Promise<string>;
  run(...args: string[]): Promise<Run>;
}

/** A plain folder with these files. */
export function createProject(files: Readonly<Record<string, string>> = {}): Project {
  const project = projectIn(createFolder());
  project.write(files);
  return project;
}

/** A folder that is there already, to work in. */
export function projectIn(folder: string): Project {
  const write: Project['write'] = (changes) => {
    for (const [path, text] of Object.entries(changes)) {
      const file = join(folder, path);
      if (text === undefined) rmSync(file);
      else {
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, text);
      }
    }
  };
  return {
    folder,
    write,
    git: (...args) => git(folder, args),
    commit: async (changes) => {
      write(changes);
      await git(folder, ['add', '--all']);
      await git(folder, ['commit', '--quiet', '--message=A change']);
      return git(folder, ['rev-parse', 'HEAD']);
    },
    run: (...args) => coalmine(folder, ...args),
  };
}

/** A git repository whose first commit has these files. */
export async function createRepository(files: Readonly<Record<string, string>>): Promise<Project> {
  const project = createProject();
  await project.git('init', '--quiet', '--initial-branch=main');
  await project.commit(files);
  return project;
}

/** Every file of a folder with its text. */
export async function textsOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const files = await folderTree(folder).list('');
  return Object.fromEntries([...files.keys()].map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

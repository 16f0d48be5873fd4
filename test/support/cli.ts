import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { folderTree } from '../../src/git/folder.ts';
import { createFolder, git, PLAIN_ENVIRONMENT } from './git.ts';

const PROGRAM = join(import.meta.dirname, '../../bin/coalmine');

/** How a run of the program ended, and what it printed. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program as a shell would, in this folder. */
export function coalmine(folder: string, ...args: readonly string[]): Promise<Run> {
  return runProgram(PROGRAM, args, folder);
}

/** The same with these variables in the environment. */
export function coalmineWith(environment: NodeJS.ProcessEnv, folder: string, ...args: readonly string[]): Promise<Run> {
  return runProgram(PROGRAM, args, folder, environment);
}

/** A command line with the program as $0. */
export function shell(folder: string, script: string): Promise<Run> {
  return runProgram('bash', ['-c', script, PROGRAM], folder);
}

function runProgram(
  program: string,
  args: readonly string[],
  cwd: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<Run> {
  return new Promise((resolve, reject) => {
    const env = { ...PLAIN_ENVIRONMENT, ...environment };
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({ code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
    );
  });
}

/** A folder that somebody works in; it goes with the test. */
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

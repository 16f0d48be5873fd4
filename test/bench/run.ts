import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** One run of a program as a whole: start included, output thrown away. */
export interface Run {
  readonly seconds: number;
  readonly mebibytes: number; // peak; 0 where the program is none of ours
}

const PEAK = join(import.meta.dirname, 'peak.ts');

const MEASURED = { NODE_OPTIONS: `--import=${pathToFileURL(PEAK)}` };

/** Runs a TypeScript program with this Node. */
export function runScript(script: string, args: readonly string[]): Promise<Run> {
  return runProgram(process.execPath, [script, ...args], MEASURED);
}

/** Runs coalmine as a shell would. */
export function runCoalmine(args: readonly string[]): Promise<Run> {
  return runProgram(join(import.meta.dirname, '../../bin/coalmine'), args, MEASURED);
}

/** Runs any program; one that fails is a broken benchmark. */
export function runProgram(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Run> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const env = { ...process.env, ...environment };
    const child = spawn(program, args, { env, stdio: ['ignore', openSync('/dev/null', 'w'), 'pipe', 'pipe'] });
    let [peak, complaint] = ['', ''];
    child.stdio[3]?.on('data', (chunk) => (peak += chunk));
    child.stderr?.on('data', (chunk) => (complaint += chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve({ seconds: (performance.now() - started) / 1000, mebibytes: Number(peak) / 1024 });
      else reject(new Error(`${program} ${args.join(' ')} ended with ${code}: ${complaint}`));
    });
  });
}

/** The middle one of several runs. */
export function median(runs: readonly Run[]): Run {
  const sorted = [...runs].sort((a, b) => a.seconds - b.seconds);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (!middle) throw new Error('no runs');
  return { ...middle, mebibytes: Math.max(...runs.map(({ mebibytes }) => mebibytes)) };
}

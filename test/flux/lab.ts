import { spawn } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectKubernetes, type Kubernetes } from './kubernetes.ts';

/** A Kubernetes API server with Flux's controllers. */
export interface Lab {
  readonly folder: string;
  readonly kubernetes: Kubernetes;
  /** `kubectl apply` of these documents, as an administrator. */
  apply(text: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts the lab whose scripts are in FLUX_LAB; its kustomize-controller posts events to that address. */
export async function startLab(eventsUrl: string): Promise<Lab> {
  const scripts = process.env.FLUX_LAB ?? '';
  const folder = await mkdtemp(join(tmpdir(), 'coalmine-lab-'));
  await run([join(scripts, 'up.sh'), folder], { FLUX_LAB_EVENTS_ADDR: eventsUrl });
  const kubernetes = await connectKubernetes(join(folder, 'kubeconfig'));
  return {
    folder,
    kubernetes,
    apply: (text) => run(['bash', '-c', `. "$0/env" && kubectl apply -f -`, folder], {}, text),
    close: async () => {
      kubernetes.close();
      await run([join(scripts, 'down.sh'), folder, ...(process.env.FLUX_LAB_KEEP ? [] : ['--rm'])]);
    },
  };
}

/** Runs a program to its end; what it said is in the error when it fails. */
async function run([program = '', ...args]: readonly string[], env = {}, input = ''): Promise<void> {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk));
  child.stdin.end(input);
  const code = await new Promise((resolve, reject) => child.on('exit', resolve).on('error', reject));
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${Buffer.concat(said)}`);
}

import { Worker } from 'node:worker_threads';
import type { Plan } from '../../flows/effect.ts';
import { LimitExceeded, type PlanJob, type PlannedJob, planJob } from '../../flows/plan-job.ts';
import type { Ports } from '../../flows/ports.ts';
import { type FromWorker, type PortName, readError, type ToWorker, writeError } from './messages.ts';

/** Makes plans in worker threads, which are stopped when one takes too much: the App goes on. */
export interface Planner {
  readonly planJob: PlanJob;
  /** Stops the workers; plans that are being made fail. */
  close(): Promise<void>;
}

export interface PlannerOptions {
  readonly workers?: number; // how many plans are made at once
  readonly seconds?: number; // computing that one plan may take; waiting for GitHub doesn't count
  readonly mebibytes?: number; // heap of one worker
}

/** Jobs that read what strangers wrote: values files of pull requests, and what was merged of them. */
const IN_WORKERS: ReadonlySet<string> = new Set(['review', 'review-group', 'publish']);

/** How much more time a publication may take: it may have to render every release of a repository. */
const PUBLISHING = 4;

/** How often a running plan is looked at. */
const LOOK = 250; // ms

interface Running {
  readonly ports: Ports;
  readonly until: number; // active milliseconds of the worker's event loop
  settle(result: { readonly plan: Plan } | { readonly error: Error }): void;
}

interface Thread {
  readonly worker: Worker;
  running?: Running | undefined;
}

/** Starts no worker before the first plan is asked for. */
export function createPlanner({ workers = 2, seconds = 30, mebibytes = 768 }: PlannerOptions = {}): Planner {
  const idle: Thread[] = [];
  const all = new Set<Thread>();
  const queue: (() => void)[] = [];
  const watch = setInterval(look, LOOK).unref();
  let closed = false;

  function look(): void {
    for (const { worker, running } of all) {
      if (running && activeTime(worker) > running.until) stop(worker, new LimitExceeded('time'));
    }
  }

  function stop(worker: Worker, error: Error): void {
    const thread = [...all].find((each) => each.worker === worker);
    if (!thread) return;
    all.delete(thread);
    if (idle.includes(thread)) idle.splice(idle.indexOf(thread), 1);
    void worker.terminate();
    thread.running?.settle({ error });
  }

  function start(): Thread {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: mebibytes },
    });
    worker.unref();
    const thread: Thread = { worker };
    all.add(thread);
    worker.on('message', (message: FromWorker) => void hear(thread, message));
    worker.on('error', (error: NodeJS.ErrnoException) => {
      stop(worker, error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? new LimitExceeded('memory') : error);
    });
    worker.on('exit', () => stop(worker, new Error('a worker thread ended while it made a plan')));
    return thread;
  }

  async function hear(thread: Thread, message: FromWorker): Promise<void> {
    const { running, worker } = thread;
    if (!running) return;
    if (message.kind === 'planned') return running.settle({ plan: message.plan });
    if (message.kind === 'failed') return running.settle({ error: readError(message.error) });
    const { call, port, args } = message;
    try {
      answer(worker, { kind: 'answer', call, value: await callPort(running.ports, port, args) });
    } catch (error) {
      answer(worker, { kind: 'answer', call, error: writeError(error) });
    }
  }

  function plan(job: PlannedJob, ports: Ports): Promise<Plan> {
    return new Promise((resolve, reject) => {
      const begin = () => {
        if (closed) return reject(new Error('the App is stopping'));
        const thread = idle.pop() ?? start();
        thread.running = {
          ports,
          until: activeTime(thread.worker) + seconds * 1000 * (job.kind === 'publish' ? PUBLISHING : 1),
          settle(result) {
            thread.running = undefined;
            if (all.has(thread)) idle.push(thread);
            if ('plan' in result) resolve(result.plan);
            else reject(result.error);
            queue.shift()?.();
          },
        };
        answer(thread.worker, { kind: 'plan', job, now: ports.now().getTime() });
      };
      if (all.size - idle.length < workers) begin();
      else queue.push(begin);
    });
  }

  return {
    planJob: (job, ports) => (IN_WORKERS.has(job.kind) ? plan(job, ports) : planJob(job, ports)),
    async close() {
      closed = true;
      clearInterval(watch);
      for (const begin of queue.splice(0)) begin();
      const threads = [...all];
      for (const { worker } of threads) stop(worker, new Error('the App is stopping'));
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
    },
  };
}

function answer(worker: Worker, message: ToWorker): void {
  worker.postMessage(message);
}

/** How long the worker's event loop has been busy, in milliseconds; also while it is. */
function activeTime(worker: Worker): number {
  return worker.performance.eventLoopUtilization().active;
}

async function callPort(ports: Ports, [name, key]: PortName, args: readonly unknown[]): Promise<unknown> {
  const [port, given] =
    name === 'tree' ? [ports.repository.treeOf(String(args[0])), args.slice(1)] : [ports[name], args];
  const call: unknown = Reflect.get(port, key);
  if (typeof call !== 'function') throw new Error(`there is no ${name}.${key}`);
  return call.apply(port, given);
}

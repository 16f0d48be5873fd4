import { Worker } from 'node:worker_threads';
import { type Decide, type Decisions, LimitExceeded } from '../../flows/plan-job.ts';
import type { Ports } from '../../flows/ports.ts';
import { type FromWorker, type PortName, type Question, readError, type ToWorker, writeError } from './messages.ts';

/** Decides in worker threads. A thread that uses too much time or memory is stopped; the App continues. */
export interface Planner {
  readonly decide: Decide;
  /** Stops the workers; unfinished plans fail. */
  close(): Promise<void>;
}

export interface PlannerOptions {
  readonly workers?: number; // number of jobs planned at the same time, and beside them of commands and of batches of events
  readonly seconds?: number; // maximum computing time of one plan, without waiting for GitHub
  readonly mebibytes?: number; // heap of one worker
}

/** Factor of the time limit of a publication or a command, which may render every release of a repository. */
const WHOLE = 4;

/** Interval between checks of running plans. */
const CHECK_INTERVAL = 250; // ms

interface RunningQuestion {
  readonly ports: Ports;
  readonly until: number; // active milliseconds of the worker's event loop
  settle(result: { readonly decision: unknown } | { readonly error: Error }): void;
}

type LaneName = 'jobs' | 'commands' | 'events';

/** The waiting questions of one kind, and the number of running ones. */
interface Lane {
  running: number;
  readonly queue: (() => void)[];
}

interface Thread {
  readonly worker: Worker;
  running?: RunningQuestion | undefined;
}

/** Creates a planner; the first plan starts the first worker. */
export function createPlanner({ workers = 2, seconds = 30, mebibytes = 768 }: PlannerOptions = {}): Planner {
  const idle: Thread[] = [];
  const all = new Set<Thread>();
  const lanes: Readonly<Record<LaneName, Lane>> = { jobs: createLane(), commands: createLane(), events: createLane() };
  const watch = setInterval(stopOverdue, CHECK_INTERVAL).unref();
  let closed = false;

  function stopOverdue(): void {
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
    worker.on('message', (message: FromWorker) => void handleMessage(thread, message));
    worker.on('error', (error: NodeJS.ErrnoException) => {
      stop(worker, error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? new LimitExceeded('memory') : error);
    });
    worker.on('exit', () => stop(worker, new Error('a worker thread ended while it made a plan')));
    return thread;
  }

  async function handleMessage(thread: Thread, message: FromWorker): Promise<void> {
    const { running, worker } = thread;
    if (!running) return;
    if (message.kind === 'decided') return running.settle({ decision: message.decision });
    if (message.kind === 'failed') return running.settle({ error: readError(message.error) });
    const { call, port, args } = message;
    try {
      const value = await callPort(running.ports, port, args);
      answer(worker, { kind: 'answer', call, value, now: running.ports.now().getTime() });
    } catch (error) {
      answer(worker, { kind: 'answer', call, error: writeError(error), now: running.ports.now().getTime() });
    }
  }

  function decide(question: Question, ports: Ports): Promise<unknown> {
    const lane = lanes[laneOf(question)];
    return new Promise((resolve, reject) => {
      const begin = () => {
        if (closed) return reject(new Error('the App is stopping'));
        const thread = idle.pop() ?? start();
        lane.running += 1;
        thread.running = {
          ports,
          until: activeTime(thread.worker) + seconds * 1000 * (isWhole(question) ? WHOLE : 1),
          settle(result) {
            thread.running = undefined;
            lane.running -= 1;
            if (all.has(thread)) idle.push(thread);
            if ('decision' in result) resolve(result.decision);
            else reject(result.error);
            lane.queue.shift()?.();
          },
        };
        answer(thread.worker, { kind: 'decide', question, now: ports.now().getTime() });
      };
      if (lane.running < workers) begin();
      else lane.queue.push(begin);
    });
  }

  return {
    decide: <Kind extends keyof Decisions>(kind: Kind, asked: Decisions[Kind]['asked'], ports: Ports) =>
      decide({ kind, asked } as Question, ports) as Promise<Decisions[Kind]['decision']>,
    async close() {
      closed = true;
      clearInterval(watch);
      for (const begin of Object.values(lanes).flatMap(({ queue }) => queue.splice(0))) begin();
      const threads = [...all];
      for (const { worker } of threads) stop(worker, new Error('the App is stopping'));
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
    },
  };
}

/** A command never waits for a thread that reviews, nor does the report of a cluster. */
function laneOf({ kind, asked }: Question): LaneName {
  if (kind !== 'plan') return 'commands';
  return asked.kind === 'flux-events' ? 'events' : 'jobs';
}

function createLane(): Lane {
  return { running: 0, queue: [] };
}

function isWhole(question: Question): boolean {
  return question.kind === 'plan'
    ? question.asked.kind === 'publish'
    : question.kind === 'command' || question.kind === 'holds';
}

function answer(worker: Worker, message: ToWorker): void {
  worker.postMessage(message);
}

/** The busy time of the worker's event loop so far, in milliseconds. */
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

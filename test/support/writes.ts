import type { FakeWorld } from './fakes.ts';

/** Comes before each write, with the number of those that came before it. */
type Before = (writes: number) => Promise<void> | void;

/** The same world, in which something comes before each write. */
function writingThrough(world: FakeWorld, before: Before): FakeWorld {
  let writes = 0;
  const watched =
    <Args extends readonly unknown[], Result>(write: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      await before(writes++);
      return write(...args);
    };
  const { repository, pulls, jobs } = world;
  return {
    ...world,
    repository: { ...repository, commit: watched(repository.commit) },
    pulls: {
      ...pulls,
      openPull: watched(pulls.openPull),
      mergePull: watched(pulls.mergePull),
      removeBranch: watched(pulls.removeBranch),
      react: watched(pulls.react),
      writeCheck: watched(pulls.writeCheck),
      writeComment: watched(pulls.writeComment),
      writeSection: watched(pulls.writeSection),
      writeSuggestions: watched(pulls.writeSuggestions),
    },
    jobs: {
      enqueue: (job) => {
        void before(writes++);
        jobs.enqueue(job);
      },
      enqueueLater: (job, seconds) => {
        void before(writes++);
        jobs.enqueueLater(job, seconds);
      },
    },
  };
}

type Act = (world: FakeWorld) => Promise<unknown>;

export interface Killing {
  readonly start: () => Promise<FakeWorld>; // a world as it is before
  readonly run: Act; // what the process does until it is killed
  readonly again?: Act; // what the next process does; default: the same
  readonly check: (world: FakeWorld, killed: string) => Promise<void> | void;
}

/**
 * Kills the process in place of its first write, of its second, and so on until it comes to its end; the next process
 * knows nothing but what was written. Gives the number of writes.
 */
export async function killedAtEachWrite({ start, run, again = run, check }: Killing): Promise<number> {
  for (let writes = 0; ; writes++) {
    const world = await start();
    const kill = new Error('killed');
    let isKilled = false;
    const dying = writingThrough(world, (written) => {
      if (written < writes) return;
      isKilled = true;
      throw kill;
    });
    await run(dying).catch((error: unknown) => {
      if (error !== kill) throw error;
    });
    world.enqueued.splice(0); // they were in the process's memory alone
    world.enqueuedLater.splice(0);
    await again(world);
    await check(world, `killed after ${writes} writes`);
    if (!isKilled) return writes;
  }
}

/** Lets something else happen before the first write of a run, before its second, and so on: a fresh world each time. */
export async function interruptedAtEachWrite({
  start,
  run,
  meanwhile,
  check,
}: Omit<Killing, 'again'> & { readonly meanwhile: Act }): Promise<number> {
  for (let writes = 0; ; writes++) {
    const world = await start();
    let other: Promise<unknown> | undefined;
    const slow = writingThrough(world, async (written) => {
      if (written !== writes) return;
      other = meanwhile(world);
      await other;
    });
    await run(slow);
    if (!other) return writes;
    await other; // enqueueing a job waits for no other
    await check(world, `interrupted before write ${writes}`);
  }
}

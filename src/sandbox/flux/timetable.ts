/** A schedule of work, with at most one task of each name. */
export interface Timetable {
  /** Plans a task, unless one of that name is planned already. */
  plan(name: string, delay: number, work: () => Promise<void>): void;
  /** Runs the tasks due within that many ms, and the tasks that they plan, without waiting. */
  hurry(within: number): Promise<void>;
  close(): void;
}

interface PlannedTask {
  readonly due: number;
  readonly timer: NodeJS.Timeout | undefined;
  readonly work: () => Promise<void>;
}

/** Creates a timetable; with `byHand` tasks run only through `hurry`. */
export function createTimetable(run: (work: () => Promise<void>) => Promise<void>, byHand: boolean): Timetable {
  const planned = new Map<string, PlannedTask>();
  let running: Promise<void> = Promise.resolve();
  let closed = false;

  const start = (name: string): Promise<void> => {
    const found = planned.get(name);
    if (!found) return running;
    planned.delete(name);
    clearTimeout(found.timer);
    running = run(found.work);
    return running;
  };
  return {
    plan: (name, delay, work) => {
      if (closed || planned.has(name)) return;
      const timer = byHand ? undefined : setTimeout(() => start(name), delay).unref();
      planned.set(name, { due: performance.now() + delay, timer, work });
    },
    hurry: async (within) => {
      await running;
      const end = performance.now() + within;
      const next = () => [...planned].filter(([, { due }]) => due <= end).toSorted(([, a], [, b]) => a.due - b.due)[0];
      for (let first = next(); first && !closed; first = next()) await start(first[0]);
    },
    close: () => {
      closed = true;
      for (const { timer } of planned.values()) clearTimeout(timer);
      planned.clear();
    },
  };
}

/** Runs tasks one by one, in the order of their calls. */
export type Serial = <T>(work: () => Promise<T>) => Promise<T>;

/** Creates a queue that runs one task at a time; a failed task does not stop the next. */
export function createSerial(): Serial {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  };
}

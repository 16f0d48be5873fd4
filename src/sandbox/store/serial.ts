/** Runs one piece of work after the other, in the order asked for. */
export type Serial = <T>(work: () => Promise<T>) => Promise<T>;

/** Makes a queue of one; a piece that fails does not stop the next. */
export function createSerial(): Serial {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  };
}

/** How often everything is looked at again, in case a webhook never arrived; sooner after a sweep that failed. */
const EVERY = 5 * 60_000;
const AGAIN = 10_000;

/** Sweeps that come again and again. */
interface Sweeper {
  /** Resolves when the sweep at the start has ended, well or not. */
  readonly first: Promise<void>;
  stop(): Promise<void>;
}

/** Sweeps at once and from then on; one that fails is only logged. */
export function startSweeping(
  sweep: () => Promise<void>,
  log: { error(data: object, message: string): void },
): Sweeper {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  async function run(): Promise<void> {
    let pause = EVERY;
    try {
      await sweep();
    } catch (error) {
      pause = AGAIN;
      log.error({ err: error, pause }, 'sweep failed and will be tried again');
    }
    if (!stopped) timer = setTimeout(() => (latest = run()), pause);
  }

  let latest = run();
  return {
    first: latest,
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      return latest;
    },
  };
}

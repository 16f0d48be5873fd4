/** Milliseconds between sweeps, which make up for lost webhooks; fewer after a failed sweep. */
const SWEEP_INTERVAL = 5 * 60_000;
const RETRY_INTERVAL = 10_000;

/** Repeated sweeps. */
interface Sweeper {
  /** Resolves when the first sweep has ended, with or without an error. */
  readonly first: Promise<void>;
  stop(): Promise<void>;
}

/** Sweeps at once and then repeatedly; logs a failed sweep and continues. */
export function startSweeping(
  sweep: () => Promise<void>,
  log: { error(data: object, message: string): void },
): Sweeper {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  async function run(): Promise<void> {
    let pause = SWEEP_INTERVAL;
    try {
      await sweep();
    } catch (error) {
      pause = RETRY_INTERVAL;
      log.error({ err: error, pause }, 'sweep failed and will be retried');
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

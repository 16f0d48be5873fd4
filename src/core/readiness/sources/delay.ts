import type { TimeSource } from '../source.ts';

/** No cluster is asked. */
export const delay: TimeSource = {
  name: 'delay',
  meaning: 'no cluster reports; a part counts as applied some time after its commit',
  waitsFor: 'time',
  describe: (after) => `nobody is asked: ${after} s after its commit a part counts as applied (readiness.by: delay)`,
};

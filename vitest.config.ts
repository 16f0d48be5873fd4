import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000, // the machines are shared: a slow one is not a failure
    hookTimeout: 60_000,
    env: { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }, // git as on a machine on which nobody set it up
    maxWorkers: 3, // many tests wait for programs that they start
  },
});

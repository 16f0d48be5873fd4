import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000, // the machines are shared: a slow one is not a failure
    hookTimeout: 60_000,
    maxWorkers: 3, // many tests wait for programs that they start
  },
});

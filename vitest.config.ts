import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

// Test files that give the whole process other modules or another environment, or measure it, have one of their own.
const NEEDS_A_PROCESS = /\bvi\.(?:mock|doMock|hoisted|stubEnv|stubGlobal)\(|\bperformance\.eventLoopUtilization\(/;
const alone = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => `test/${file.replaceAll('\\', '/')}`)
  .filter((file) => NEEDS_A_PROCESS.test(readFileSync(file, 'utf8')));

// All others follow one another in a few processes, so that modules, schemas and templates are loaded once.
const pure = ['test/{charts,cli,core,flows,jobs}/**/*.test.ts', 'test/*.test.ts'];

export default defineConfig({
  test: {
    testTimeout: 60_000, // the machines are shared: a slow one is not a failure
    hookTimeout: 60_000,
    env: { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }, // git as on a machine on which nobody set it up
    maxWorkers: 3, // many tests wait for programs that they start
    globalSetup: 'test/support/templates-folder.ts',
    projects: [
      {
        extends: true,
        test: { name: 'io', include: ['test/**/*.test.ts'], exclude: [...pure, ...alone], isolate: false },
      },
      {
        extends: true,
        test: { name: 'pure', include: pure, exclude: alone, isolate: false, sequence: { groupOrder: 1 } },
      },
      { extends: true, test: { name: 'alone', include: alone, sequence: { groupOrder: 1 } } },
    ],
  },
});

import type { SandboxOptions } from '../../src/sandbox/sandbox.ts';

const files = new Map([
  ['README.md', '# Shop\n'],
  ['charts-values/echo.yaml', 'routes:\n  canary:\n    weight: 10\n'],
  ['charts-values/foxtrot.yaml', 'routes:\n  primary:\n    version: v1\n'],
]);

const pull = {
  title: 'Take the canary of echo to 25 percent',
  body: 'Half way to **half way**.',
  branch: 'writer/echo-25',
  files: new Map([['charts-values/echo.yaml', 'routes:\n  canary:\n    weight: 25\n']]),
};

/** Options for a sandbox with three files and a pull request to open. */
export function optionsFor(dataDir: string, more: Partial<SandboxOptions> = {}): SandboxOptions {
  return { dataDir, port: 0, log: () => undefined, seed: { files, pull, publish: async () => undefined }, ...more };
}

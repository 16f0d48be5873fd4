/** A sandbox in a process of its own, for the test that kills it: `node process.ts DATA_DIR` prints its address. */
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { optionsFor } from './options.ts';

const sandbox = await startSandbox(optionsFor(process.argv[2] ?? ''));
await sandbox.openSeededPull();
process.stdout.write(`${sandbox.apiUrl}\n`);

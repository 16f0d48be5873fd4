import { writeSync } from 'node:fs';

// Loaded before the program that is measured: says its peak memory, in KiB, on file descriptor 3 when it ends.
process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)));

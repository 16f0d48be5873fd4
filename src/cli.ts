import { EXIT } from './cli/command.ts';
import { main } from './cli/main.ts';

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.exit(EXIT.usage); // such as a full disk
    // EPIPE: the reader (head, less) closed the pipe. The exit code is still the command's.
  });
}

process.exitCode = await main(process.argv.slice(2), {
  terminal: {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
  },
  environment: process.env,
  cwd: process.cwd(),
});

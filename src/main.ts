import { type Config, type Defaults, readConfig, SERVER_DEFAULTS } from './config.ts';
import { startApp } from './start/app.ts';
import type { LocalConfig } from './start/local.ts';
import { createLog } from './start/log.ts';

const print = (text: string): void => void process.stdout.write(text);

const DEMO_DEFAULTS: Defaults = { port: 0, sandboxPort: 0 }; // free ports, since a server may be running already

/** Starts what the first argument names: the server (default), the sandbox alone, or the demonstration. */
async function main(mode: string | undefined): Promise<void> {
  const read = readConfig(process.env, mode === 'demo' ? DEMO_DEFAULTS : SERVER_DEFAULTS);
  if (!read.ok) {
    process.stderr.write(`${read.problems.map((problem) => `coalmine: ${problem}\n`).join('')}`);
    process.exitCode = 2;
    return;
  }
  const { config } = read;
  if (mode === 'demo') return demo(config);
  const withDataDir = { ...config, dataDir: config.dataDir ?? '.data' };
  if (mode === 'sandbox') return sandbox(withDataDir);
  return config.credentials ? server(config, config.credentials) : local(withDataDir);
}

async function server(config: Config, credentials: NonNullable<Config['credentials']>): Promise<void> {
  const log = createLog(config.logLevel);
  const app = await startApp({
    credentials,
    port: config.port,
    host: config.host ?? '0.0.0.0',
    log,
    about: 'Coalmine is running.\n',
    ...(config.apiUrl === undefined ? {} : { apiUrl: config.apiUrl }),
    ...(config.fluxToken === undefined ? {} : { fluxToken: config.fluxToken }),
  });
  log.info({ url: app.url }, 'listening');
  stopOnSignal(() => app.close());
}

// The sandbox is loaded only without credentials.
async function local(config: LocalConfig): Promise<void> {
  const { startLocal } = await import('./start/local.ts');
  const { printWelcome } = await import('./start/welcome.ts');
  const started = await startLocal(config, createLog(config.logLevel));
  stopOnSignal(() => started.close());
  await printWelcome(started, print);
}

async function sandbox(config: LocalConfig): Promise<void> {
  const { startLocalGitHub } = await import('./start/local.ts');
  const started = await startLocalGitHub(config, createLog(config.logLevel));
  await started.openSeededPull();
  print(
    `The sandbox, a local GitHub: ${started.url}\nREST API: ${started.apiUrl}\nCredentials for an App: ${config.dataDir}/app.json\nWebhooks go to: ${config.webhookUrl ?? 'nowhere (set WEBHOOK_URL)'}\n`,
  );
  stopOnSignal(() => started.close());
}

async function demo(config: Config): Promise<void> {
  const { runDemo } = await import('./start/demo.ts');
  await runDemo(config, createLog(config.logLevel), print);
}

const MAX_CLOSE_TIME = 5_000; // maximum ms of a clean end; the next start finds the jobs that were cut off

/** Ends cleanly on the first signal, at once on the second. */
function stopOnSignal(close: () => Promise<void>): void {
  const stop = () => {
    setTimeout(() => process.exit(0), MAX_CLOSE_TIME).unref();
    close().then(() => process.exit(0), fail);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
}

function fail(error: unknown): void {
  process.stderr.write(`coalmine: ${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}

// A write error on standard output or error (full disk, closed pipe) must not end the process.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

main(process.argv[2]).catch(fail);

import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { bot, organization } from './accounts.ts';
import { type AppFile, writeAppFile } from './app-file.ts';
import { type Flux, startFlux } from './flux/flux.ts';
import { startHooks } from './hooks.ts';
import { followBranches } from './pull-life.ts';
import { recordMissedPushes } from './pushes.ts';
import { clearLeftovers } from './repository/recover.ts';
import { birthOf, openSeedPull, type Seed, seedRepository } from './seed.ts';
import { listen, serve } from './server.ts';
import { acquireLock, type Lock } from './store/lock.ts';
import { createSerial } from './store/serial.ts';
import { openState } from './store/state.ts';
import { formatTime } from './time.ts';
import type { Repository, World } from './world.ts';

export type { AppFile } from './app-file.ts';

export interface SandboxOptions {
  readonly dataDir: string;
  /** 0: the system gives one. Only the loopback interface is listened on. */
  readonly port: number;
  /** Where webhooks go; without one they wait for `deliverTo`. */
  readonly webhookUrl?: string;
  readonly log: (fields: Record<string, unknown>, message: string) => void;
  /** What a new repository starts with. */
  readonly seed: Seed;
  /** Dates what happens. Credentials live and die by the system's clock. */
  readonly clock?: () => Date;
  /** Flux does nothing by itself, only when `flux.settle()` is called. */
  readonly manualFlux?: boolean;
}

/** A running sandbox. */
export interface Sandbox {
  readonly url: string;
  readonly apiUrl: string;
  readonly app: AppFile;
  /** The Flux that the sandbox plays. */
  readonly flux: Flux;
  /** Where webhooks go; Flux's events go to the same App, at /api/flux. Without an address both wait. */
  deliverTo(webhookUrl: string | undefined): void;
  /** Opens the seed's pull request by `writer`, if the repository is new and it hasn't been opened. */
  openSeededPull(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a local GitHub on a data directory, new or from before; throws if a running sandbox has it. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const dataDir = resolve(options.dataDir);
  await mkdir(dataDir, { recursive: true });
  const lock = await acquireLock(dataDir);
  try {
    return await start({ ...options, dataDir }, lock);
  } catch (problem) {
    await lock.release();
    throw problem;
  }
}

async function start(
  { dataDir, port, webhookUrl, log, seed, clock = () => new Date(), manualFlux = false }: SandboxOptions,
  lock: Lock,
): Promise<Sandbox> {
  const now = (): string => formatTime(clock());
  const repository = await prepareRepository(dataDir, seed, now());
  const state = await openState(dataDir);
  const { server, url } = await listen(port);
  lock.announce(url);
  const apiUrl = `${url}/api/v3`;
  const app = await writeAppFile(dataDir, apiUrl);
  const { deliveries } = state;
  const hooks = startHooks({ deliveries, secret: app.webhookSecret, url: webhookUrl, now, log });
  const flux = await startFlux({
    dataDir,
    folder: repository.folder,
    repository: `${repository.owner}/${repository.name}`,
    token: app.fluxToken,
    manual: manualFlux,
    now,
    log,
  });
  if (webhookUrl !== undefined) flux.postTo(webhookUrl);
  const serial = createSerial();
  const world: World = { url, apiUrl, app, repository, state, hooks, flux, serial, now, log };
  serve(server, world);
  await serial(async () => {
    await recordMissedPushes(world);
    await followBranches(world, bot);
  });
  return {
    url,
    apiUrl,
    app,
    flux,
    deliverTo: (url) => {
      hooks.deliverTo(url);
      flux.postTo(url);
    },
    openSeededPull: () => serial(() => openSeedPull(world, seed.pull)),
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      await serial(async () => undefined); // what has begun to write ends first
      server.closeAllConnections();
      await closed;
      await hooks.close();
      await flux.close();
      await lock.release();
    },
  };
}

async function prepareRepository(dataDir: string, seed: Seed, now: string): Promise<Repository> {
  const [owner, name] = [organization.login, 'shop'];
  const folder = join(dataDir, owner, `${name}.git`);
  await seedRepository(folder, seed, now);
  await clearLeftovers(folder);
  return { id: 1, owner, name, defaultBranch: 'main', folder, createdAt: await birthOf(folder) };
}

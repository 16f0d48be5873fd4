import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { bot, organization } from './accounts.ts';
import { type AppFile, writeAppFile } from './app-file.ts';
import { type Flux, startFlux } from './flux/flux.ts';
import { startWebhooks } from './hooks.ts';
import { followBranches } from './pull-life.ts';
import { recordMissedPushes } from './pushes.ts';
import { clearLeftovers } from './repository/recover.ts';
import { birthOf, openSeedPull, type Seed, seedRepository } from './seed.ts';
import { listen, serve } from './server.ts';
import { acquireLock, type Lock } from './store/lock.ts';
import { createSerial } from './store/serial.ts';
import { openState } from './store/state.ts';
import { formatTime } from './time.ts';
import type { SandboxRepository, SandboxWorld } from './world.ts';

export type { AppFile } from './app-file.ts';

export interface SandboxOptions {
  readonly dataDir: string;
  /** 0: the system chooses one. The sandbox listens on the loopback interface only. */
  readonly port: number;
  /** The address for webhooks; without one they wait for `deliverTo`. */
  readonly webhookUrl?: string;
  readonly log: (fields: Record<string, unknown>, message: string) => void;
  /** The content of a new repository. */
  readonly seed: Seed;
  /** The time of events. Credentials always use the system's clock. */
  readonly clock?: () => Date;
  /** Whether Flux works only when `flux.settle()` is called. */
  readonly manualFlux?: boolean;
}

/** A running sandbox. */
export interface Sandbox {
  readonly url: string;
  readonly apiUrl: string;
  readonly app: AppFile;
  /** The sandbox's Flux. */
  readonly flux: Flux;
  /** Sets the address for webhooks; Flux's events go to the same App, at /api/flux. Without an address both wait. */
  deliverTo(webhookUrl: string | undefined): void;
  /** Opens the seed's pull request as `writer`, if the repository is new and it was never opened. */
  openSeededPull(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a local GitHub on a new or existing data directory. Throws if a running sandbox uses it. */
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
  const hooks = startWebhooks({ deliveries, secret: app.webhookSecret, url: webhookUrl, now, log });
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
  const world: SandboxWorld = { url, apiUrl, app, repository, state, hooks, flux, serial, now, log };
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
      await serial(async () => undefined); // wait for the current write
      server.closeAllConnections();
      await closed;
      await hooks.close();
      await flux.close();
      await lock.release();
    },
  };
}

async function prepareRepository(dataDir: string, seed: Seed, now: string): Promise<SandboxRepository> {
  const [owner, name] = [organization.login, 'shop'];
  const folder = join(dataDir, owner, `${name}.git`);
  await seedRepository(folder, seed, now);
  await clearLeftovers(folder);
  return { id: 1, owner, name, defaultBranch: 'main', folder, createdAt: await birthOf(folder) };
}

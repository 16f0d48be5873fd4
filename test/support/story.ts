import { createHmac, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runGitText } from '../../src/git/program.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { type App, startApp } from '../../src/start/app.ts';
import { startLocalGitHub } from '../../src/start/local.ts';
import { createLog } from '../../src/start/log.ts';
import { checkWebhook, startRecorder } from './openapi.ts';
import { copyTemplate } from './template.ts';

/** Who may act in the sandbox. */
export type User = 'admin' | 'writer' | 'reader';

/** A sandbox with an App beside it, seen over HTTP and git alone; all that passes is held against GitHub's description. */
export interface Story {
  readonly sandboxUrl: string;
  /** Lets the sandbox's Flux do all that is due, and the App what follows from it. */
  settleFlux(told?: Readonly<Record<string, unknown>>): Promise<void>;
  readonly app: () => App;
  /** Requests of the App since the last call, GraphQL's too. */
  takeRequests(): readonly string[];
  /** The same, only those that may change something: GraphQL is asked, and changes nothing. */
  takeWrites(): readonly string[];
  complaints(): readonly string[];
  /** One request of a user to the REST API of the repository. */
  request(
    user: User,
    method: string,
    path: string,
    body?: object,
  ): Promise<{ readonly status: number; readonly body: unknown }>;
  /**
   * Does something, waits until the webhook that it causes (whose payload holds this text) was answered, and until the
   * App has nothing left to do.
   */
  after(event: string, act: () => Promise<unknown>, holding?: string): Promise<void>;
  /**
   * Delivers the last webhook of that event (whose payload holds this text) once more, as a redelivery does: the same
   * bytes, signature and id. Where it is on its way still, that is waited for, and not what the App makes of it.
   */
  redeliver(event: string, holding?: string): Promise<void>;
  /** Tells the App, in GitHub's name, that it was given the repository: it looks through it, as it does every few minutes. */
  sweep(): Promise<void>;
  clone(user: User, branch?: string): Promise<Clone>;
  /** Stops the App; webhooks are lost until it starts again. */
  stopApp(): Promise<void>;
  startApp(): Promise<void>;
  close(): Promise<void>;
}

export interface Clone {
  readonly folder: string;
  git(...args: string[]): Promise<string>;
}

const log = createLog('silent');

function startGitHub(dataDir: string): Promise<Sandbox> {
  return startLocalGitHub({ dataDir, port: 0, sandboxPort: 0, logLevel: 'silent', manualFlux: true }, log);
}

/** Starts a story on a data directory of its own, or on one from before. */
export async function startStory(dataDir?: string): Promise<Story> {
  const folders: string[] = [];
  const temporary = async () => {
    const folder = await mkdtemp(join(tmpdir(), 'coalmine-story-'));
    folders.push(folder);
    return folder;
  };
  const seeded = async () => {
    const folder = await temporary();
    await copyTemplate('story', folder, async (template) => (await startGitHub(template)).close());
    return folder;
  };
  const sandbox = await startGitHub(dataDir ?? (await seeded()));
  const recorder = await startRecorder(sandbox.url);
  const start = () =>
    startApp({
      credentials: sandbox.app,
      fluxToken: sandbox.app.fluxToken,
      apiUrl: `${recorder.url}/api/v3`,
      port: 0,
      host: '127.0.0.1',
      about: '',
      log,
    });
  let app: App | undefined = await start();
  const relay = await startRelay(() => app);
  sandbox.deliverTo(relay.url);
  await app.idle();
  let seen = 0;
  const running = () => {
    if (!app) throw new Error('the App is stopped');
    return app;
  };
  const takeRequests = () => {
    const requests = recorder.requests.slice(seen);
    seen = recorder.requests.length;
    return requests;
  };
  return {
    sandboxUrl: sandbox.url,
    settleFlux: async (told) => {
      if (told) await sandbox.flux.configure(told);
      await sandbox.flux.settle();
      if (app) await app.idle();
    },
    app: running,
    takeRequests,
    takeWrites: () => takeRequests().filter((request) => !/^GET |access_tokens|^POST \/graphql$/.test(request)),
    complaints: () => [...recorder.complaints(), ...relay.complaints],
    request: async (user, method, path, body) => {
      const response = await fetch(`${sandbox.apiUrl}/repos/canary/shop${path}`, {
        method,
        headers: { authorization: `token ${user}-token` },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
    },
    after: async (event, act, holding) => {
      const delivered = relay.next(event, holding);
      await act();
      await delivered;
      if (app) await app.idle();
    },
    redeliver: async (event, holding) => {
      await relay.redeliver(event, holding);
      await running().idle();
    },
    sweep: async () => {
      const body = JSON.stringify({
        action: 'added',
        installation: { id: 1 },
        repositories_added: [{ id: 1, name: 'shop', full_name: 'canary/shop' }],
      });
      const signature = createHmac('sha256', sandbox.app.webhookSecret).update(body).digest('hex');
      const headers = {
        'content-type': 'application/json',
        'x-github-event': 'installation_repositories',
        'x-github-delivery': randomUUID(),
        'x-hub-signature-256': `sha256=${signature}`,
      };
      const answer = await fetch(running().webhookUrl, { method: 'POST', headers, body });
      if (answer.status !== 200) throw new Error(`the App answered with ${answer.status}`);
      await running().idle();
    },
    clone: async (user, branch = 'main') => {
      const folder = await temporary();
      const url = sandbox.url.replace('://', `://${user}:${user}-token@`);
      await runGitText(folder, ['clone', '--quiet', '--branch', branch, `${url}/canary/shop.git`, '.']);
      const who = ['-c', `user.name=${user}`, '-c', `user.email=${user}@sandbox.test`, '-c', 'commit.gpgsign=false'];
      return { folder, git: (...args) => runGitText(folder, [...who, ...args]) };
    },
    stopApp: async () => {
      const stopping = running();
      app = undefined; // what comes meanwhile is lost
      await stopping.close();
    },
    startApp: async () => {
      app = await start();
      await app.idle();
    },
    close: async () => {
      const stopping = app;
      app = undefined;
      await stopping?.close();
      await sandbox.close();
      await Promise.all([recorder.close(), relay.close()]);
      await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
    },
  };
}

interface Relay {
  readonly url: string;
  readonly complaints: string[];
  /** Resolves when the next webhook of that event was passed on and answered, or lost. */
  next(event: string, holding?: string): Promise<void>;
  redeliver(event: string, holding?: string): Promise<void>;
  close(): Promise<void>;
}

/** Posts to an App that may be stopped meanwhile: then there is no answer, as where it was stopped before. */
function post(url: string, request: RequestInit): Promise<Response | undefined> {
  return fetch(url, request).catch(() => undefined);
}

/** Stands between the sandbox's webhooks and the App: checks each payload, and loses it while there is no App. */
async function startRelay(app: () => App | undefined): Promise<Relay> {
  const waiting: { readonly event: string; readonly holding: string; readonly resolve: () => void }[] = [];
  const complaints: string[] = [];
  const delivered: { readonly event: string; readonly body: string; readonly passedOn: RequestInit }[] = [];
  const whenDelivered: (() => void)[] = [];
  const target = () => app()?.webhookUrl;
  const server = createServer(async (request, response) => {
    const body = await read(request);
    if (request.url?.startsWith('/api/flux')) {
      const running = app();
      const signature = { 'x-signature': String(request.headers['x-signature']) };
      const answer = running && (await post(running.url + request.url, { method: 'POST', headers: signature, body }));
      response.writeHead(answer?.status ?? 503).end();
      return;
    }
    const event = String(request.headers['x-github-event']);
    complaints.push(...checkWebhook(event, JSON.parse(body)));
    const url = target();
    const headers = Object.entries(request.headers).filter(
      ([name]) => name.startsWith('x-') || name === 'content-type' || name === 'user-agent',
    );
    const passedOn = { method: 'POST', headers: headers as [string, string][], body };
    delivered.push({ event, body, passedOn });
    for (const resolve of whenDelivered.splice(0)) resolve();
    const answer = url ? await post(url, passedOn) : undefined;
    response.writeHead(answer?.status ?? 503).end();
    const at = waiting.findIndex((each) => each.event === event && body.includes(each.holding));
    if (at >= 0) waiting.splice(at, 1)[0]?.resolve();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    complaints,
    next: (event, holding = '') => new Promise((resolve) => waiting.push({ event, holding, resolve })),
    redeliver: async (event, holding = '') => {
      const url = target();
      if (!url) throw new Error(`no App listens for a redelivered ${event}`);
      const find = () => delivered.findLast((each) => each.event === event && each.body.includes(holding));
      let delivery = find();
      while (!delivery) {
        await new Promise<void>((resolve) => whenDelivered.push(resolve));
        delivery = find();
      }
      const { status } = await fetch(url, delivery.passedOn);
      if (status !== 200) throw new Error(`the App answered a redelivered ${event} with ${status}`);
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

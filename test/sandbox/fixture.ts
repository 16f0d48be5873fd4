import { execFile } from 'node:child_process';
import { createHmac, createSign } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';
import { checkExchange, checkWebhook } from '../support/openapi.ts';
import { copyTemplate } from '../support/template.ts';
import { optionsFor } from './options.ts';

// biome-ignore lint/suspicious/noExplicitAny: what comes back is JSON, and the tests say what they expect of it
export type AnyJson = any;

export interface Reply {
  readonly status: number;
  readonly body: AnyJson;
  readonly headers: Headers;
}

/** A sandbox in a folder of its own, with a receiver for its webhooks; both end with the test. */
export interface Fixture {
  readonly sandbox: Sandbox;
  readonly hooks: Receiver;
  readonly dataDir: string;
  /** Asks the REST API and holds the exchange against GitHub's description. */
  call(as: Credentials, operation: string, body?: unknown): Promise<Reply>;
  /** The same below the repository, with the body of a good answer. */
  repo(as: Credentials, operation: string, body?: unknown): Promise<AnyJson>;
  git(...args: string[]): Promise<string>;
  clone(as?: Credentials): Promise<string>;
  /** Closes the sandbox and starts it again on the same folder. */
  restart(): Promise<void>;
}

export type Credentials = 'admin' | 'writer' | 'reader' | 'app' | 'bot' | 'anonymous' | `raw:${string}`;

/** A new folder that goes with the test. */
export async function createFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'coalmine-sandbox-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** As the first start leaves a data directory: seeded, with keys. */
async function seed(folder: string): Promise<void> {
  const sandbox = await startSandbox(optionsFor(folder));
  await sandbox.close();
}

export async function startFixture(more: Partial<SandboxOptions> = {}): Promise<Fixture> {
  const dataDir = await createFolder();
  const hooks = await startReceiver();
  const broken: unknown[] = [];
  const log = (fields: unknown, message: string): void => {
    if (message === 'request failed') broken.push(fields);
  };
  await copyTemplate('sandbox', dataDir, seed);
  const start = (): Promise<Sandbox> => startSandbox(optionsFor(dataDir, { webhookUrl: hooks.url, log, ...more }));
  let sandbox = await start();
  hooks.secret = sandbox.app.webhookSecret;
  onTestFinished(async () => {
    await sandbox.close();
    expect(broken).toEqual([]);
  });
  let bot: string | undefined;
  const call = async (as: Credentials, operation: string, body?: unknown): Promise<Reply> => {
    if (as === 'bot') bot ??= await installationToken(sandbox);
    return request(sandbox, tokenOf(sandbox, as, bot), operation, body);
  };
  return {
    get sandbox() {
      return sandbox;
    },
    hooks,
    dataDir,
    call,
    repo: async (as, operation, body) => {
      const reply = await call(as, operation.replace(' /', ' /repos/canary/shop/').replace(/\/$/, ''), body);
      expect(reply.status, JSON.stringify(reply.body)).toBeLessThan(300);
      return reply.body;
    },
    git: (...args) => runGit(dataDir, args),
    clone: async (as = 'anonymous') => {
      const token = tokenOf(sandbox, as, bot);
      const folder = join(await createFolder(), 'shop');
      const url = token ? sandbox.url.replace('//', `//x:${token}@`) : sandbox.url;
      await runGit(dataDir, ['clone', '--quiet', `${url}/canary/shop.git`, folder]);
      return folder;
    },
    restart: async () => {
      await sandbox.close();
      sandbox = await start();
    },
  };
}

function tokenOf(sandbox: Sandbox, as: Credentials, bot: string | undefined): string | undefined {
  if (as === 'anonymous') return undefined;
  if (as === 'app') return createJwt(sandbox);
  if (as === 'bot') return bot;
  return as.startsWith('raw:') ? as.slice(4) : `${as}-token`;
}

async function request(sandbox: Sandbox, token: string | undefined, operation: string, body: unknown): Promise<Reply> {
  const [method = '', path = ''] = operation.split(' ');
  const answer = await fetch(sandbox.apiUrl + path, {
    method,
    headers: token ? { authorization: `Bearer ${token}` } : {},
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  const reply = { status: answer.status, body: text ? JSON.parse(text) : undefined, headers: answer.headers };
  if (reply.status < 400) {
    const exchange = { method, path, requestBody: body, status: reply.status, responseBody: reply.body };
    expect(checkExchange(exchange)).toEqual([]);
  }
  return reply;
}

/** What the App signs itself in with. */
export function createJwt({ app }: Sandbox, claims: object = {}): string {
  const now = Math.floor(Date.now() / 1000);
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = [
    { alg: 'RS256', typ: 'JWT' },
    { iss: app.appId, iat: now - 30, exp: now + 300, ...claims },
  ]
    .map(encode)
    .join('.');
  return `${text}.${createSign('RSA-SHA256').update(text).sign(app.privateKey, 'base64url')}`;
}

async function installationToken(sandbox: Sandbox): Promise<string> {
  const reply = await request(sandbox, createJwt(sandbox), 'POST /app/installations/1/access_tokens', {});
  return reply.body.token;
}

/** Runs git without the settings and prompts of the user who runs the tests. */
export async function runGit(folder: string, args: readonly string[]): Promise<string> {
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'writer',
    GIT_AUTHOR_EMAIL: 'writer@sandbox.test',
    GIT_COMMITTER_NAME: 'writer',
    GIT_COMMITTER_EMAIL: 'writer@sandbox.test',
  };
  return (await promisify(execFile)('git', [...args], { cwd: folder, env })).stdout.trim();
}

export interface Delivery {
  readonly event: string;
  readonly guid: string;
  readonly payload: AnyJson;
}

/** Takes webhooks, checks their signature and shape, and hands them out in order. */
export interface Receiver {
  readonly url: string;
  secret: string;
  /** What the next deliveries are answered with. */
  status: number;
  /** The next delivery of an event (`pull_request.opened`, `push`), come already or still to come; each only once. */
  next(event: string): Promise<Delivery>;
}

async function startReceiver(): Promise<Receiver> {
  const waiting: Delivery[] = [];
  const wanted: { readonly event: string; readonly give: (delivery: Delivery) => void }[] = [];
  const receiver = { url: '', secret: '', status: 202 };
  const server = createServer(async (incoming, outgoing) => {
    const delivery = await readDelivery(incoming, receiver.secret);
    outgoing.writeHead(receiver.status).end();
    const index = wanted.findIndex(({ event }) => event === delivery.event);
    if (index >= 0) wanted.splice(index, 1)[0]?.give(delivery);
    else waiting.push(delivery);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return Object.assign(receiver, {
    next: (event: string): Promise<Delivery> => {
      const index = waiting.findIndex((delivery) => delivery.event === event);
      const [found] = index >= 0 ? waiting.splice(index, 1) : [];
      return found ? Promise.resolve(found) : new Promise((give) => wanted.push({ event, give }));
    },
  });
}

async function readDelivery(incoming: IncomingMessage, secret: string): Promise<Delivery> {
  let text = '';
  for await (const chunk of incoming) text += chunk;
  const { headers } = incoming;
  const payload = JSON.parse(text);
  const signature = `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`;
  const complaints = [
    ...(headers['x-hub-signature-256'] === signature ? [] : ['the signature is wrong']),
    ...checkWebhook(String(headers['x-github-event']), payload),
  ];
  if (complaints.length > 0) payload.complaints = complaints;
  const event = [headers['x-github-event'], payload.action].filter(Boolean).join('.');
  return { event, guid: String(headers['x-github-delivery']), payload };
}

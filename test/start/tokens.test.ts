import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createLog } from '../../src/start/log.ts';
import { createProbot } from '../../src/start/probot.ts';

const HOUR = 3600; // seconds
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

/** A GitHub whose clock is so many seconds ahead of this machine's. */
async function startGitHub(ahead = 0) {
  const asked: string[] = [];
  let issued = 0;
  const good = new Set<string>();
  const now = () => Date.now() / 1000 + ahead;

  function answer(request: IncomingMessage): [status: number, body: object] {
    const [, credential = ''] = (request.headers.authorization ?? '').split(' ');
    if (!request.url?.includes('/access_tokens'))
      return good.has(credential) ? [200, { id: 1, full_name: 'canary/shop' }] : [401, { message: 'Bad credentials' }];
    const { iat, exp } = JSON.parse(Buffer.from(credential.split('.')[1] ?? '', 'base64url').toString());
    if (exp <= now()) return [401, { message: EXPIRED }];
    if (iat > now() + 60) return [401, { message: ISSUED_LATER }];
    if (exp > now() + 660) return [401, { message: TOO_FAR }];
    issued += 1;
    const token = `ghs_${issued}`;
    good.add(token);
    return [201, { token, expires_at: new Date((now() + HOUR) * 1000).toISOString(), permissions: {} }];
  }

  const server = createServer((request, response: ServerResponse) => {
    request.resume();
    const [status, body] = answer(request);
    asked.push(`${request.method} ${request.url} ${status}`);
    const date = new Date(now() * 1000).toUTCString();
    response.writeHead(status, { 'content-type': 'application/json', date }).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const probot = await createProbot({
    credentials: { appId: 1, privateKey, webhookSecret: 'secret' },
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    log: createLog('silent'),
  });
  return {
    asked,
    octokit: await probot.auth(7),
    /** No token that was given is good any more. */
    expire: () => good.clear(),
    /** The machine's clock jumps, by so many seconds against GitHub's. */
    jump: (seconds: number) => {
      ahead += seconds;
    },
  };
}

const EXPIRED =
  "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires";
const TOO_FAR = "'Expiration time' claim ('exp') is too far in the future";
const ISSUED_LATER = "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";

const SHOP = { owner: 'canary', repo: 'shop' };
const GET = 'GET /repos/canary/shop';
const POST = 'POST /app/installations/7/access_tokens';

test.each([5, -5, 24 * 365])('a clock that is %i hours from GitHub’s', async (hours) => {
  const { octokit, asked } = await startGitHub(hours * HOUR);
  expect((await octokit.rest.repos.get(SHOP)).status).toBe(200);
  expect(asked).toEqual([`${POST} 401`, `${POST} 201`, `${GET} 200`]);
});

test.each([
  ['is taken back', 0],
  ['expires, since the clock jumped back', 5 * HOUR],
])('a token that %s during a job is followed by another one, once', async (_, jump) => {
  const now = Date.now();
  const { octokit, asked, expire, jump: jumpBy } = await startGitHub();
  await octokit.rest.repos.get(SHOP);
  asked.length = 0;
  expire();
  jumpBy(jump);
  vi.useFakeTimers({ toFake: ['Date'], now: now + 10_000 }); // older than what GitHub needs to spread a new token
  onTestFinished(() => void vi.useRealTimers());
  const answers = await Promise.all([1, 2, 3].map(() => octokit.rest.repos.get(SHOP)));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(asked).toContain(`${GET} 401`);
  asked.length = 0;
  await octokit.rest.repos.get(SHOP);
  expect(asked).toEqual([`${GET} 200`]);
});

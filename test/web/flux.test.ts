import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request as openRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { isSignedBy } from '../../src/web/body.ts';
import { createRoutes } from '../../src/web/server.ts';

const TOKEN = 'a token that is not guessable';
const SHA = '0123456789abcdef0123456789abcdef01234567';
const ADDRESS = '/api/flux?repository=canary/shop';

const event = JSON.stringify({
  involvedObject: {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    namespace: 'echo',
    name: 'echo-routes',
  },
  severity: 'info',
  reason: 'ReconciliationSucceeded',
  message: 'done',
  timestamp: '2026-05-04T03:02:01Z',
  metadata: { revision: `gitops@sha1:${SHA}` },
});

const sign = (body: string, algorithm = 'sha256', token = TOKEN): string =>
  `${algorithm}=${createHmac(algorithm, token).update(body).digest('hex')}`;

async function start(token: string | undefined) {
  const taken: unknown[] = [];
  const take = (repository: object, read: { kustomization: object }) =>
    void taken.push({ ...repository, ...read.kustomization });
  const server = createServer(
    createRoutes(
      { github: { secret: TOKEN, take: async () => undefined, warn: () => undefined }, flux: { token, take } },
      'about',
    ),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const post = async (body: string, path = ADDRESS, signature = sign(body)) => {
    const answer = await fetch(url + path, { method: 'POST', body, headers: { 'x-signature': signature } });
    return { status: answer.status, text: await answer.text() };
  };
  return { url, taken, post };
}

test('a signed event is taken for the repository that the address names', async () => {
  const { post, taken } = await start(TOKEN);
  expect((await post(event)).status).toBe(202);
  expect(taken).toEqual(
    [{ owner: 'canary', name: 'shop', namespace: 'echo' }].map((each) => ({ ...each, name: 'echo-routes' })),
  );
});

test.each<[string, string, string, string | undefined, number, string]>([
  ['not JSON', 'x', ADDRESS, undefined, 400, 'not JSON'],
  ['no event', '{}', ADDRESS, undefined, 202, 'Ignored: not about a Kustomization'],
  [
    'an event of another kind',
    event.replace('"Kustomization"', '"HelmRelease"'),
    ADDRESS,
    undefined,
    202,
    'Ignored: not about a Kustomization',
  ],
  ['no signature', event, ADDRESS, '', 401, 'FLUX_WEBHOOK_TOKEN'],
  ['the signature of another body', event, ADDRESS, sign(`${event} `), 401, 'FLUX_WEBHOOK_TOKEN'],
  ["another sender's signature", event, ADDRESS, sign(event, 'sha256', 'x'), 401, 'FLUX_WEBHOOK_TOKEN'],
  ['a weak signature', event, ADDRESS, sign(event, 'sha1'), 401, 'FLUX_WEBHOOK_TOKEN'],
  ['nothing but a wrong signature', 'x', '/api/flux', 'sha256=00', 401, 'FLUX_WEBHOOK_TOKEN'],
  ['no repository', event, '/api/flux', undefined, 400, '?repository=OWNER/NAME'],
  ['half a repository', event, '/api/flux?repository=shop', undefined, 400, '?repository=OWNER/NAME'],
  ['two repositories', event, `${ADDRESS}&repository=canary/bank`, undefined, 400, '?repository=OWNER/NAME'],
  ['a path for a repository', event, '/api/flux?repository=../..', undefined, 400, '?repository=OWNER/NAME'],
  [
    'more than a repository',
    event,
    '/api/flux?repository=canary/shop/issues',
    undefined,
    400,
    '?repository=OWNER/NAME',
  ],
])('%s is answered, and taken for nothing', async (_, body, path, signature, status, words) => {
  const { post, taken } = await start(TOKEN);
  const answer = await post(body, path, signature);
  expect(answer.status).toBe(status);
  expect(answer.text).toContain(words);
  expect(taken).toEqual([]);
});

test('without a token no event is accepted', async () => {
  const { post, taken } = await start(undefined);
  expect((await post(event, ADDRESS, sign(event, 'sha256', ''))).status).toBe(404);
  expect(taken).toEqual([]);
});

test('an event is posted, and no larger than events are, whatever length was announced', async () => {
  const { url, taken } = await start(TOKEN);
  expect((await fetch(url + ADDRESS)).status).toBe(405);
  const sent = openRequest(url + ADDRESS, { method: 'POST' }); // in chunks, of an unknown total length
  sent.on('error', () => undefined);
  const answered = once(sent, 'response');
  const chunk = Buffer.alloc(300_000, 'x');
  for (let count = 0; count < 4; count += 1) sent.write(chunk);
  const [answer] = await answered;
  expect(answer.statusCode).toBe(413);
  expect(taken).toEqual([]);
});

test.each(['sha224', 'sha256', 'sha384', 'sha512'])('a signature by %s holds, and no part of it', (algorithm) => {
  const body = Buffer.from(event);
  const signature = sign(event, algorithm);
  expect(isSignedBy(TOKEN, body, signature)).toBe(true);
  expect(isSignedBy(TOKEN, body, signature.toUpperCase().replace('SHA', 'sha'))).toBe(true);
  for (const wrong of [
    signature.slice(0, -2),
    `${signature}00`,
    signature.replace(/^sha\d+/, 'md5'),
    `x${signature}`,
  ]) {
    expect(isSignedBy(TOKEN, body, wrong), wrong).toBe(false);
  }
  expect(isSignedBy(TOKEN, body, undefined)).toBe(false);
});

test("an event that is signed with one repository's key counts for that one alone", async () => {
  const { post, taken } = await start(TOKEN);
  const key = createHmac('sha256', TOKEN).update('canary/shop').digest('hex');
  const signature = sign(event, 'sha256', key);
  expect((await post(event, ADDRESS, signature)).status).toBe(202);
  expect((await post(event, '/api/flux?repository=Canary/Shop', signature)).status).toBe(202); // GitHub takes both
  expect((await post(event, '/api/flux?repository=canary/other', signature)).status).toBe(401);
  expect((await post(event, '/api/flux', signature)).status).toBe(401);
  expect(taken).toHaveLength(2);
});

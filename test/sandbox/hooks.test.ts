import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { type AnyJson, type Fixture, startFixture } from './fixture.ts';

const deliveries = '/app/hook/deliveries';

async function listed({ call }: Fixture, query = ''): Promise<AnyJson[]> {
  return (await call('app', `GET ${deliveries}?${query}`)).body;
}

test('a failed delivery stays failed until it is asked for again, under the same guid', async () => {
  const fixture = await startFixture();
  fixture.hooks.status = 500;
  await fixture.sandbox.openSeededPull();
  const lost = await fixture.hooks.next('pull_request.opened');
  fixture.hooks.status = 202;
  await fixture.repo('writer', 'POST /issues/1/comments', { body: 'Next' });
  await fixture.hooks.next('issue_comment.created');

  const [failed] = await listed(fixture, 'status=failure');
  expect(failed).toMatchObject({ guid: lost.guid, status_code: 500, event: 'pull_request', redelivery: false });
  const full = await fixture.call('app', `GET ${deliveries}/${failed.id}`);
  expect(full.body.request.payload.number).toBe(1);
  expect(full.body.request.headers['X-GitHub-Delivery']).toBe(lost.guid);
  expect((await fixture.call('app', `POST ${deliveries}/${failed.id}/attempts`)).status).toBe(202);
  const again = await fixture.hooks.next('pull_request.opened');
  expect(again).toEqual(lost);
});

test('deliveries are paged by a cursor', async () => {
  const fixture = await startFixture();
  await fixture.sandbox.openSeededPull();
  for (const body of ['One', 'Two', 'Three']) await fixture.repo('writer', 'POST /issues/1/comments', { body });
  for (const _ of [1, 2, 3]) await fixture.hooks.next('issue_comment.created');
  await fixture.repo('writer', 'PATCH /pulls/1', { state: 'closed' });
  await fixture.hooks.next('pull_request.closed');
  const first = await fixture.call('app', `GET ${deliveries}?per_page=2`);
  const next = /<[^>]*\/api\/v3([^>]*)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1];
  const second = await fixture.call('app', `GET ${next}`);
  const ids = [...first.body, ...second.body].map(({ id }: AnyJson) => id);
  expect(ids).toEqual([...ids].sort((one, other) => other - one));
  expect(new Set(ids).size).toBe(ids.length);
});

test('events from before the start of the App are sent when it listens, in order', async () => {
  const fixture = await startFixture({ webhookUrl: 'http://127.0.0.1:9/' });
  await fixture.sandbox.openSeededPull();
  fixture.sandbox.deliverTo(fixture.hooks.url);
  await fixture.repo('writer', 'POST /issues/1/comments', { body: 'One' });
  expect((await fixture.hooks.next('issue_comment.created')).payload.comment.body).toBe('One');
  expect(await listed(fixture, 'status=failure')).toMatchObject([{ status_code: 0, event: 'pull_request' }]);
});

test('a delivery cut off by a stop is sent by the next start', async () => {
  const fixture = await startFixture();
  const silent = createServer();
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  onTestFinished(() => {
    silent.closeAllConnections();
    silent.close();
  });
  fixture.sandbox.deliverTo(`http://127.0.0.1:${(silent.address() as AddressInfo).port}/`);
  const asked = once(silent, 'request');
  await fixture.sandbox.openSeededPull();
  await asked;
  await fixture.restart();
  expect((await fixture.hooks.next('pull_request.opened')).payload.number).toBe(1);
});

import { once } from 'node:events';
import { mkdir, readdir, symlink } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startWebhooks } from '../../src/sandbox/hooks.ts';
import { Collection } from '../../src/sandbox/store/collection.ts';
import type { DeliveryRow } from '../../src/sandbox/store/state.ts';
import { createFolder, startFixture } from './fixture.ts';

// Linux's /dev/full answers every write as a full disk does; what is written beside a row first leads there.
const isLinux = process.platform === 'linux';

test.runIf(isLinux)('a comment that a full disk refuses is answered in words, and nothing of it is kept', async () => {
  const fixture = await startFixture();
  await fixture.sandbox.openSeededPull();
  const first = await fixture.repo('writer', 'POST /issues/1/comments', { body: 'before' });
  const folder = join(fixture.dataDir, 'state/comments');
  await symlink('/dev/full', join(folder, `${first.id + 1}.json.tmp`));
  const refused = await fixture.call('writer', 'POST /repos/canary/shop/issues/1/comments', { body: 'lost' });
  expect(refused).toMatchObject({
    status: 507,
    body: { message: expect.stringMatching(/disk.*full.*Free some space/) },
  });
  const bodies = async () =>
    (await fixture.repo('anonymous', 'GET /issues/1/comments')).map(({ body }: { body: string }) => body);
  expect(await bodies()).toEqual(['before']);
  expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  await fixture.repo('writer', 'POST /issues/1/comments', { body: 'after' });
  await fixture.restart();
  expect(await bodies()).toEqual(['before', 'after']);
});

test('a delivery whose outcome cannot be written is not sent again and again', async () => {
  const folder = await createFolder();
  let received = 0;
  const server = createServer(async (request, response) => {
    if (request.method === 'POST') {
      received += 1;
      await mkdir(join(folder, '1.json.tmp'), { recursive: true }); // here the outcome would be written
    }
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stopped = Promise.withResolvers<void>();
  const hooks = startWebhooks({
    deliveries: await Collection.open<DeliveryRow>(folder),
    secret: 'x',
    url,
    now: () => '2026-05-04T03:02:01Z',
    log: (_, message) => message === 'webhook delivery stopped' && stopped.resolve(),
  });
  await hooks.emit('push', null, {});
  await stopped.promise;
  for (let count = 0; count < 20; count += 1) await fetch(url); // time enough for a loop to send it again
  expect(received).toBe(1);
  await hooks.close();
});

import { expect, test } from 'vitest';
import { startFixture } from './fixture.ts';

test.each([
  ['platform', 'admin', 'maintainer'],
  ['shop', 'admin', 'maintainer'],
  ['shop', 'writer', 'member'],
  ['Shop', 'WRITER', 'member'],
])('in the team %s is %s', async (team, login, role) => {
  const { call, sandbox } = await startFixture();
  const { status, body } = await call('bot', `GET /orgs/canary/teams/${team}/memberships/${login}`);
  const url = `${sandbox.apiUrl}/orgs/canary/teams/${team}/memberships/${login}`.toLowerCase();
  expect({ status, body }).toEqual({ status: 200, body: { url, role, state: 'active' } });
});

test.each([
  'canary/teams/platform/memberships/writer',
  'canary/teams/shop/memberships/reader',
  'canary/teams/shop/memberships/stranger',
  'canary/teams/strangers/memberships/admin',
  'other/teams/shop/memberships/admin',
])('%s has no such member', async (path) => {
  const { call } = await startFixture();
  expect((await call('bot', `GET /orgs/${path}`)).status).toBe(404);
});

test('who is in a team is told to who signs in only', async () => {
  const { call } = await startFixture();
  expect((await call('anonymous', 'GET /orgs/canary/teams/shop/memberships/admin')).status).toBe(401);
});

test('the App may read who is in a team', async () => {
  const { call } = await startFixture();
  expect((await call('app', 'GET /app')).body.permissions).toMatchObject({ members: 'read' });
});

test.each([
  ['admin', 'admin@sandbox.test'],
  ['reader', 'reader@sandbox.test'],
  ['coalmine%5Bbot%5D', 'coalmine-bot@sandbox.test'],
])('everybody sees the address of %s', async (login, email) => {
  const { call } = await startFixture();
  expect((await call('anonymous', `GET /users/${login}`)).body.email).toBe(email);
});

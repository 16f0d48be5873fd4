import { expect, test } from 'vitest';
import { mockPulls, REPO, userAnswer } from './fixture.ts';

const asked = `GET ${REPO}/collaborators/writer/permission`;

function permissions(...those: readonly string[]) {
  const all = ['pull', 'triage', 'push', 'maintain', 'admin'].map((name) => [name, those.includes(name)]);
  return Object.fromEntries(all);
}

test.each([
  ['admin', 'admin', 'admin', permissions('pull', 'triage', 'push', 'maintain', 'admin')],
  ['maintain', 'write', 'maintain', permissions('pull', 'triage', 'push', 'maintain')],
  ['write', 'write', 'write', permissions('pull', 'triage', 'push')],
  ['triage', 'read', 'triage', permissions('pull', 'triage')],
  ['read', 'read', 'read', permissions('pull')],
  ['none', 'none', 'none', permissions()],
  ['maintain', 'write', "the organization's own", permissions('pull', 'triage', 'push', 'maintain')],
  ['triage', 'read', 'triage', undefined],
  ['write', 'write', "the organization's own", undefined],
])('reads %s from %s in the role %s', async (expected, permission, role, has) => {
  const { pulls, answer } = mockPulls();
  const user = { ...userAnswer('writer'), role_name: role, ...(has ? { permissions: has } : {}) };
  answer(asked, 200, { permission, role_name: role, user });
  expect(await pulls.fetchPermission('writer')).toBe(expected);
});

test('an unknown account has no permission', async () => {
  const { pulls, answer } = mockPulls();
  answer(asked, 404, { message: 'Not Found' });
  expect(await pulls.fetchPermission('writer')).toBe('none');
});

test.each([
  ['is in a team', 200, { state: 'active', role: 'member' }, true],
  ['was only invited', 200, { state: 'pending', role: 'member' }, false],
  ['is not in it', 404, { message: 'Not Found' }, false],
  ['is in one that the App may not see', 403, { message: 'Resource not accessible by integration' }, false],
])('says whether a user %s', async (_, status, body, expected) => {
  const { pulls, answer } = mockPulls();
  answer('GET /orgs/canary/teams/platform/memberships/writer', status, body);
  expect(await pulls.isInTeam('platform', 'writer')).toBe(expected);
});

test.each([
  ['shows', 200, { ...userAnswer('writer'), email: 'writer@example.com' }, 'writer@example.com'],
  ['does not show', 200, { ...userAnswer('writer'), email: null }, undefined],
  ['has no more', 404, { message: 'Not Found' }, undefined],
])('finds the address that a user %s', async (_, status, body, expected) => {
  const { pulls, answer } = mockPulls();
  answer('GET /users/writer', status, body);
  expect(await pulls.fetchEmail('writer')).toBe(expected);
});

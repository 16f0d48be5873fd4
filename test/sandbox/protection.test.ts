import { expect, test } from 'vitest';
import { type AnyJson, type Credentials, type Fixture, startFixture } from './fixture.ts';

const merge = 'PUT /repos/canary/shop/pulls/1/merge';
const approval = 'At least 1 approving review is required by reviewers with write access.';

interface Started extends Fixture {
  readonly sha: string;
}

async function startWithPull(): Promise<Started> {
  const fixture = await startFixture();
  await fixture.sandbox.openSeededPull();
  const { head } = await fixture.repo('anonymous', 'GET /pulls/1');
  return Object.assign(fixture, { sha: head.sha });
}

async function protect(
  { sandbox }: Fixture,
  body: unknown,
  token = 'admin-token',
): Promise<{ status: number; body: AnyJson }> {
  const headers = token === '' ? {} : { authorization: `Bearer ${token}` };
  const answer = await fetch(`${sandbox.url}/sandbox/protection`, {
    method: 'PUT',
    headers,
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}

async function protections({ sandbox }: Fixture): Promise<AnyJson> {
  const answer = await fetch(`${sandbox.url}/sandbox/protection`);
  return ((await answer.json()) as AnyJson).protections;
}

function setStatus({ repo, sha }: Started, context: string, state: string): Promise<AnyJson> {
  return repo('writer', `POST /statuses/${sha}`, { context, state });
}

function runCheck({ repo, sha }: Started, name: string, conclusion: string): Promise<AnyJson> {
  return repo('bot', 'POST /check-runs', { name, head_sha: sha, conclusion });
}

test('a protected branch takes a merge of an admin only', async () => {
  const fixture = await startWithPull();
  expect((await protect(fixture, { branch: 'main', approvals: 1 })).status).toBe(200);
  for (const who of ['writer', 'bot'] satisfies Credentials[]) {
    expect(await fixture.call(who, merge, {})).toMatchObject({ status: 405, body: { message: approval } });
  }
  expect((await fixture.repo('anonymous', 'GET /pulls/1')).mergeable_state).toBe('blocked');
  expect((await fixture.call('admin', merge, {})).body.merged).toBe(true);
});

test('only the users on its list bypass it', async () => {
  const fixture = await startWithPull();
  await protect(fixture, { branch: 'main', approvals: 2, bypass: ['Coalmine[bot]'] });
  const message = 'At least 2 approving reviews are required by reviewers with write access.';
  expect(await fixture.call('writer', merge, {})).toMatchObject({ status: 405, body: { message } });
  expect((await fixture.call('bot', merge, {})).body.merged).toBe(true);
});

test('a branch that nothing protects takes every merge', async () => {
  const fixture = await startWithPull();
  await protect(fixture, { branch: 'gitops', approvals: 1, checks: ['ci'] });
  expect((await fixture.call('writer', merge, {})).body.merged).toBe(true);
});

test('required checks are named until they are there, as a status or as a check run', async () => {
  const fixture = await startWithPull();
  await protect(fixture, { branch: 'main', checks: ['ci', 'lint'] });
  const refused = async (): Promise<string> => (await fixture.call('writer', merge, {})).body.message;
  expect(await refused()).toBe('2 of 2 required status checks are expected.');
  await setStatus(fixture, 'ci', 'failure');
  expect(await refused()).toBe('2 of 2 required status checks have not succeeded: 1 expected and 1 failing.');
  await setStatus(fixture, 'ci', 'success');
  expect(await refused()).toBe('Required status check "lint" is expected.');
  await setStatus(fixture, 'lint', 'pending');
  expect(await refused()).toBe('Required status check "lint" is pending.');
  await setStatus(fixture, 'lint', 'success');
  await runCheck(fixture, 'lint', 'failure'); // both by that name must be good
  expect(await refused()).toBe('Required status check "lint" is failing.');
  await runCheck(fixture, 'lint', 'success');
  expect((await fixture.call('writer', merge, {})).body.merged).toBe(true);
});

test('all that is missing is said at once', async () => {
  const fixture = await startWithPull();
  await protect(fixture, { branch: 'main', approvals: 1, checks: ['ci'] });
  const { body } = await fixture.call('writer', merge, {});
  expect(body.message).toBe(`${approval} Required status check "ci" is expected.`);
});

test('protection outlives a restart, is replaced and taken away', async () => {
  const fixture = await startWithPull();
  const first = { branch: 'main', approvals: 1, checks: ['ci'], bypass: ['writer'] };
  expect((await protect(fixture, first)).body.protections).toEqual([first]);
  await fixture.restart();
  expect(await protections(fixture)).toEqual([first]);
  const second = { branch: 'main', approvals: 0, checks: ['lint'], bypass: [] };
  await protect(fixture, { branch: 'main', checks: ['lint', 'lint'] });
  expect(await protections(fixture)).toEqual([second]);
  await protect(fixture, { branch: 'main' });
  expect(await protections(fixture)).toEqual([]);
  expect(await fixture.repo('bot', 'GET /rules/branches/main')).toEqual([]);
  expect((await fixture.call('writer', merge, {})).body.merged).toBe(true);
});

test('the App reads the rules of a branch, and whether it passes by them', async () => {
  const fixture = await startWithPull();
  const { call, repo, sandbox } = fixture;
  await protect(fixture, { branch: 'release/1', approvals: 3, checks: ['ci', 'lint'] });
  const rules = await repo('bot', 'GET /rules/branches/release/1');
  const [id] = rules.map((rule: AnyJson) => rule.ruleset_id);
  expect(rules).toMatchObject([
    { type: 'pull_request', parameters: { required_approving_review_count: 3 }, ruleset_source: 'canary/shop' },
    {
      type: 'required_status_checks',
      parameters: { required_status_checks: [{ context: 'ci' }, { context: 'lint' }] },
    },
  ]);
  expect(rules[1].ruleset_id).toBe(id);
  expect(await repo('bot', 'GET /rules/branches/release')).toEqual([]);

  const href = `${sandbox.url}/canary/shop/rules/${id}`;
  const can = async (who: Credentials): Promise<string> =>
    (await repo(who, `GET /rulesets/${id}?includes_parents=true`)).current_user_can_bypass;
  expect(await repo('bot', `GET /rulesets/${id}`)).toMatchObject({
    name: 'Protection of release/1',
    current_user_can_bypass: 'never',
    _links: { html: { href } },
  });
  expect([await can('admin'), await can('writer')]).toEqual(['always', 'never']);
  expect((await call('bot', `GET /repos/canary/shop/rulesets/${id + 1}`)).status).toBe(404);
  await protect(fixture, { branch: 'release/1', approvals: 3, bypass: ['coalmine[bot]'] });
  expect(await can('bot')).toBe('always');
});

test.each([
  [{}, 'branch must be the name of a branch'],
  [{ branch: 'a..b' }, 'branch must be the name of a branch'],
  [{ branch: 'main', aprovals: 1 }, 'Unknown field: aprovals; known fields: branch, approvals, checks, bypass'],
  [{ branch: 'main', approvals: '1' }, 'approvals must be a whole number from 0 to 10'],
  [{ branch: 'main', approvals: 11 }, 'approvals must be a whole number from 0 to 10'],
  [{ branch: 'main', checks: 'ci' }, 'checks must be a list of names'],
  [{ branch: 'main', checks: [''] }, 'checks must be a list of names'],
  [{ branch: 'main', bypass: ['stranger'] }, 'There is no user stranger'],
])('%j is refused, and leaves what was', async (body, message) => {
  const fixture = await startFixture();
  const known = { branch: 'main', approvals: 1, checks: [], bypass: [] };
  await protect(fixture, known);
  expect(await protect(fixture, body)).toMatchObject({ status: 422, body: { message } });
  expect(await protections(fixture)).toEqual([known]);
});

test('only an admin protects', async () => {
  const fixture = await startFixture();
  expect((await protect(fixture, { branch: 'main', approvals: 1 }, '')).status).toBe(401);
  expect((await protect(fixture, { branch: 'main', approvals: 1 }, 'writer-token')).status).toBe(403);
  expect(await protections(fixture)).toEqual([]);
  const answer = await fetch(`${fixture.sandbox.url}/sandbox/protection`, { method: 'POST' });
  expect(answer.status).toBe(405);
});

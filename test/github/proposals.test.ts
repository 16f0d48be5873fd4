import { describe, expect, test } from 'vitest';
import { mockPulls, pullAnswer, REPO, sha } from './fixture.ts';

const LIST = `GET ${REPO}/pulls?head=canary:echo-25&state=open`;
const POST = `POST ${REPO}/pulls`;
const PATCH = `PATCH ${REPO}/pulls/3`;
const WANTED = { branch: 'echo-25', base: 'main', title: 'Echo to 25 %', body: 'Asked for by writer\n' };
const EXISTS = {
  message: 'Validation Failed',
  documentation_url: 'https://docs.github.com/rest/pulls/pulls#create-a-pull-request',
  errors: [{ resource: 'PullRequest', code: 'custom', message: 'A pull request already exists for canary:echo-25.' }],
};

/** One that says what is wanted, as GitHub keeps it. */
const same = (number: number, more: object = {}) => pullAnswer(number, { body: 'Asked for by writer', ...more });

describe('openPull', () => {
  test('opens one where none is open', async () => {
    const { pulls, answer, requests } = mockPulls();
    const fork = { head: { sha: sha('b'), ref: 'echo-25', repo: { id: 2 } } };
    answer(LIST, 200, [same(1, fork), same(2, { head: { sha: sha('b'), ref: 'echo', repo: { id: 1 } } })]);
    answer(POST, 201, same(3));
    expect(await pulls.openPull(WANTED)).toBe(3);
    const { branch: head, ...words } = WANTED;
    expect(requests.at(-1)?.body).toEqual({ head, ...words });
  });

  test('leaves one alone that says the same', async () => {
    const { pulls, answer, requests } = mockPulls();
    answer(LIST, 200, [same(3)]);
    expect(await pulls.openPull(WANTED)).toBe(3);
    expect(requests).toHaveLength(1);
  });

  test.each([
    ['title', { title: 'Echo to 10 %' }, { title: WANTED.title }],
    ['text', { body: 'Asked for by reader' }, { body: WANTED.body }],
    ['text where it has none', { body: null }, { body: WANTED.body }],
    ['base', { base: { sha: sha('a'), ref: 'trunk', repo: { id: 1 } } }, { base: 'main' }],
  ])('changes only the %s of one that differs there', async (_, more, expected) => {
    const { pulls, answer, requests } = mockPulls();
    answer(LIST, 200, [same(3, more)]);
    answer(PATCH, 200, same(3));
    expect(await pulls.openPull(WANTED)).toBe(3);
    expect(requests.at(-1)?.body).toEqual(expected);
  });

  test('prefers the one with that base: another one could not be given it', async () => {
    const { pulls, answer } = mockPulls();
    answer(LIST, 200, [same(4, { base: { sha: sha('a'), ref: 'trunk', repo: { id: 1 } } }), same(3)]);
    expect(await pulls.openPull(WANTED)).toBe(3);
  });

  test('takes one that was opened meanwhile, and says in it what is wanted', async () => {
    const { pulls, answer, requests } = mockPulls();
    answer(LIST, 200, []);
    answer(POST, 422, EXISTS);
    answer(LIST, 200, [same(3, { title: 'By hand' })]);
    answer(PATCH, 200, same(3));
    expect(await pulls.openPull(WANTED)).toBe(3);
    expect(requests.at(-1)?.body).toEqual({ title: WANTED.title });
  });

  test('fails where GitHub says that there is one, but shows none', async () => {
    const { pulls, answer } = mockPulls();
    answer(LIST, 200, []);
    answer(POST, 422, EXISTS);
    answer(LIST, 200, []);
    await expect(pulls.openPull(WANTED)).rejects.toThrow('already exists');
  });

  test.each([
    [502, 'Server Error', 1],
    [422, 'No commits between main and echo-25', 0],
  ])('fails on %i, %s, and never sends it twice by itself', async (status, message, looks) => {
    const { pulls, answer, requests } = mockPulls();
    answer(LIST, 200, []);
    answer(POST, status, { message });
    for (let look = 0; look < looks; look += 1) answer(LIST, 200, []);
    await expect(pulls.openPull(WANTED)).rejects.toThrow(message);
    expect(requests).toHaveLength(2 + looks);
  });

  test('finds the one that it opened where the answer was lost', async () => {
    const { pulls, answer, requests } = mockPulls();
    answer(LIST, 200, []);
    answer(POST, 502, { message: 'Server Error' });
    answer(LIST, 200, [same(3)]);
    expect(await pulls.openPull(WANTED)).toBe(3);
    expect(requests).toHaveLength(3);
  });
});

describe('removeBranch', () => {
  const DELETE = `DELETE ${REPO}/git/refs/heads/coalmine/promote/echo`;

  test.each([
    ['is removed', 204, undefined],
    ['is gone already', 422, { message: 'Reference does not exist' }],
    ['is gone with its repository', 404, { message: 'Not Found' }],
    ['may not be removed', 403, { message: 'Resource not accessible by integration' }],
  ])('is done where the branch %s', async (_, status, body) => {
    const { pulls, answer, requests } = mockPulls();
    answer(DELETE, status, body);
    await pulls.removeBranch('coalmine/promote/echo');
    expect(requests).toHaveLength(1);
  });

  test('fails where the server fails', async () => {
    const { pulls, answer } = mockPulls();
    answer(DELETE, 401, { message: 'Bad credentials' });
    await expect(pulls.removeBranch('coalmine/promote/echo')).rejects.toThrow('Bad credentials');
  });
});

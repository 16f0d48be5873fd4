import { expect, test } from 'vitest';
import { githubMerges } from '../../src/github/merges.ts';
import { mockGitHub } from '../support/http.ts';
import { pullAnswer, REPO, sha } from './fixture.ts';

const PUT = `PUT ${REPO}/pulls/3/merge`;
const GET = `GET ${REPO}/pulls/3`;
const WANTED = { pull: 3, head: sha('b'), title: 'Echo to 25 % (#3)', message: 'Command: 7\n' };
const MERGED = { kind: 'merged', sha: sha('c') };
const VAGUE = 'Pull Request is not mergeable';

function mockMerges() {
  const mock = mockGitHub();
  const pauses: number[] = [];
  const { mergePull } = githubMerges(mock.octokit, { owner: 'canary', name: 'shop' }, async (time) => {
    pauses.push(time);
  });
  const merged = () => mock.answer(PUT, 200, { sha: sha('c'), merged: true, message: 'merged' });
  const refused = (message: string, status = 405) => mock.answer(PUT, status, { message, documentation_url: DOCS });
  const found = (more: object) => mock.answer(GET, 200, pullAnswer(3, { merged: false, mergeable: null, ...more }));
  const methods = () => mock.requests.flatMap(({ body }) => body?.merge_method ?? []);
  return { ...mock, merge: () => mergePull(WANTED), merged, refused, found, pauses, methods };
}

const DOCS = 'https://docs.github.com/rest/pulls/pulls#merge-a-pull-request';

test('merges exactly that head', async () => {
  const { merge, merged, requests } = mockMerges();
  merged();
  expect(await merge()).toEqual(MERGED);
  expect(requests[0]?.body).toEqual({
    sha: sha('b'),
    merge_method: 'merge',
    commit_title: 'Echo to 25 % (#3)',
    commit_message: 'Command: 7\n',
  });
});

test.each([
  ['is found where it was made', { merged: true, state: 'closed', merge_commit_sha: sha('c') }, MERGED],
  ['is a failure where it was not', {}, undefined],
])('a merge without an answer %s', async (_, more, expected) => {
  const { merge, refused, found } = mockMerges();
  for (let times = 0; times < 4; times += 1) refused('Server Error', 502);
  found(more);
  if (expected) expect(await merge()).toEqual(expected);
  else await expect(merge()).rejects.toThrow('Server Error');
});

const NO_MERGE = 'Merge commits are not allowed on this repository.';
const NO_SQUASH = 'Squash merges are not allowed on this repository.';
const NO_REBASE = 'Rebase merges are not allowed on this repository.';

test('takes the way that the repository allows', async () => {
  const { merge, merged, refused, requests } = mockMerges();
  refused(NO_MERGE);
  refused(NO_SQUASH);
  merged();
  expect(await merge()).toEqual(MERGED);
  expect(requests.slice(1).map(({ body }) => body)).toEqual([
    { sha: sha('b'), merge_method: 'squash', commit_title: WANTED.title, commit_message: WANTED.message },
    { sha: sha('b'), merge_method: 'rebase' }, // it makes no commit that could have words
  ]);
});

test('is refused where no way is left', async () => {
  const { merge, refused, methods } = mockMerges();
  for (const message of [NO_MERGE, NO_SQUASH, NO_REBASE]) refused(message);
  expect(await merge()).toEqual({ kind: 'refused', why: NO_REBASE });
  expect(methods()).toEqual(['merge', 'squash', 'rebase']);
});

test.each([
  [409, 'Head branch was modified. Review and try the merge again.'],
  [409, 'Base branch was modified. Review and try the merge again.'],
  [405, 'Base branch was modified. Review and try the merge again.'],
])('says "moved" for %i: %s', async (status, message) => {
  const { merge, refused } = mockMerges();
  refused(message, status);
  expect(await merge()).toEqual({ kind: 'moved' });
});

test.each([
  [403, 'Resource not accessible by integration'],
  [422, 'Validation Failed'],
])("is refused in GitHub's own words, %i: %s", async (status, message) => {
  const { merge, refused } = mockMerges();
  refused(message, status);
  expect(await merge()).toEqual({ kind: 'refused', why: message });
});

test('is refused by a protected branch, without a second try', async () => {
  const { merge, refused, found, methods, pauses } = mockMerges();
  refused('Required status check "ci" is expected.');
  found({});
  expect(await merge()).toEqual({ kind: 'refused', why: 'Required status check "ci" is expected.' });
  expect([methods(), pauses]).toEqual([['merge'], []]);
});

test('waits for the test merge of a new pull request, then tries once more', async () => {
  const { merge, merged, refused, found, pauses, methods } = mockMerges();
  refused(VAGUE);
  found({});
  found({});
  found({ mergeable: true });
  merged();
  expect(await merge()).toEqual(MERGED);
  expect(pauses).toEqual([500, 500]);
  expect(methods()).toEqual(['merge', 'merge']);
});

test('waits so long and no longer', async () => {
  const { merge, refused, found, pauses } = mockMerges();
  refused(VAGUE);
  for (let looks = 0; looks < 10; looks += 1) found({});
  refused(VAGUE);
  found({});
  expect(await merge()).toEqual({ kind: 'refused', why: VAGUE });
  expect(pauses).toHaveLength(9);
});

test.each<[string, object, object]>([
  [
    'is refused where it has conflicts',
    { mergeable: false },
    { kind: 'refused', why: 'it has conflicts with the base branch' },
  ],
  ['is refused where it was closed', { state: 'closed' }, { kind: 'refused', why: VAGUE }],
  [
    'moved where another head is there',
    { head: { sha: sha('f'), ref: 'echo-25', repo: { id: 1 } }, mergeable: true },
    { kind: 'moved' },
  ],
  [
    'is merged where it was already, by a request whose answer was lost',
    { state: 'closed', merged: true, merge_commit_sha: sha('c') },
    MERGED,
  ],
  [
    'moved where it was merged with another head',
    { state: 'closed', merged: true, head: { sha: sha('f'), ref: 'echo-25', repo: { id: 1 } } },
    { kind: 'moved' },
  ],
])('what is not mergeable %s', async (_, more, expected) => {
  const { merge, refused, found, pauses } = mockMerges();
  refused(VAGUE);
  found(more);
  expect(await merge()).toEqual(expected);
  expect(pauses).toEqual([]);
});

test('is merged where it was already, in whatever words GitHub refuses it', async () => {
  const { merge, refused, found } = mockMerges();
  refused('Pull Request is closed');
  found({ state: 'closed', merged: true, merge_commit_sha: sha('c') });
  expect(await merge()).toEqual(MERGED);
});

test('goes on by another way where the first one waited', async () => {
  const { merge, merged, refused, found, methods } = mockMerges();
  refused(VAGUE);
  found({ mergeable: true });
  refused(NO_MERGE);
  merged();
  expect(await merge()).toEqual(MERGED);
  expect(methods()).toEqual(['merge', 'merge', 'squash']);
});

test.each([
  [404, 'Not Found'],
  [403, 'API rate limit exceeded for installation ID 1.'],
])('fails on %i, %s: that is not a refusal', async (status, message) => {
  const { merge, refused } = mockMerges();
  refused(message, status);
  await expect(merge()).rejects.toThrow(message);
});

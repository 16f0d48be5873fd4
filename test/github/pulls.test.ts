import { describe, expect, test } from 'vitest';
import { mockPulls, pullAnswer, REPO, sha, userAnswer } from './fixture.ts';

const merged = { state: 'closed', merged_at: '2026-01-01T00:00:00Z' };
const pull = {
  number: 3,
  open: true,
  ours: false,
  head: { sha: sha('b'), branch: 'echo-25', fork: false },
  base: 'main',
};

describe('fetchPull', () => {
  test.each([
    ['an open one with its test merge', {}, { ...pull, mergeCommit: sha('d') }],
    ['one whose test merge is not there yet', { merge_commit_sha: null }, pull],
    ['one that was closed: its last test merge means nothing', { state: 'closed' }, { ...pull, open: false }],
    [
      'a merged one with who merged it',
      { ...merged, merged_by: userAnswer('writer') },
      { ...pull, open: false, mergeCommit: sha('d'), mergedBy: 'writer' },
    ],
    ['one of ours', { user: userAnswer('coalmine[bot]') }, { ...pull, ours: true, mergeCommit: sha('d') }],
    [
      'one from a fork',
      { head: { sha: sha('b'), ref: 'echo-25', repo: { id: 2 } } },
      { ...pull, mergeCommit: sha('d'), head: { ...pull.head, fork: true } },
    ],
    [
      'one from a fork that is gone',
      { head: { sha: sha('b'), ref: 'echo-25', repo: null } },
      { ...pull, mergeCommit: sha('d'), head: { ...pull.head, fork: true } },
    ],
  ])('reads %s', async (_, more, expected) => {
    const { pulls, answer } = mockPulls();
    answer(`GET ${REPO}/pulls/3`, 200, pullAnswer(3, more));
    expect(await pulls.fetchPull(3)).toEqual(expected);
  });

  test('finds none where there is none', async () => {
    const { pulls, answer } = mockPulls();
    answer(`GET ${REPO}/pulls/3`, 404, { message: 'Not Found' });
    expect(await pulls.fetchPull(3)).toBeUndefined();
  });
});

test('fetchPullsFrom gives the newest first, of this repository and that branch alone', async () => {
  const { pulls, answer } = mockPulls();
  answer(`GET ${REPO}/pulls?head=canary:echo-25&state=all&sort=created&direction=desc`, 200, [
    pullAnswer(6, { user: userAnswer('coalmine[bot]') }),
    pullAnswer(5, { head: { sha: sha('b'), ref: 'echo-25', repo: { id: 2 } } }),
    pullAnswer(4, { head: { sha: sha('b'), ref: 'echo', repo: { id: 1 } } }),
    pullAnswer(3, { ...merged, user: null }), // its author is gone
  ]);
  expect(await pulls.fetchPullsFrom('echo-25')).toEqual([
    { ...pull, number: 6, ours: true, mergeCommit: sha('d') },
    { ...pull, open: false, mergeCommit: sha('d') },
  ]);
});

describe('fetchMergedBy', () => {
  const list = `GET ${REPO}/commits/${sha('d')}/pulls?per_page=100`;

  test('gives those that were merged by exactly that commit', async () => {
    const { pulls, answer } = mockPulls();
    const listed = [
      pullAnswer(3, merged),
      pullAnswer(4),
      pullAnswer(5, { ...merged, merge_commit_sha: sha('f') }), // it only brought the commit along
      pullAnswer(6, { state: 'closed' }),
    ];
    answer(list, 200, listed);
    answer(`GET ${REPO}/pulls/3`, 200, pullAnswer(3, { ...merged, merged_by: userAnswer('writer') }));
    expect(await pulls.fetchMergedBy(sha('d'))).toMatchObject([{ number: 3, mergedBy: 'writer' }]);
  });

  test.each([404, 422])('gives nothing where the server answers %i', async (status) => {
    const { pulls, answer } = mockPulls();
    answer(list, status, { message: 'No commit found' });
    expect(await pulls.fetchMergedBy(sha('d'))).toEqual([]);
  });
});

test('fetchDefaultBranch asks once', async () => {
  const { pulls, answer } = mockPulls();
  answer(`GET ${REPO}`, 200, { default_branch: 'trunk' });
  expect(await pulls.fetchDefaultBranch()).toBe('trunk');
  expect(await pulls.fetchDefaultBranch()).toBe('trunk');
});

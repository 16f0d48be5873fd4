import { describe, expect, test } from 'vitest';
import { COMMITTED, commitAnswer, mockRepository, REPO, sha, userAnswer } from './fixture.ts';

describe('fetchCommit', () => {
  const branchAnswer = {
    name: 'team/main',
    protected: false,
    commit: {
      sha: sha('a'),
      parents: [{ sha: sha('b') }],
      author: userAnswer('writer'),
      commit: {
        message: 'Canary to 25 %',
        tree: { sha: sha('e'), url: 'https://api.github.com/t' },
        committer: { name: 'GitHub', email: 'noreply@github.com', date: '2026-05-04T13:00:00Z' },
      },
    },
  };

  test('asks for a branch each time, in one request', async () => {
    const { repository, answer, requests } = mockRepository();
    answer(`GET ${REPO}/branches/team/main`, 200, branchAnswer);
    const date = new Date('2026-05-04T13:00:00Z');
    const commit = { sha: sha('a'), parents: [sha('b')], message: 'Canary to 25 %', author: 'writer', date };
    expect(await repository.fetchCommit('refs/heads/team/main')).toEqual(commit);
    answer(`GET ${REPO}/branches/team/main`, 404, { message: 'Branch not found' });
    expect(await repository.fetchCommit('refs/heads/team/main')).toBeUndefined();
    expect(requests).toHaveLength(2);
  });

  test('asks for the date of a commit where the branch comes without it', async () => {
    const { repository, answer } = mockRepository();
    const { commit } = branchAnswer;
    const undated = { ...branchAnswer, commit: { ...commit, commit: { ...commit.commit, committer: null } } };
    answer(`GET ${REPO}/branches/team/main`, 200, undated);
    answer(`GET ${REPO}/git/commits/${sha('a')}`, 200, commitAnswer(sha('a'), [sha('b')]));
    const found = await repository.fetchCommit('refs/heads/team/main');
    expect(found).toEqual({
      sha: sha('a'),
      parents: [sha('b')],
      message: 'commit a',
      author: 'writer',
      date: COMMITTED,
    });
  });

  test("doesn't take a renamed branch's new name for the old one", async () => {
    const { repository, answer } = mockRepository();
    answer(`GET ${REPO}/branches/main`, 200, branchAnswer);
    expect(await repository.fetchCommit('refs/heads/main')).toBeUndefined();
  });

  test('asks for a SHA once, and not at all where a branch has brought it', async () => {
    const { repository, answer, requests } = mockRepository();
    answer(`GET ${REPO}/git/commits/${sha('b')}`, 200, commitAnswer(sha('b'), [sha('c')]));
    const commit = { sha: sha('b'), parents: [sha('c')], message: 'commit b', date: COMMITTED };
    expect(await repository.fetchCommit(sha('b'))).toEqual(commit);
    expect(await repository.fetchCommit(sha('b'))).toEqual(commit);
    answer(`GET ${REPO}/branches/team/main`, 200, branchAnswer);
    await repository.fetchCommit('refs/heads/team/main');
    expect(await repository.fetchCommit(sha('a'))).toMatchObject({ parents: [sha('b')], message: 'Canary to 25 %' });
    expect(requests).toHaveLength(2);
  });

  test.each([404, 422, 409])(
    'has no commit where GitHub answers %i, without asking again and again',
    async (status) => {
      const { repository, answer, requests } = mockRepository();
      answer(`GET ${REPO}/git/commits/${sha('b')}`, status, { message: 'no such commit' });
      expect(await repository.fetchCommit(sha('b'))).toBeUndefined();
      expect(requests).toHaveLength(1);
    },
  );

  test('lets any other answer be a failure', async () => {
    const { repository, answer } = mockRepository();
    answer(`GET ${REPO}/git/commits/${sha('b')}`, 403, { message: 'Resource not accessible by integration' });
    await expect(repository.fetchCommit(sha('b'))).rejects.toThrow('not accessible');
  });

  test('asks for any other ref each time, and takes no longer name for it', async () => {
    const { repository, answer } = mockRepository();
    const ref = `GET ${REPO}/git/ref/coalmine/live`;
    const refAnswer = (name: string) => ({ ref: name, node_id: 'R', object: { type: 'commit', sha: sha('a') } });
    answer(ref, 404, { message: 'Not Found' });
    expect(await repository.fetchCommit('refs/coalmine/live')).toBeUndefined();
    answer(ref, 200, refAnswer('refs/coalmine/live-too'));
    expect(await repository.fetchCommit('refs/coalmine/live')).toBeUndefined();
    answer(ref, 200, refAnswer('refs/coalmine/live'));
    answer(`GET ${REPO}/git/commits/${sha('a')}`, 200, commitAnswer(sha('a'), [sha('b')]));
    expect(await repository.fetchCommit('refs/coalmine/live')).toMatchObject({ sha: sha('a'), parents: [sha('b')] });
  });

  test('takes nothing but refs and full SHAs', async () => {
    const { repository, requests } = mockRepository();
    expect(await repository.fetchCommit('main')).toBeUndefined();
    expect(requests).toEqual([]);
  });
});

describe('fetchMergeBase', () => {
  const compared = `GET ${REPO}/compare/${sha('a')}...${sha('b')}?per_page=1`;

  test('asks once', async () => {
    const { repository, answer } = mockRepository();
    answer(compared, 200, { merge_base_commit: { sha: sha('c') } });
    expect(await repository.fetchMergeBase(sha('a'), sha('b'))).toBe(sha('c'));
    expect(await repository.fetchMergeBase(sha('a'), sha('b'))).toBe(sha('c'));
  });

  test('of unrelated histories is nothing, and of a commit with itself needs no request', async () => {
    const { repository, answer, requests } = mockRepository();
    answer(compared, 404, { message: 'No common ancestor' });
    expect(await repository.fetchMergeBase(sha('a'), sha('b'))).toBeUndefined();
    expect(await repository.fetchMergeBase(sha('a'), sha('a'))).toBe(sha('a'));
    expect(requests).toHaveLength(1);
  });
});

describe('fetchFirstParents', () => {
  /** a -> b (and f) -> c -> d, the root. */
  function mockHistory(known: string) {
    const mock = mockRepository();
    const parents: Record<string, string[]> = { a: [sha('b'), sha('f')], b: [sha('c')], c: [sha('d')], d: [] };
    for (const digit of known) {
      mock.answer(`GET ${REPO}/git/commits/${sha(digit)}`, 200, commitAnswer(sha(digit), parents[digit]));
    }
    const walk = async (from: string | undefined, limit: number): Promise<string> => {
      const commits = await mock.repository.fetchFirstParents(from && sha(from), sha('a'), limit);
      return commits.map((commit) => commit.sha[0]).join('');
    };
    return { ...mock, walk };
  }

  test.each([
    ['the way back', 'c', 9, 'ab', 'ab'],
    ['as far as the limit', 'c', 2, 'ab', 'ab'],
    ['only the newest where the limit is too near', 'c', 1, 'a', 'a'],
    ['only the newest where the start is on another branch', 'f', 9, 'abcd', 'a'],
    ['only the newest where there is no start', undefined, 9, 'a', 'a'],
    ['nothing where it starts at its end', 'a', 9, '', ''],
  ])('gives %s', async (_, from, limit, asked, expected) => {
    const { walk } = mockHistory(asked);
    expect(await walk(from, limit)).toBe(expected);
  });

  test('asks for each commit once', async () => {
    const { walk, requests } = mockHistory('ab');
    await walk('c', 9);
    await walk('c', 9);
    expect(requests).toHaveLength(2);
  });
});

describe('fetchLog', () => {
  const listed = (id: string, more: object = {}) => {
    const { sha: _, parents, ...commit } = commitAnswer(id, [sha('0')]);
    return { sha: id, parents, author: userAnswer('writer'), commit: { ...commit, ...more } };
  };
  const list = (query: string) => `GET ${REPO}/commits?sha=${sha('a')}&path=apps/echo&${query}`;
  const one = { sha: sha('b'), parents: [sha('0')], message: 'commit b', author: 'writer', date: COMMITTED };

  test('asks for as many as are wanted, and knows them afterwards', async () => {
    const { repository, answer, requests } = mockRepository();
    answer(list('per_page=2&page=1'), 200, [listed(sha('b')), { ...listed(sha('c')), author: null }]);
    const { author: _, ...second } = { ...one, sha: sha('c'), message: 'commit c' };
    expect(await repository.fetchLog(sha('a'), 'apps/echo/', 2)).toEqual([one, second]);
    expect(await repository.fetchCommit(sha('b'))).toMatchObject({ parents: [sha('0')], date: COMMITTED });
    expect(requests).toHaveLength(1);
  });

  test('reads further pages until it has enough, or all', async () => {
    const { repository, answer, requests } = mockRepository();
    const page = (start: number, count: number) =>
      Array.from({ length: count }, (_, index) => listed(String(start + index).padStart(40, '0')));
    answer(list('per_page=100&page=1'), 200, page(0, 100));
    answer(list('per_page=100&page=2'), 200, page(100, 100));
    const found = await repository.fetchLog(sha('a'), 'apps/echo', 120);
    expect(found.map((commit) => Number(commit.sha))).toEqual(Array.from({ length: 120 }, (_, index) => index));
    answer(list('per_page=100&page=1'), 200, page(0, 100));
    answer(list('per_page=100&page=2'), 200, page(100, 3));
    expect(await repository.fetchLog(sha('a'), 'apps/echo', 500)).toHaveLength(103);
    expect(requests).toHaveLength(4);
  });

  test('of everything, from a branch: by its SHA, since a name may mean a tag as well', async () => {
    const { repository, answer } = mockRepository();
    answer(`GET ${REPO}/branches/main`, 200, { name: 'main', protected: false, commit: listed(sha('a')) });
    answer(`GET ${REPO}/commits?sha=${sha('a')}&per_page=9&page=1`, 200, [listed(sha('a'))]);
    expect(await repository.fetchLog('refs/heads/main', '', 9)).toMatchObject([{ sha: sha('a') }]);
    answer(`GET ${REPO}/branches/none`, 404, { message: 'Branch not found' });
    expect(await repository.fetchLog('refs/heads/none', '', 9)).toEqual([]);
    expect(await repository.fetchLog('main', '', 9)).toEqual([]);
  });

  test('asks for the date of a commit that comes without it', async () => {
    const { repository, answer } = mockRepository();
    answer(list('per_page=9&page=1'), 200, [listed(sha('b'), { committer: null })]);
    answer(`GET ${REPO}/git/commits/${sha('b')}`, 200, commitAnswer(sha('b'), [sha('0')]));
    expect(await repository.fetchLog(sha('a'), 'apps/echo', 9)).toEqual([one]);
  });

  test.each([404, 409, 422])('is empty where GitHub answers %i', async (status) => {
    const { repository, answer } = mockRepository();
    answer(list('per_page=9&page=1'), status, { message: 'No commit found' });
    expect(await repository.fetchLog(sha('a'), 'apps/echo', 9)).toEqual([]);
  });
});

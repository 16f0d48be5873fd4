import type { Pulls, Repository } from '../../src/flows/ports.ts';
import { type Cache, createCache } from '../../src/github/cache.ts';
import { githubPulls } from '../../src/github/pulls.ts';
import { githubRepository } from '../../src/github/repository.ts';
import { type GitHubMock, mockGitHub } from '../support/http.ts';

export const REPO = '/repos/canary/shop';

/** A SHA that is easy to tell: `sha('a')` is forty times a. */
export function sha(digit: string): string {
  return digit.repeat(40);
}

export interface RepositoryMock extends GitHubMock {
  readonly repository: Repository;
}

export function mockRepository(cache: Cache = createCache()): RepositoryMock {
  const mock = mockGitHub();
  return { ...mock, repository: githubRepository(mock.octokit, { owner: 'canary', name: 'shop' }, cache) };
}

export interface PullsMock extends GitHubMock {
  readonly pulls: Pulls;
}

/** Pull requests as the App 1, coalmine, sees them. */
export function mockPulls(): PullsMock {
  const mock = mockGitHub();
  return { ...mock, pulls: githubPulls(mock.octokit, { owner: 'canary', name: 'shop' }, { id: 1, slug: 'coalmine' }) };
}

/** A pull request of the branch echo-25, as lists and answers have it. */
export function pullAnswer(number: number, more: object = {}) {
  return {
    number,
    state: 'open',
    title: 'Echo to 25 %',
    body: null,
    user: userAnswer('writer'),
    merged_at: null,
    merge_commit_sha: sha('d'),
    head: { sha: sha('b'), ref: 'echo-25', repo: { id: 1 } },
    base: { sha: sha('a'), ref: 'main', repo: { id: 1 } },
    ...more,
  };
}

/** When the commits of `commitAnswer` were committed, which isn't when they were written. */
export const COMMITTED = new Date('2026-05-04T12:00:00Z');

/** The answer of git/commits. */
export function commitAnswer(id: string, parents: readonly string[] = [], message = `commit ${id[0]}`) {
  return {
    sha: id,
    message,
    author: { name: 'Writer', email: 'writer@example.com', date: '2026-05-03T12:00:00Z' },
    committer: { name: 'GitHub', email: 'noreply@github.com', date: COMMITTED.toISOString() },
    tree: { sha: sha('e'), url: `https://api.github.com${REPO}/git/trees/${sha('e')}` },
    parents: parents.map((parent) => ({
      sha: parent,
      url: `https://api.github.com${REPO}/git/commits/${parent}`,
      html_url: `https://github.com/canary/shop/commit/${parent}`,
    })),
  };
}

/** The answer of git/trees, a line each: `100644 <sha> <path>`. */
export function treeAnswer(id: string, lines: readonly string[], truncated = false) {
  const types: Record<string, string> = { '040000': 'tree', '160000': 'commit' };
  const tree = lines.map((line) => {
    const [mode = '', object = '', path = ''] = line.split(' ');
    const type = types[mode] ?? 'blob';
    return { path, mode, type, sha: object, ...(type === 'blob' ? { size: 7 } : {}) };
  });
  return { sha: id, url: `https://api.github.com${REPO}/git/trees/${id}`, tree, truncated };
}

/** A whole account: half a one could be anything to GitHub's description. */
export function userAnswer(login: string) {
  const url = `https://api.github.com/users/${login}`;
  const links = ['html', 'followers', 'following', 'gists', 'starred', 'subscriptions', 'organizations', 'repos'];
  return {
    login,
    id: 7,
    node_id: 'U',
    avatar_url: url,
    gravatar_id: null,
    url,
    ...Object.fromEntries([...links, 'events', 'received_events'].map((name) => [`${name}_url`, url])),
    type: login.endsWith('[bot]') ? 'Bot' : 'User',
    site_admin: false,
  };
}

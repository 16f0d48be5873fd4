import { generateKeyPairSync } from 'node:crypto';
import { Probot } from 'probot';
import { expect, test } from 'vitest';
import { fetchRepositories, rememberInstallations } from '../../src/github/installations.ts';
import { CoalmineOctokit } from '../../src/github/octokit.ts';
import { mockGitHub } from '../support/http.ts';

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

function repositoryAnswer(owner: string, name: string, more: object = {}) {
  return { name, full_name: `${owner}/${name}`, owner: { login: owner }, archived: false, ...more };
}

function listAnswer(repositories: readonly object[]) {
  return { total_count: repositories.length, repositories };
}

test('finds the repositories of every installation that is not suspended', async () => {
  const { answer } = mockGitHub();
  const token = { token: 'ghs', expires_at: '2100-01-01T00:00:00Z', permissions: {}, repository_selection: 'all' };
  const list = '/installation/repositories?per_page=100';
  answer('GET /app/installations?per_page=100', 200, [
    { id: 1, suspended_at: null },
    { id: 2, suspended_at: '2026-01-01T00:00:00Z' },
    { id: 3, suspended_at: null },
    { id: 4, suspended_at: null },
  ]);
  for (const id of [1, 4]) answer(`POST /app/installations/${id}/access_tokens`, 201, token);
  answer('POST /app/installations/3/access_tokens', 404, { message: 'Not Found' }); // removed just now
  const next = { link: `<https://api.github.com${list}&page=2>; rel="next"` };
  answer(`GET ${list}`, 200, listAnswer([repositoryAnswer('canary', 'shop')]), next);
  answer(`GET ${list}&page=2`, 200, listAnswer([repositoryAnswer('canary', 'old', { archived: true })]));
  answer(`GET ${list}`, 200, listAnswer([repositoryAnswer('finch', 'bank')]));
  const probot = new Probot({ appId: 1, privateKey, logLevel: 'fatal', Octokit: CoalmineOctokit });
  expect(await fetchRepositories(probot)).toEqual([
    { installation: 1, owner: 'canary', name: 'shop' },
    { installation: 4, owner: 'finch', name: 'bank' },
  ]);
});

test('finds the installation of a repository, or says that there is none', async () => {
  const { answer } = mockGitHub();
  const probot = new Probot({ appId: 1, privateKey, logLevel: 'fatal', Octokit: CoalmineOctokit });
  const installations = rememberInstallations(probot);
  answer('GET /repos/canary/shop/installation', 200, { id: 4 });
  expect(await installations.find({ owner: 'canary', name: 'shop' })).toBe(4);
  expect(await installations.find({ owner: 'Canary', name: 'shop' })).toBe(4); // without another request
  answer('GET /repos/canary/none/installation', 404, { message: 'Not Found' });
  await expect(installations.find({ owner: 'canary', name: 'none' })).rejects.toThrow('not installed in canary/none');
  answer('GET /repos/canary/none/installation', 200, { id: 5 });
  expect(await installations.find({ owner: 'canary', name: 'none' })).toBe(5); // a failure is not remembered
});

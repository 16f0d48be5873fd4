import { Probot } from 'probot';
import { expect, test } from 'vitest';
import type { Job } from '../../src/flows/ports.ts';
import { connect } from '../../src/github/app.ts';
import { CoalmineOctokit } from '../../src/github/octokit.ts';
import { checkWebhook } from '../support/openapi.ts';

const repository = {
  id: 1,
  name: 'shop',
  full_name: 'canary/shop',
  default_branch: 'trunk',
  owner: { login: 'canary' },
};
const ref = { installation: 7, owner: 'canary', name: 'shop' };

type Logged = readonly [data: object, message: string];

/** What becomes of a webhook; its payload must agree with GitHub's description as far as it goes. */
async function receive(event: string, payload: object): Promise<{ jobs: readonly Job[]; logged: readonly Logged[] }> {
  const jobs: Job[] = [];
  const logged: Logged[] = [];
  const probot = new Probot({ githubToken: 'test', logLevel: 'fatal', Octokit: CoalmineOctokit });
  const log = { warn: (...line: Logged) => void logged.push(line) };
  connect({ probot, appId: 1, jobs: { enqueue: (job) => void jobs.push(job) }, log });
  const whole = { installation: { id: 7, node_id: 'I' }, repository, ...payload };
  const complaints = checkWebhook(event, whole).filter((line) => !line.includes('must have required property'));
  expect(complaints).toEqual([]);
  // biome-ignore lint/suspicious/noExplicitAny: the payload is the part of a whole one that matters
  await probot.receive({ id: 'delivery', name: event as any, payload: whole as any });
  return { jobs, logged };
}

const review = (pull: number) => ({ kind: 'review', repository: ref, pull });
const publish = { kind: 'publish', repository: ref };
const sweep = { kind: 'sweep', repository: ref };

function checkRun(more: object = {}) {
  const run = { name: 'coalmine', app: { id: 1 }, pull_requests: [pullOf(3)], ...more };
  return { action: 'rerequested', check_run: run };
}

function checkSuite(more: object = {}) {
  return { action: 'rerequested', check_suite: { app: { id: 1 }, pull_requests: [pullOf(3), pullOf(4)], ...more } };
}

function pullOf(number: number, repo = 1) {
  return { number, base: { repo: { id: repo } } };
}

const pull = { number: 3, pull_request: { number: 3 } };
const proposal = (type: string, { ref = 'coalmine/promote/echo/echo', repo = 1 } = {}) => ({
  number: 3,
  pull_request: { number: 3, head: { ref, repo: { id: repo } } },
  sender: { login: 'somebody', id: 9, type },
});
const push = { ref: 'refs/heads/trunk', deleted: false };
const status = {
  sha: 'd'.repeat(40),
  context: 'kustomization/echo-routes/4f1e2d3c',
  state: 'success',
  description: 'reconciliation succeeded',
  created_at: '2026-05-04T11:59:00Z',
  updated_at: '2026-05-04T12:00:00Z',
};
const said = {
  by: 'status',
  kustomization: { name: 'echo-routes' },
  revision: { sha: 'd'.repeat(40) },
  outcome: 'applied',
  reason: 'ReconciliationSucceeded',
  message: 'reconciliation succeeded',
  cluster: '4f1e2d3c',
  at: '2026-05-04T12:00:00.000Z',
};
const comment = (more: object = {}) => ({
  action: 'created',
  issue: { number: 3, pull_request: { url: 'https://api.github.com/repos/canary/shop/pulls/3' } },
  comment: { id: 7, user: { login: 'writer', id: 7, type: 'User' }, body: '/resume' },
  ...more,
});
const command = { kind: 'comment', repository: ref, pull: 3, comment: 7 };
const from = { ref: { from: 'old' }, sha: { from: 'a'.repeat(40) } };

test.each<[string, string, object, readonly object[]]>([
  ['a pull request is opened', 'pull_request', { action: 'opened', ...pull }, [review(3)]],
  ['a pull request is pushed to', 'pull_request', { action: 'synchronize', ...pull }, [review(3)]],
  ['a pull request is reopened', 'pull_request', { action: 'reopened', ...pull }, [review(3)]],
  [
    'a pull request gets another base',
    'pull_request',
    { action: 'edited', ...pull, changes: { base: from } },
    [review(3)],
  ],
  [
    'a pull request gets another title',
    'pull_request',
    { action: 'edited', ...pull, changes: { title: from.ref } },
    [],
  ],
  ['the App opens a pull request of its own', 'pull_request', { action: 'opened', ...proposal('Bot') }, []],
  ['the App pushes to a branch of its own', 'pull_request', { action: 'synchronize', ...proposal('Bot') }, []],
  ['a person pushes to such a branch', 'pull_request', { action: 'synchronize', ...proposal('User') }, [review(3)]],
  ['such a branch is in a fork', 'pull_request', { action: 'opened', ...proposal('Bot', { repo: 2 }) }, [review(3)]],
  ['a bot opens another', 'pull_request', { action: 'opened', ...proposal('Bot', { ref: 'bump' }) }, [review(3)]],
  ['a pull request is closed', 'pull_request', { action: 'closed', ...pull }, []],
  ['a user comments on a pull request', 'issue_comment', comment(), [command]],
  ['a user comments on an issue', 'issue_comment', comment({ issue: { number: 3 } }), []],
  ['a comment is edited', 'issue_comment', comment({ action: 'edited' }), []],
  ['a comment is deleted', 'issue_comment', comment({ action: 'deleted' }), []],
  [
    'a robot comments',
    'issue_comment',
    comment({ comment: { id: 7, user: { login: 'coalmine[bot]', id: 8, type: 'Bot' }, body: '/resume' } }),
    [],
  ],
  ['the default branch moves', 'push', push, [publish]],
  ['another branch moves', 'push', { ...push, ref: 'refs/heads/main' }, []],
  ['a tag of that name comes', 'push', { ...push, ref: 'refs/tags/trunk' }, []],
  ['the default branch goes', 'push', { ...push, deleted: true }, []],
  ['a review is asked for again', 'check_run', checkRun(), [review(3)]],
  ['a review of a fork is asked for again', 'check_run', checkRun({ pull_requests: [] }), [sweep]],
  ['a review in a fork is asked for again', 'check_run', checkRun({ pull_requests: [pullOf(3, 2)] }), [sweep]],
  ['a publication is asked for again', 'check_run', checkRun({ name: 'coalmine/publish' }), [publish]],
  ["another App's check is asked for again", 'check_run', checkRun({ app: { id: 2 } }), []],
  ['all our checks are asked for again', 'check_suite', checkSuite(), [review(3), review(4)]],
  ['all our checks of a fork are asked for again', 'check_suite', checkSuite({ pull_requests: [] }), [sweep]],
  ['all checks of another App are asked for again', 'check_suite', checkSuite({ app: { id: 2 } }), []],
  ["Flux's status comes", 'status', status, [{ kind: 'flux-events', repository: ref, events: [said] }]],
  ["another controller's status comes", 'status', { ...status, context: 'helmrelease/echo/4f1e2d3c' }, []],
  ['a status of another system comes', 'status', { ...status, context: 'ci' }, []],
  [
    'a merge queue asks for its checks',
    'merge_group',
    {
      action: 'checks_requested',
      merge_group: { base_sha: 'b'.repeat(40), head_sha: 'c'.repeat(40), base_ref: 'refs/heads/trunk' },
    },
    [{ kind: 'review-group', repository: ref, base: 'b'.repeat(40), head: 'c'.repeat(40) }],
  ],
  [
    'the App is installed',
    'installation',
    { action: 'created', repositories: [{ full_name: 'canary/shop' }, { full_name: 'canary/bank' }] },
    [sweep, { ...sweep, repository: { ...ref, name: 'bank' } }],
  ],
  [
    'a repository is added',
    'installation_repositories',
    { action: 'added', repositories_added: [{ full_name: 'canary/shop' }] },
    [sweep],
  ],
])('when %s', async (_, event, payload, expected) => {
  const { jobs, logged } = await receive(event, payload);
  expect(jobs).toEqual(expected);
  expect(logged).toEqual([]);
});

test('a webhook without an installation is ignored, and logged', async () => {
  const { jobs, logged } = await receive('push', { ...push, installation: undefined });
  expect(jobs).toEqual([]);
  expect(logged).toEqual([[{ delivery: 'delivery', event: 'push' }, 'webhook without an installation ignored']]);
});

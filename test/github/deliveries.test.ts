import { generateKeyPairSync } from 'node:crypto';
import { Probot } from 'probot';
import { expect, test } from 'vitest';
import { redeliverFailed } from '../../src/github/deliveries.ts';
import { CoalmineOctokit } from '../../src/github/octokit.ts';
import { mockGitHub } from '../support/http.ts';

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

const NOW = new Date('2026-03-02T12:00:00Z');
const LIST = '/app/hook/deliveries?per_page=100';

function redeliver(): Promise<number> {
  return redeliverFailed(new Probot({ appId: 1, privateKey, logLevel: 'fatal', Octokit: CoalmineOctokit }), NOW);
}

/** A line of the list: `<id> <guid> <event>.<action> <status code>`, with how many hours ago. */
function delivery(line: string, hours = 1) {
  const [id = '', guid = '', name = '', code = ''] = line.split(' ');
  const [event = '', action = null] = name.split('.');
  return {
    id: Number(id),
    guid,
    event,
    action,
    status_code: Number(code),
    status: code === '200' ? 'OK' : 'failed',
    delivered_at: new Date(NOW.getTime() - hours * 3_600_000).toISOString(),
    redelivery: false,
    duration: 0.1,
    installation_id: 1,
    repository_id: 1,
  };
}

test('asks again for what failed and only its webhook tells, oldest first', async () => {
  const { answer, requests } = mockGitHub();
  const next = { link: `<https://api.github.com${LIST}&cursor=5>; rel="next"` };
  const recent = [
    delivery('9 a pull_request.edited 0'),
    delivery('8 b pull_request.edited 200'), // the second attempt arrived
    delivery('7 b pull_request.edited 500'),
    delivery('6 c push 0'), // the sweep sees it
    delivery('5 d pull_request.synchronize 0'),
  ];
  const older = [
    delivery('4 e merge_group.checks_requested 502'),
    delivery('3 e merge_group.checks_requested 502'),
    delivery('2 f check_run.rerequested 0', 25), // too long ago
  ];
  answer(`GET ${LIST}`, 200, recent, next);
  answer(`GET ${LIST}&cursor=5`, 200, older, next);
  answer('POST /app/hook/deliveries/4/attempts', 202, {});
  answer('POST /app/hook/deliveries/9/attempts', 202, {});
  expect(await redeliver()).toBe(2);
  expect(requests.slice(-2).map(({ operation }) => operation)).toEqual([
    'POST /app/hook/deliveries/4/attempts',
    'POST /app/hook/deliveries/9/attempts',
  ]);
});

test('leaves alone what fails again and again', async () => {
  const { answer } = mockGitHub();
  const attempts = [4, 3, 2, 1].map((id) => delivery(`${id} a pull_request.edited 500`));
  answer(`GET ${LIST}`, 200, attempts);
  expect(await redeliver()).toBe(0);
});

test('goes on where a server has no list of deliveries', async () => {
  mockGitHub().answer(`GET ${LIST}`, 404, { message: 'Not Found' });
  expect(await redeliver()).toBe(0);
});

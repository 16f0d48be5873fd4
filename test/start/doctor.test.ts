import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { coalmineWith, type Run } from '../support/cli.ts';
import { startRecorder } from '../support/openapi.ts';
import { type Clone, type Story, startStory } from '../support/story.ts';

// The doctor beside an App at work, on the sandbox's GitHub.
let dataDir: string;
let story: Story;
let recorder: Awaited<ReturnType<typeof startRecorder>>;
let clone: Clone;
let environment: Readonly<Record<string, string>>;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'coalmine-doctor-'));
  story = await startStory(dataDir);
  recorder = await startRecorder(story.sandboxUrl);
  clone = await story.clone('writer');
  mkdirSync(join(clone.folder, '.github'), { recursive: true });
  writeFileSync(join(clone.folder, '.github/coalmine.yml'), 'readiness: { by: flux, clusters: [eu] }\nmerge: all\n');
  await clone.git('add', '--all');
  await clone.git('commit', '--quiet', '--message=Listen to Flux');
  await story.after('push', () => clone.git('push', '--quiet'));
  const app = JSON.parse(readFileSync(join(dataDir, 'app.json'), 'utf8'));
  environment = {
    APP_ID: String(app.appId),
    PRIVATE_KEY: app.privateKey,
    WEBHOOK_SECRET: app.webhookSecret,
    FLUX_WEBHOOK_TOKEN: app.fluxToken,
    GITHUB_API_URL: `${recorder.url}/api/v3`,
  };
});

afterAll(async () => {
  expect([...story.complaints(), ...recorder.complaints()]).toEqual([]);
  await story.close();
  await recorder.close();
  rmSync(dataDir, { recursive: true, force: true });
});

function doctor(more: Readonly<Record<string, string>> = {}, ...args: readonly string[]): Promise<Run> {
  return coalmineWith({ ...environment, ...more }, clone.folder, 'doctor', '--app', ...args);
}

test('before a cluster has answered, and after', async () => {
  const before = await doctor();
  expect([before.code, before.stderr]).toEqual([1, '']);
  expect(before.stdout).toContain(
    'problem  cluster: eu never answered\n           -> apply there what coalmine flux --cluster eu prints',
  );
  await story.settleFlux({ cluster: 'eu', repeat: 1 });
  const { code, stdout } = await doctor();
  expect(stdout.replaceAll(/first at \S+/g, 'first at TIME').split('\nOn GitHub')[1]).toBe(
    `, canary/shop
  ok       permissions: the App may write what it writes
  note     permissions: the App goes without merge_queues: read
  note     events: the App isn't told of check_suite, merge_group; what it can, it finds in its sweep, minutes later
  ok       settings on main: .github/coalmine.yml reads
  ok       values on main: 2 files (charts-values/{release}.yaml)
  ok       branch gitops: is there, with our mark
  ok       push to gitops: nothing stands in the way
  ok       merge into main: no ruleset keeps the App from merging its own (merge: all)
  ok       cluster: default has answered, first at TIME
  ok       cluster: eu has answered, first at TIME
  note     cluster: readiness.clusters doesn't list default, who doesn't count
`,
  );
  expect(code).toBe(0);
});

test('a protected branch stands in the way of the App, unless it may pass by', async () => {
  const protect = (more: object): Promise<Response> => {
    const headers = { authorization: 'Bearer admin-token' };
    return fetch(`${story.sandboxUrl}/sandbox/protection`, {
      method: 'PUT',
      headers,
      body: JSON.stringify({ branch: 'main', ...more }),
    });
  };
  await protect({ approvals: 1 });
  const refused = await doctor();
  expect(refused.code).toBe(1);
  expect(refused.stdout).toMatch(
    /problem {2}merge into main: the ruleset Protection of main \(http\S+\/rules\/\d+\) stands/,
  );
  await protect({ approvals: 1, bypass: ['coalmine[bot]'] });
  expect((await doctor()).stdout).toContain('ok       merge into main: no ruleset keeps the App from merging its own');
  await protect({});
});

test('an App without the token, with another identity, or not installed', async () => {
  expect((await doctor({ FLUX_WEBHOOK_TOKEN: '' })).stdout).toContain('problem  events: FLUX_WEBHOOK_TOKEN is not set');
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const other = await doctor({ PRIVATE_KEY: privateKey });
  expect([other.code, other.stderr]).toEqual([1, '']);
  expect(other.stdout).toContain('problem  credentials: GitHub refuses them\n           -> compare APP_ID');
  expect((await doctor({}, '--repository', 'canary/cage')).stdout).toContain(
    'problem  installation: the App is not installed in this repository',
  );
});

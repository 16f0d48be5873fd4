import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { targets } from '../../src/charts/targets.ts';
import { MERGED, mergeOf, perform, proposalOf, REFUSAL } from '../../src/flows/effect.ts';
import type { CommitWrite, Ports } from '../../src/flows/ports.ts';
import { createCache } from '../../src/github/cache.ts';
import { CoalmineOctokit } from '../../src/github/octokit.ts';
import { githubPulls } from '../../src/github/pulls.ts';
import { githubRepository } from '../../src/github/repository.ts';
import { type Fixture, startFixture } from '../sandbox/fixture.ts';
import { startRecorder } from '../support/openapi.ts';

const SHOP = { owner: 'canary', name: 'shop' };
let clients = 0;

interface Started extends Ports {
  readonly fixture: Fixture;
  readonly folder: string;
}

/** The adapters for GitHub on a sandbox of their own; all that passes is held against GitHub's description. */
async function start(): Promise<Started> {
  const fixture = await startFixture();
  const recorder = await startRecorder(fixture.sandbox.url);
  onTestFinished(async () => {
    expect(recorder.complaints()).toEqual([]);
    await recorder.close();
  });
  const { body } = await fixture.call('app', 'POST /app/installations/1/access_tokens', {});
  clients += 1;
  const octokit = new CoalmineOctokit({
    auth: { token: body.token },
    baseUrl: `${recorder.url}/api/v3`,
    throttle: { id: `adapters ${clients}` },
  });
  return {
    fixture,
    folder: join(fixture.dataDir, 'canary/shop.git'),
    repository: githubRepository(octokit, SHOP, createCache()),
    pulls: githubPulls(octokit, SHOP, { id: 1, slug: 'coalmine' }),
    jobs: { enqueue: () => undefined, enqueueLater: () => undefined },
    targets,
    now: () => new Date(),
  };
}

describe('a proposal in the sandbox', () => {
  const ECHO = 'charts-values/echo.yaml';
  const PULL = { branch: 'coalmine/promote/echo', base: 'main', title: 'Echo to 50 %', body: 'Asked for.\n' };
  const MERGE = {
    title: 'Echo to 50 %',
    message: 'Command: 7',
    said: { merged: `as ${MERGED}`, refused: `not merged: ${REFUSAL}` },
  };

  async function writeOf({ repository }: Ports): Promise<CommitWrite & { readonly onto: string }> {
    const onto = (await repository.fetchCommit('refs/heads/main'))?.sha ?? '';
    const files = new Map([[ECHO, 'routes:\n  canary:\n    weight: 50\n']]);
    return { branch: PULL.branch, expectedHead: undefined, onto, files, message: 'echo: 50 %\n' };
  }

  test('is opened, merged, and found again', async () => {
    const ports = await start();
    const { repository, pulls } = ports;
    const write = await writeOf(ports);
    const outcome = await perform([{ kind: 'propose', repository: SHOP, write, pull: PULL, merge: MERGE }], ports);
    const main = await repository.fetchCommit('refs/heads/main');
    const [pull, ...others] = await pulls.fetchPullsFrom(PULL.branch);
    expect(others).toEqual([]);
    const told = new Map([
      [proposalOf(PULL.branch), `#${pull?.number}`],
      [mergeOf(PULL.branch), `as ${main?.sha}`],
    ]);
    expect(outcome).toEqual({ kind: 'done', told });
    expect(pull).toMatchObject({ ours: true, open: false, mergeCommit: main?.sha, head: { fork: false } });
    const head = pull?.head.sha ?? '';
    expect(main).toMatchObject({
      parents: [write.onto, head],
      message: `Echo to 50 % (#${pull?.number})\n\nCommand: 7`,
    });
    expect(await repository.fetchCommit(`refs/heads/${PULL.branch}`)).toBeUndefined();
    expect(await repository.fetchLog(main?.sha ?? '', ECHO, 1)).toMatchObject([
      { sha: head, parents: [write.onto], author: 'coalmine[bot]' },
    ]);
    const again = { pull: pull?.number ?? 0, head, title: MERGE.title, message: MERGE.message };
    expect(await pulls.mergePull(again)).toEqual({ kind: 'merged', sha: main?.sha });
    await pulls.removeBranch(PULL.branch);
  });

  test('is planned again once the base has moved, and leaves what is open open on a conflict', async () => {
    const ports = await start();
    const { fixture, repository, pulls } = ports;
    const write = await writeOf(ports);
    const head = await repository.commit(write);
    const number = await pulls.openPull(PULL);
    await fixture.repo('writer', `PUT /contents/${ECHO}`, {
      message: 'By hand',
      content: Buffer.from('routes:\n  canary:\n    weight: 75\n').toString('base64'),
      sha: (await fixture.repo('reader', `GET /contents/${ECHO}`)).sha,
    });
    const again = {
      kind: 'propose',
      repository: SHOP,
      write: { ...write, expectedHead: head },
      pull: PULL,
      merge: MERGE,
    } as const;
    expect(await perform([again], ports)).toEqual({ kind: 'moved' });
    await pulls.openPull({ ...PULL, title: 'Echo to 50 % at last' });
    const merge = { pull: number, head, title: MERGE.title, message: MERGE.message };
    expect(await pulls.mergePull(merge)).toMatchObject({
      kind: 'refused',
      why: expect.stringMatching(/^it has conflicts/),
    });
    const there = { state: 'open', title: 'Echo to 50 % at last' };
    expect(await fixture.repo('reader', `GET /pulls/${number}`)).toMatchObject(there);
    expect(await repository.fetchCommit(`refs/heads/${PULL.branch}`)).toMatchObject({ sha: head });
  });

  test('is not merged after another user pushed to it', async () => {
    const ports = await start();
    const { fixture, repository, pulls } = ports;
    const head = await repository.commit(await writeOf(ports));
    const pull = await pulls.openPull(PULL);
    await fixture.repo('writer', 'PUT /contents/too', { message: 'Me too', content: '', branch: PULL.branch });
    expect((await pulls.fetchPushes(PULL.branch))?.map(({ ours }) => ours)).toEqual([false, true]);
    expect(await pulls.mergePull({ pull, head, title: 'a', message: 'b' })).toEqual({ kind: 'moved' });
  });
});

test('what is asked of commits and people', async () => {
  const { fixture, repository, pulls } = await start();
  const sha = (await repository.fetchCommit('refs/heads/main'))?.sha ?? '';
  for (const state of ['pending', 'failure'])
    await fixture.repo('writer', `POST /statuses/${sha}`, { state, context: 'ci/test' });
  await fixture.repo('writer', `POST /statuses/${sha}`, { state: 'success', context: 'ci/lint' });
  expect(Object.fromEntries(await pulls.fetchStatuses(sha))).toEqual({ 'ci/test': 'failure', 'ci/lint': 'success' });
  expect(await pulls.fetchStatuses('a'.repeat(40))).toEqual(new Map());

  expect(await pulls.fetchCheckStart(sha, 'coalmine')).toBeUndefined();
  const before = Date.now() - 1000; // the sandbox keeps whole seconds
  const report = { conclusion: 'success', title: 'Fine', summary: 'Fine', annotations: [] } as const;
  await pulls.writeCheck({ name: 'coalmine', sha, report });
  const started = (await pulls.fetchCheckStart(sha, 'coalmine'))?.getTime();
  expect(started).toBeGreaterThan(before);
  expect(started).toBeLessThanOrEqual(Date.now());

  expect(await pulls.fetchEmail('writer')).toBe('writer@sandbox.test');
  expect(await pulls.fetchEmail('stranger')).toBeUndefined();
});

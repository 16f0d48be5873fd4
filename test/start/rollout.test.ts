import { load } from 'js-yaml';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Any, expectAsHelm, helmObjects, helmValues } from '../support/helm.ts';
import { type Story, startStory } from '../support/story.ts';
import { startTalk, type Talk } from '../support/talk.ts';

// Part 3 from its first step to its last, by comments alone: one story told in order.
let story: Story;
let talk: Talk;

const ECHO = 'charts-values/echo.yaml';
const ROUTES = 'apps/echo/echo/routes/routetable-echo-routes.yaml';

beforeAll(async () => {
  story = await startStory();
  talk = await startTalk(story);
});

afterAll(async () => {
  expect(story.complaints()).toEqual([]);
  await story.close();
});

/** What gitops has of echo, beside what Flux needs to follow it. */
async function objects(): Promise<readonly string[]> {
  const files = [...(await talk.published('apps/echo/echo'))];
  return files.filter(([path]) => !path.endsWith('/kustomization.yaml')).map(([, text]) => text);
}

async function deployments(): Promise<readonly string[]> {
  const paths = [...(await talk.published('apps/echo/echo')).keys()];
  return paths.flatMap((path) => /\/deployment-(\S+)\.yaml$/.exec(path)?.[1] ?? []);
}

/** A step that is one commit on gitops at once, with nothing to come once Flux has applied it; its subject and files. */
async function step(line: string): Promise<readonly string[]> {
  const { published } = await talk.moves(line);
  const { gitops } = await talk.tips();
  await talk.settle();
  expect([published.length, (await talk.tips()).gitops]).toEqual([1, gitops]);
  return published.flatMap(({ subject, files }) => [subject, ...files]);
}

test('a merge brings part 3 back to its first step', async () => {
  await talk.settle();
  await talk.merge('writer', await talk.open('writer', 'step-1', { [ECHO]: helmValues(1) }));
  await talk.settle();
  expectAsHelm(await objects(), helmObjects(1));
});

test('step 2: a version is started, and is not promoted until it is live', async () => {
  const { answer, published } = await talk.moves('/deploy echo v2');
  expect(answer).toMatch(/^\*\*echo: starts v2\*\*: #\d+, merged as /);
  expect(published.map(({ subject }) => subject)).toEqual(['echo: starts v2']);
  const refusal = await talk.declines('/promote echo');
  expect(refusal).toMatch(/^\*\*echo: canary v2 none -> 0%\*\* has to wait\./);
  expect(refusal).toContain(
    '- ✅ the values have no errors (`charts-values/echo.yaml`)\n- ❌ the last step is not live yet: it waits for cluster `default`',
  );
  await talk.settle();
  expectAsHelm(await objects(), helmObjects(2));
  expect(load(await talk.textOf(ECHO))).toEqual(load(helmValues(2)));
});

test('steps 3 and 4: testers reach it by their header', async () => {
  expect(await step('/promote echo')).toEqual(['echo: canary v2 none -> 0%', `M ${ROUTES}`]);
  expectAsHelm(await objects(), helmObjects(3));
  expectAsHelm(await objects(), helmObjects(4));
  expect(load(await talk.textOf(ECHO))).toEqual(load(helmValues(4)));
});

test.each([
  [5, '0% -> 50%'],
  [6, '50% -> 100%'],
] as const)('step %i: its share of all requests goes %s', async (number, share) => {
  expect(await step('/promote echo')).toEqual([`echo: canary v2 ${share}`, `M ${ROUTES}`]);
  expectAsHelm(await objects(), helmObjects(number));
  expect(load(await talk.textOf(ECHO))).toEqual(load(helmValues(number)));
});

test('it becomes the primary, and the old one stays', async () => {
  expect(await step('/promote echo')).toEqual(['echo: primary v1 -> v2, canary done', `M ${ROUTES}`]);
  const old = helmObjects(6).filter(({ kind, metadata }: Any) => kind === 'Deployment' && metadata.name === 'echo-v1');
  expect(old).toHaveLength(1);
  expectAsHelm(await objects(), [...helmObjects(7), ...old]);
});

test('step 7: the old one goes, at last, and then there is nothing to promote', async () => {
  expect(await deployments()).toEqual(['echo-v1', 'echo-v2']);
  const [subject, ...files] = await step('/promote echo');
  expect(subject).toBe('echo: stops v1');
  expect(files).toContain('D apps/echo/echo/workloads/deployment-echo-v1.yaml');
  expect(await deployments()).toEqual(['echo-v2']);
  expectAsHelm(await objects(), helmObjects(7));
  expect(load(await talk.textOf(ECHO))).toEqual(load(helmValues(7)));
  expect(await talk.declines('/promote echo')).toContain('it runs v2 alone, so there is nothing to promote');
});

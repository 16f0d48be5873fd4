import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Story, startStory } from '../support/story.ts';
import { startTalk, type Talk } from '../support/talk.ts';

// A canary is taken off traffic, and held: one story told in order.
let story: Story;
let talk: Talk;

const FOXTROT = 'charts-values/foxtrot.yaml';
const FOLDER = 'apps/foxtrot/foxtrot';
const ROUTES = `${FOLDER}/routes/routetable-foxtrot-routes.yaml`;
const HOLD = '.coalmine/holds/foxtrot/foxtrot.yml';
const CANARY = '  canary:\n    version: v3\n    weight: 50\n    headers:\n      stage: canary\n';

beforeAll(async () => {
  story = await startStory();
  talk = await startTalk(story);
  await talk.settle();
});

afterAll(async () => {
  expect(story.complaints()).toEqual([]);
  await story.close();
});

let dark: string; // the values file
let before: ReadonlyMap<string, string>; // on gitops

test('a version is started, and becomes a canary with half of the traffic', async () => {
  await talk.moves('/deploy foxtrot v3');
  await talk.settle();
  [dark, before] = [await talk.textOf(FOXTROT), await talk.published(FOLDER)];
  await talk.moves('/promote foxtrot');
  await talk.settle();
  await talk.moves('/promote foxtrot');
  await talk.settle();
  expect((await talk.published(FOLDER)).get(ROUTES)).toContain('weight: 50');
});

test('one rollback takes it off traffic: one commit of one file, and the hold behind it', async () => {
  const half = await talk.textOf(FOXTROT);
  expect(half.split(CANARY)).toHaveLength(2);
  const { answer, published } = await talk.moves('/rollback foxtrot');
  expect(answer).toMatch(/^\*\*foxtrot: canary v3 50% -> none\*\*: #\d+, merged as /);
  expect(answer).toContain(
    '\n- foxtrot is on hold from now on, for `/promote` and `/deploy`: `/resume foxtrot` lifts it.',
  );
  expect(published.map(({ subject, files }) => [subject, ...files])).toEqual([
    ['foxtrot: canary v3 50% -> none', `M ${ROUTES}`],
    ['foxtrot: hold', `A ${HOLD}`],
  ]);
  expect(await talk.textOf(FOXTROT)).toBe(half.replace(CANARY, ''));
  expect(await talk.textOf(FOXTROT)).toBe(dark);
  expect(await talk.published(FOLDER)).toEqual(before); // v3 runs still, without traffic
});

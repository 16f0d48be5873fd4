import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Story, startStory } from '../support/story.ts';
import { startTalk, type Talk } from '../support/talk.ts';

// Who may, and how often: one story told in order. The seed's echo has v2 as its canary, with weight 0.
let story: Story;
let talk: Talk;

const ECHO = 'charts-values/echo.yaml';
const ROUTES = 'apps/echo/echo/routes/routetable-echo-routes.yaml';

beforeAll(async () => {
  story = await startStory();
  talk = await startTalk(story);
  await talk.settle();
});

afterAll(async () => {
  expect(story.complaints()).toEqual([]);
  await story.close();
});

async function proposals(): Promise<number> {
  const { body } = await story.request('reader', 'GET', '/pulls?state=all&head=canary:coalmine/promote/echo/echo');
  return (body as unknown[]).length;
}

test('a user who may only read is told which permission is missing', async () => {
  expect(await talk.declines('/promote echo', 'reader')).toContain(
    '`/promote` takes the permission `write`; `reader` has `read` here. Nothing was done.',
  );
});

test('what is only quoted does nothing', async () => {
  const before = await talk.refs();
  const body =
    '> /promote echo\n\nNot yet.\n\n```\n/promote echo\n```\n\n    /promote echo\n\n<!--\n/promote echo\n-->\n';
  expect(await talk.say('writer', body)).toMatchObject({ reactions: [], answers: [] });
  expect(await talk.refs()).toEqual(before);
});

test('delivered five times, it is one commit on main and on gitops', async () => {
  const { main, gitops } = await talk.tips();
  const twice = () => Promise.all([1, 2].map(() => story.redeliver('issue_comment', 'Five times')));
  const said = await talk.say('writer', '/promote echo\n\nFive times.', twice);
  await twice();
  const isOnce = async () => {
    expect((await talk.since('main', main)).map(({ files }) => files)).toEqual([[`M ${ECHO}`]]);
    expect((await talk.since('gitops', gitops)).map(({ subject, files }) => [subject, ...files])).toEqual([
      ['echo: canary v2 0% -> 50%', `M ${ROUTES}`],
    ]);
    expect(await proposals()).toBe(1);
    const { reactions, answers } = await talk.answerTo(said.id);
    expect([reactions, answers.length]).toEqual([['eyes', 'rocket'], 1]);
  };
  await isOnce();
  await talk.settle(); // the next step would be met
  await twice();
  await isOnce();
  await story.stopApp();
  await story.startApp();
  await twice();
  await isOnce();
});

test('two people who type it within a second make one step', async () => {
  const { main, gitops } = await talk.tips();
  const said = await Promise.all([talk.say('writer', '/promote echo'), talk.say('admin', '/promote echo')]);
  const [done, ...others] = said.filter(({ reactions }) => reactions.includes('rocket'));
  expect(others).toEqual([]);
  expect(done?.answers).toEqual([expect.stringMatching(/^\*\*echo: canary v2 50% -> 100%\*\*: #\d+, merged as /m)]);
  const [late] = said.filter((each) => each !== done);
  expect(late?.reactions).toEqual(['eyes', 'confused']);
  const why = /it has moved since this comment was written|what the default branch has is not published yet/;
  expect(late?.answers).toEqual([expect.stringMatching(why)]); // as far as the first one has come by then
  expect(await talk.since('main', main)).toHaveLength(1);
  expect((await talk.since('gitops', gitops)).map(({ subject }) => subject)).toEqual(['echo: canary v2 50% -> 100%']);
});

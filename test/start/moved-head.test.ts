import { expect, test } from 'vitest';
import { release } from '../flows/commands/world.ts';
import { startStory } from '../support/story.ts';
import { startTalk } from '../support/talk.ts';

const ECHO = 'charts-values/echo.yaml';
const HEADER = release({ weight: 0 });

/** GitHub's times are whole seconds: what is to come later has to come in a later one. */
async function nextSecond(): Promise<void> {
  const second = () => Math.floor(Date.now() / 1000);
  const now = second();
  await expect.poll(second, { interval: 20, timeout: 2_000 }).toBeGreaterThan(now);
}

test('a command is not written onto a head that came back after it, also when both webhooks are lost', async () => {
  const story = await startStory();
  const talk = await startTalk(story, { [ECHO]: HEADER });
  await talk.settle();
  const pull = await talk.open('writer', 'topic', { [ECHO]: `# first\n${HEADER}` });
  const { clone } = talk;
  const first = await clone.git('rev-parse', 'HEAD');
  await nextSecond();
  await clone.git('commit', '--quiet', '--allow-empty', '--message=second');
  const second = await clone.git('rev-parse', 'HEAD');
  await story.after('pull_request', () => clone.git('push', '--quiet', 'origin', 'topic'), second);
  await nextSecond();

  const say = async () =>
    ((await story.request('writer', 'POST', `/issues/${pull}/comments`, { body: '/promote' })).body as { id: number })
      .id;
  const answerTo = async (id: number) => {
    const { body } = await story.request('writer', 'GET', `/issues/${pull}/comments?per_page=100`);
    return (body as { body: string }[]).find((each) => each.body.includes(`coalmine:answer ${id} `))?.body;
  };
  await story.stopApp(); // both webhooks are lost: a sweep finds the comment
  const lost = await say();
  await nextSecond();
  await clone.git('push', '--quiet', '--force', 'origin', `${first}:topic`);
  await story.startApp();
  expect(await answerTo(lost)).toContain(`has moved since this comment was written: its head is ${first} now`);
  expect(await clone.git('ls-remote', 'origin', 'refs/heads/topic')).toContain(first);

  let heard = 0;
  const act = async () => {
    heard = await say();
  };
  await nextSecond();
  await story.after('issue_comment', act, '"sender":{"login":"writer"');
  expect(await answerTo(heard)).toContain('written to `topic` as');
  expect(story.complaints()).toEqual([]);
  await story.close();
});

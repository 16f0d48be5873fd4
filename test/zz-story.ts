import { startStory } from './support/story.ts';

const story = await startStory();
const clone = await story.clone('writer');
const say = async (user: any, number: number, body: string) => {
  await story.after(
    'issue_comment',
    () => story.request(user, 'POST', `/issues/${number}/comments`, { body }),
    `"sender":{"login":"${user}"`,
  );
  const { body: list } = await story.request('reader', 'GET', `/issues/${number}/comments`);
  const all = list as any[];
  console.log(`--- ${user}: ${body}\n` + all.filter((c) => c.body.startsWith('<!-- coalmine:answer')).at(-1)?.body);
};
const log = async () => {
  await clone.git('fetch', '-q', 'origin', '+gitops:refs/remotes/origin/gitops', '+main:refs/remotes/origin/main');
  console.log(
    await clone.git('log', '--format=%h %s', 'origin/gitops', '--'),
    '\n',
    await clone.git('log', '--oneline', '--graph', 'origin/main', '--'),
  );
};
try {
  await say('reader', 1, '/help');
  await say('reader', 1, '/promote');
  await say('writer', 1, '/promote');
  await say('writer', 1, '/status');
  await story.settleFlux();
  // another pull request that touches nothing
  await say('writer', 1, '/promote foxtrot');
  await say('writer', 1, '/rollback echo');
  await story.settleFlux();
  await log();
  await say('writer', 1, '/status echo');
  await say('writer', 1, '/resume echo');
  await log();
} finally {
  console.log(story.complaints());
  await story.close();
}

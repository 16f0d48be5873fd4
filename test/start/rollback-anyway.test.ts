import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Story, startStory } from '../support/story.ts';
import { startTalk, type Talk } from '../support/talk.ts';

// Whatever else is broken, the way back is open: one story told in order.
let story: Story;
let talk: Talk;

const routesOf = (name: string) => `apps/${name}/${name}/routes/routetable-${name}-routes.yaml`;

beforeAll(async () => {
  story = await startStory();
  talk = await startTalk(story);
  await talk.settle();
});

afterAll(async () => {
  expect(story.complaints()).toEqual([]);
  await story.close();
});

async function routes(name: string): Promise<string> {
  return (await talk.published(`apps/${name}/${name}`)).get(routesOf(name)) ?? '';
}

async function redChecks(sha: string): Promise<readonly string[]> {
  const get = async (path: string) => (await story.request('reader', 'GET', `/commits/${sha}${path}`)).body;
  const { statuses } = (await get('/status')) as { statuses: { context: string; state: string }[] };
  const { check_runs: runs } = (await get('/check-runs')) as { check_runs: { name: string; conclusion: string }[] };
  return [
    ...statuses.filter(({ state }) => state === 'failure').map(({ context }) => context),
    ...runs.filter(({ conclusion }) => conclusion !== 'success').map(({ name }) => name),
  ];
}

async function protect(protection: object): Promise<void> {
  const response = await fetch(`${story.sandboxUrl}/sandbox/protection`, {
    method: 'PUT',
    headers: { authorization: 'Bearer admin-token' },
    body: JSON.stringify({ branch: 'main', ...protection }),
  });
  expect(response.status).toBe(200);
}

test('two versions run beside the primary', async () => {
  await talk.moves('/deploy foxtrot v2'); // echo has one
  await talk.settle();
});

test('they have half of the traffic', async () => {
  const { reactions } = await talk.say('writer', '/promote foxtrot echo to 50');
  expect(reactions).toEqual(['eyes', 'rocket']);
  await talk.settle();
  for (const name of ['foxtrot', 'echo']) expect(await routes(name)).toMatch(/weight: 50\n(.*\n)*.*weight: 50\n/);
});

test('with a canary that fails, red checks and a hold', async () => {
  const main = await talk.push({ 'charts-values/golf.yaml': 'deployment: [\n' }); // another release, and an error
  await talk.settle({ fail: { deployment: 'foxtrot/foxtrot-v2' } });
  const status = { state: 'failure', context: 'ci/test' };
  expect((await story.request('admin', 'POST', `/statuses/${main}`, status)).status).toBe(201);
  expect(await redChecks(main)).toEqual(['ci/test', 'coalmine/publish']);
  expect((await talk.say('writer', '/hold foxtrot "v2 is broken"')).reactions).toEqual(['eyes', 'rocket']);
  const refusal = await talk.declines('/promote foxtrot');
  expect(refusal).toContain('- ❌ the last step failed: Flux');
  expect(refusal).toMatch(/- ❌ it is on hold, by `writer` since .*: v2 is broken; `\/resume foxtrot` lifts it$/m);

  const { answer, published } = await talk.moves('/rollback foxtrot');
  expect(answer).toContain('- foxtrot is on hold: `/resume foxtrot` lifts it.');
  expect(published.map(({ subject, files }) => [subject, ...files])).toEqual([
    ['foxtrot: canary v2 50% -> none', `M ${routesOf('foxtrot')}`],
  ]);
  expect(await routes('foxtrot')).not.toContain('v2');
});

test('with a Flux that is suspended', async () => {
  await story.settleFlux({ fail: [], suspended: true });
  const liveOf = async () => (await talk.refs()).filter((ref) => ref.endsWith('refs/coalmine/live'));
  const live = await liveOf();
  const { id, published } = await talk.moves('/rollback echo');
  expect(published.map(({ subject, files }) => [subject, ...files])).toEqual([
    ['echo: canary v2 50% -> none', `M ${routesOf('echo')}`],
    ['echo: hold', 'A .coalmine/holds/echo/echo.yml'],
  ]);
  expect(await routes('echo')).not.toContain('v2');
  await story.settleFlux();
  expect([live.length, await liveOf()]).toEqual([1, live]); // Flux has said nothing
  expect((await talk.answerTo(id)).answers).toEqual([expect.stringContaining(', not applied yet')]);
  await talk.settle({ suspended: false });
  expect((await talk.answerTo(id)).answers).toEqual([
    expect.stringMatching(/### echo: v1 serves everything\n[\s\S]*, applied\n/),
  ]);
});

test('a merge that GitHub refuses is told in its words, and another user’s merge is the commander’s step', async () => {
  const file = 'charts-values/foxtrot.yaml';
  await talk.push({ [file]: `${await talk.textOf(file)}  canary:\n    version: v2\n    weight: 50\n` });
  await talk.settle();
  await protect({ approvals: 1 });
  const before = await talk.tips();
  const { id, answers } = await talk.say('writer', '/rollback foxtrot');
  expect(answers).toEqual([
    expect.stringMatching(
      /^\*\*foxtrot: canary v2 50% -> none\*\*: #\d+, \*\*not merged\*\*: "At least 1 approving review is required by reviewers with write access\."\.\n/,
    ),
  ]);
  expect(await talk.tips()).toEqual(before);
  const number = Number(/#(\d+)/.exec(answers[0] ?? '')?.[1]);
  const { body } = await story.request('reader', 'GET', `/pulls/${number}`);
  expect(body).toMatchObject({ state: 'open', merged: false, head: { ref: 'coalmine/rollback/foxtrot/foxtrot' } });

  const merged = await talk.merge('admin', number);
  await talk.settle();
  const published = await talk.since('gitops', before.gitops);
  expect(published.map(({ subject }) => subject)).toEqual(['foxtrot: canary v2 50% -> none']);
  expect(published[0]?.files).toEqual(['M apps/foxtrot/foxtrot/routes/routetable-foxtrot-routes.yaml']);
  for (const line of [
    `Source-Commit: ${merged}`,
    `Pull-Request: #${number}`,
    'Requested-By: writer',
    `Command: ${id}`,
  ]) {
    expect(published[0]?.trailers.split('\n')).toContain(line);
  }
  await protect({});
});

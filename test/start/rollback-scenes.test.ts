import { afterAll, beforeAll, expect, test } from 'vitest';
import { FOLLOWING_MARKER } from '../../src/core/report/following.ts';
import { splitSection } from '../../src/core/report/section.ts';
import { type Story, startStory } from '../support/story.ts';
import { startTalk, type Talk } from '../support/talk.ts';

// Six incidents as they were seen, each on a release of its own, from the merge that went wrong to a good end.
let story: Story;
let talk: Talk;

beforeAll(async () => {
  story = await startStory();
  const running = { alpha: ['v1', 'v3'], bravo: ['v1', 'v9'], charlie: ['v1', 'v2', 'v3'], delta: ['v1'] };
  const files = Object.entries({ ...running, golf: ['v1', 'v9'], hotel: ['v1', 'v9'] }).map(([name, versions]) => {
    return [fileOf(name), values(name, { versions, primary: 'v1' })];
  });
  talk = await startTalk(story, Object.fromEntries(files));
  await talk.settle();
});

afterAll(async () => {
  expect(story.complaints()).toEqual([]);
  await story.close();
});

interface Shape {
  readonly versions: readonly string[];
  readonly primary: string;
  readonly canary?: readonly [version: string, weight: number];
}

const fileOf = (name: string) => `charts-values/${name}.yaml`;

function values(name: string, { versions, primary, canary }: Shape): string {
  const blocks = versions.map((version) => `  ${version}:\n    image: example.com/${name}:${version}\n`);
  const tested = canary ? `  canary:\n    version: ${canary[0]}\n    weight: ${canary[1]}\n` : '';
  return `deployment:\n${blocks.join('')}routes:\n  apiGroup: example\n  primary:\n    version: ${primary}\n${tested}`;
}

/** A pull request with these values, reviewed and merged. */
async function bring(name: string, shape: Shape): Promise<number> {
  const pull = await talk.open('writer', `change-${name}-${shape.primary}`, { [fileOf(name)]: values(name, shape) });
  await talk.merge('admin', pull);
  return pull;
}

/** The App's review comment on a pull request. */
async function commentOn(pull: number): Promise<string> {
  const { body } = await story.request('reader', 'GET', `/issues/${pull}/comments?per_page=100`);
  return (body as { body: string }[])[0]?.body ?? '';
}

/** What a comment says first: of what serves, and of how it goes on. */
const sectionOf = (comment: string) => splitSection(comment, FOLLOWING_MARKER).section;

/** The first bar that a reader sees: `v1 100%`. */
function firstBar(comment: string): readonly string[] {
  const [, bar = ''] = /```text\n([^`]*)\n```/.exec(comment) ?? [];
  return bar.split('\n').map((line) => line.replace(/ [█░]+ +/, ' '));
}

async function deployments(name: string): Promise<readonly string[]> {
  const files = [...(await talk.published(`apps/${name}/${name}/workloads`)).keys()];
  return files.flatMap((path) => new RegExp(`deployment-${name}-(v\\d+)\\.yaml$`).exec(path)?.[1] ?? []);
}

/** What the App says to a comment, in the end. */
async function answer(user: 'writer' | 'admin' | 'reader', line: string): Promise<{ id: number; text: string }> {
  const { id, answers } = await talk.say(user, line);
  expect(answers).toHaveLength(1);
  return { id, text: answers[0] ?? '' };
}

const answerTo = async (id: number) => (await talk.answerTo(id)).answers[0] ?? '';

test('a merged typo: the comment says what serves, and /rollback removes nothing', async () => {
  const before = await talk.textOf(fileOf('alpha'));
  const pull = await bring('alpha', { versions: ['v1', 'v3'], primary: 'v11' });
  const broken = await commentOn(pull);
  expect(firstBar(broken)).toEqual(['v1 100%']);
  expect(sectionOf(broken)).toMatch(
    /^### alpha: v1 serves everything\n[\s\S]*- alpha: \*\*not published\*\*: `charts-values\/alpha\.yaml` has 1 error\. The cluster is unchanged$/,
  );
  expect(broken.match(/is not in the deployment map/g)).toHaveLength(1);

  const { id, text } = await answer('writer', '/rollback alpha');
  expect(text).toMatch(/the primary v11 was not published yet, and is taken back: v1 serves everything/);
  expect(await talk.textOf(fileOf('alpha'))).toBe(before);
  await talk.settle();
  expect(await deployments('alpha')).toEqual(['v1', 'v3']);
  expect(sectionOf(await answerTo(id))).toMatch(
    /^### alpha: v1 serves everything\n[\s\S]* gitops branch has it already$/,
  );
  const [, rollback] = /: (#\d+), merged as /.exec(text) ?? [];
  expect(sectionOf(await commentOn(pull))).toMatch(new RegExp(`^\\*\\*alpha: superseded by ${rollback}\\*\\*`));
});

test('a second /rollback, and one that names a version: the evidence stays, whatever is typed', async () => {
  const pull = await bring('bravo', { versions: ['v1', 'v9'], primary: 'v1', canary: ['v9', 50] });
  await talk.settle();
  expect(firstBar(await commentOn(pull))).toEqual(['v1 50%', 'v9 50%']);
  const { id } = await answer('writer', '/rollback bravo');
  const after = await talk.refs();
  const { text: again } = await answer('admin', '/rollback bravo'); // a few seconds later, before Flux has applied it
  expect(again).toMatch(/^bravo: already rolled back in #\d+, v1 serves everything/);
  expect(await talk.refs()).toEqual(after);
  await talk.settle();
  expect(await answerTo(id)).toContain('### bravo: v1 serves everything\n');
  expect(sectionOf(await commentOn(pull))).toMatch(/^\*\*bravo: superseded by #\d+\*\*: canary v9 50% -> none\./);

  const canary = await talk.declines('/rollback bravo v9');
  expect(canary).toContain('/promote bravo v9 full');
  expect((await answer('admin', '/rollback bravo to v1')).text).toContain('v1 serves everything already');
  expect(await deployments('bravo')).toEqual(['v1', 'v9']);
});

test('a primary that never becomes ready: one word and no question, and the comment shows the truth', async () => {
  await story.settleFlux({ fail: { deployment: 'charlie/charlie-v9' } });
  const pull = await bring('charlie', { versions: ['v1', 'v2', 'v3', 'v9'], primary: 'v9' });
  await talk.settle();
  const failed = await commentOn(pull);
  expect(firstBar(failed)).toEqual(['v1 100%']); // and not the plan
  expect(sectionOf(failed)).toMatch(
    /- charlie: published in `\w+` \(part 1 of 2\), \*\*failed\*\*, waits until v9 is ready/,
  );
  expect(failed.match(/timeout waiting for/g)).toHaveLength(1);

  const { id } = await answer('writer', '/rollback charlie');
  await talk.settle();
  expect(sectionOf(await answerTo(id))).toMatch(/^### charlie: v1 serves everything\n/);
  const overtaken = await commentOn(pull);
  expect(sectionOf(overtaken)).toMatch(/^\*\*charlie: superseded by #\d+\*\*/);
  expect(firstBar(overtaken)).toEqual(['v1 100%']);
  expect(await deployments('charlie')).toEqual(['v1', 'v2', 'v3', 'v9']);
  const { text: status } = await answer('reader', '/status charlie');
  expect(status).toMatch(/^### charlie: v1 serves everything\n/);
  expect(status.match(/timeout waiting for/g)).toHaveLength(1);
  expect((await answer('reader', '/promote charlie')).text).not.toContain('--force');
  await talk.settle({ fail: [] });
});

test('what serves is what the gitops branch has: a version that the values lost comes back in one step', async () => {
  await story.settleFlux({ fail: { deployment: 'delta/delta-v2' } });
  const pull = await bring('delta', { versions: ['v2'], primary: 'v2' });
  await talk.settle();
  expect(firstBar(await commentOn(pull))).toEqual(['v1 100%']);
  const { text } = await answer('writer', '/rollback delta');
  expect(text).not.toContain("doesn't run any more");
  expect(text).toContain('the primary v2 was not published yet, and is taken back: v1 serves everything');
  await talk.settle();
  expect(await talk.textOf(fileOf('delta'))).toContain('image: example.com/delta:v1');
  expect(await deployments('delta')).toEqual(expect.arrayContaining(['v1', 'v2']));
  expect(sectionOf(await commentOn(pull))).toMatch(/^\*\*delta: superseded by #\d+\*\*/);
  await talk.settle({ fail: [] });
});

test('a lower weight asks for nothing, and the answer that it overtakes says so', async () => {
  await answer('writer', '/promote golf');
  await talk.settle();
  await story.settleFlux({ suspended: true });
  const { id: first } = await answer('writer', '/promote golf to 50');
  expect(sectionOf(await answerTo(first))).toMatch(
    /^### golf: v1 serves everything, as last confirmed\n[\s\S]*, not applied yet\n {2}Waits for cluster `default` \(last heard /,
  );
  await answer('admin', '/hold golf "a look first"');
  const { id: second, text: lowered } = await answer('writer', '/promote golf to 35');
  expect(lowered).toContain('canary v9 50% -> 35%');
  expect(lowered).not.toContain('checks are met'); // none was asked for
  const overtaken = sectionOf(await answerTo(first));
  expect(overtaken).toMatch(/^\*\*golf: superseded by #\d+\*\*: canary v9 50% -> 35%\./);
  expect(overtaken).not.toContain('not applied yet');
  await talk.settle({ suspended: false });
  expect(sectionOf(await answerTo(second))).toMatch(/^### golf: v1 serves 65% and v9 35%\n[\s\S]*, applied$/);
  expect(sectionOf(await answerTo(first))).toBe(overtaken);
});

test('a cluster that was renamed is named by the comment and /status, with the line that ends the wait', async () => {
  await story.settleFlux({ cluster: 'eu' });
  const pull = await bring('hotel', { versions: ['v1', 'v9'], primary: 'v1', canary: ['v9', 50] });
  await talk.settle();
  const waits = /Waits for cluster `default` \(last heard [^)]* UTC\); `eu` has confirmed it\./;
  expect(sectionOf(await commentOn(pull))).toMatch(waits);
  const { text: status } = await answer('reader', '/status hotel');
  expect(status).toMatch(
    /- Live: not yet: waits for cluster `default` \(last heard [^)]* UTC\); `eu` has confirmed it\./,
  );

  const settings = await talk.textOf('.github/coalmine.yml');
  await talk.push({ '.github/coalmine.yml': settings.replace('by: flux', 'by: flux, deadline: 1s') });
  const way = 'write `clusters: [eu]` under `readiness` in `.github/coalmine.yml`';
  expect((await answer('reader', '/status hotel')).text).toContain(way);
  await talk.push({ '.github/coalmine.yml': settings.replace('by: flux', 'by: flux, clusters: [eu]') });
  await talk.settle();
  expect(sectionOf(await commentOn(pull))).toMatch(/^### hotel: v1 serves 50% and v9 50%\n[\s\S]*, applied$/);
});

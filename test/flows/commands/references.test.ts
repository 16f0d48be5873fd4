import { expect, test } from 'vitest';
import { parseMessage } from '../../../src/core/model/trailers.ts';
import type { FakeWorld } from '../../support/fakes.ts';
import {
  answerTo,
  commitsSince,
  FLUX,
  hear,
  live,
  mergesSince,
  openPull,
  release,
  say,
  talkWorld,
  write,
} from './world.ts';

// Names that are valid, and that GitHub would take for an issue, a pull request and commits.
const NAME = 'deadbeef';
const FILE = `charts-values/${NAME}.yaml`;
const shape = { versions: ['abcdef1', 'gh-12'], primary: 'abcdef1', canary: 'gh-12' };
const LINKS = /[@#]\w|\bGH-\d|:\/\/|\b[0-9a-f]{7,40}\b/i;

/** A commit message without what is meant to link, or never does. */
function wordsOf(message: string): string {
  const meant = /^(?:Source-Commit|Pull-Request|Command|Co-authored-by): .*$/gm;
  return message.replace(meant, '').replace(/ \(#\d+\)$/m, '');
}

/** What a comment says outside code, and without what Coalmine itself links: commits of its own, pull requests, marks. */
function proseOf(text: string): string {
  return text
    .replace(/<!--[\s\S]*?-->|```[\s\S]*?```|`[^`\n]*`/g, '')
    .replace(/\b(?:as|at|by|in|Commit) [0-9a-f]{7,40}\b|\(([0-9a-f]{7}) has|#\d+|&#8203;/g, (all) =>
      all === '&#8203;' ? '\u200b' : '',
    );
}

const namesSaid = ({ pulls }: FakeWorld) => [...pulls.answers.values(), ...pulls.comments.values()].map(proseOf);

test('names that look like references are never links, and are read back whole', async () => {
  const world = await talkWorld(FLUX, { [FILE]: release(shape) });
  const [main, gitops] = [world.repository.tipOf('main')?.sha, world.repository.tipOf('gitops')?.sha];
  for (const weight of ['0%', '50%', '100%']) {
    expect(await say(world, `/promote ${NAME}`)).toContain(`merged as ${world.repository.tipOf('main')?.sha}`);
    expect(parseMessage(world.repository.tipOf('main')?.message ?? '').subject).toContain(`canary gh-12`);
    expect(parseMessage(world.repository.tipOf('gitops')?.message ?? '').subject).toContain(`-> ${weight}`);
    await live(world, [NAME]);
  }
  expect(await say(world, `/hold ${NAME} "fixes gh-12 and 7654321"`)).toContain('is on hold from now on');
  expect(await say(world, `/status ${NAME}`)).toContain('fixes gh-&#8203;12 and 765432&#8203;1');
  expect(await say(world, `/resume ${NAME}`)).toContain('is lifted');
  const copied = parseMessage(world.repository.tipOf('gitops')?.message ?? '').subject.split(':')[0];
  expect(copied).toBe(NAME);
  expect(await say(world, '/rollback deadbe\u200bef "see gh-13"')).toContain('merged as'); // copied from `git log`
  await live(world, [NAME]);

  const pull = openPull(world, { [FILE]: release({ ...shape, weight: 10 }) });
  expect(await say(world, `/resume ${NAME}`)).toContain('is lifted');
  const comment = write(world, `/promote ${NAME} to 25`, { pull });
  await hear(world, comment);
  expect(answerTo(world, comment)).toContain(`written to \`change-${pull}\``);

  const commits = [
    ...(await mergesSince(world, main)).flatMap(({ message, parents }) => [message, ...parents.slice(1)]),
    world.repository.tipOf(`change-${pull}`)?.message ?? '',
    ...(await commitsSince(world, gitops)).map(({ message }) => message),
  ].filter((message) => message.includes('\n'));
  expect(commits.length).toBeGreaterThan(10);
  for (const message of commits) expect(wordsOf(message)).not.toMatch(LINKS);
  for (const { title } of world.pulls.proposals.values()) expect(title).not.toMatch(LINKS);
  for (const said of [...namesSaid(world), ...[...world.pulls.proposals.values()].map(({ body }) => proseOf(body))])
    expect(said).not.toMatch(LINKS);
});

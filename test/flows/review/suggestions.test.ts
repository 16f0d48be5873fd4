import { expect, test } from 'vitest';
import type { Suggestion } from '../../../src/core/report/suggestion.ts';
import { perform } from '../../../src/flows/effect.ts';
import type { FakeWorld } from '../../support/fakes.ts';
import { brokenValues, values } from '../../support/values.ts';
import { BETA, ECHO, FILES, push, review, SETTINGS, worldWith } from '../rollout/proposal.ts';

const TYPO = values(50).replace('    version: v2', '    version: v3');

async function suggested(world: FakeWorld): Promise<readonly Suggestion[]> {
  return (await review(world)).flatMap((effect) => (effect.kind === 'suggestions' ? effect.suggestions : []));
}

test('a typo gets one on its line, on the head, before the check; fixed, there is to be none', async () => {
  const world = worldWith();
  const head = push(world, { [ECHO]: TYPO, [BETA]: values(5) });
  const plan = await review(world);
  expect(plan.map(({ kind }) => kind)).toEqual(['comment', 'suggestions', 'check']);
  expect(plan[1]).toMatchObject({ pull: 1, head, suggestions: [{ file: ECHO, line: 11 }] });
  const [{ body }] = (await suggested(world)) as [Suggestion];
  expect(body).toMatch(/^<!-- coalmine:suggestion -->\n/);
  expect(body).toContain('known versions: v1, v2');
  expect(body).toContain('```suggestion\n    version: v2\n```');

  await perform(plan, world);
  await perform(await review(world), world);
  expect(world.pulls.written.filter((line) => line.startsWith('suggest'))).toEqual([`suggest #1 ${ECHO}:11`]);
  push(world, { [ECHO]: values(50) });
  await perform(await review(world), world);
  expect(world.pulls.suggestions.get(1)).toEqual([]);
});

test('from a fork, and in a new file, as well', async () => {
  const world = worldWith();
  push(world, { 'charts-values/new.yaml': TYPO }, { fork: true });
  expect(await suggested(world)).toMatchObject([{ file: 'charts-values/new.yaml', line: 11 }]);
});

test('none where the pull request shows other lines of the file', async () => {
  const world = worldWith({ ...FILES, [ECHO]: brokenValues() });
  push(world, { [ECHO]: `# who owns it\n${brokenValues()}` });
  expect(await suggested(world)).toEqual([]);
});

test('what the base branch did to a file meanwhile is not part of the pull request', async () => {
  const world = worldWith({ [ECHO]: `${'# x\n'.repeat(9)}${TYPO}` });
  push(world, { [ECHO]: `# y\n${'# x\n'.repeat(8)}${TYPO}` });
  world.repository.push({ branch: 'main', files: { [ECHO]: values(25) } });
  expect(await suggested(world)).toEqual([]); // compared with main alone, every line would be new
});

test('none in a file that is judged as the test merge has it', async () => {
  const world = worldWith();
  const head = push(world, { [ECHO]: TYPO });
  const tip = world.repository.push({ branch: 'main', files: { [ECHO]: values(30) } });
  expect(await suggested(world)).toMatchObject([{ line: 11 }]); // how they merge isn't known: judged as at the head
  const mergeCommit = world.repository.push({ branch: 'merge', onto: [tip, head], files: { [ECHO]: `# z\n${TYPO}` } });
  const pull = world.pulls.pulls.get(1);
  if (pull) world.pulls.pulls.set(1, { ...pull, mergeCommit });
  expect(await suggested(world)).toEqual([]);
});

test('in the settings, unless they are those of the test merge', async () => {
  const world = worldWith();
  const head = push(world, { [SETTINGS]: 'namespaces: shop\n' });
  expect(await suggested(world)).toMatchObject([
    { file: SETTINGS, line: 1, body: expect.stringContaining('```suggestion\nnamespace: shop\n```') },
  ]);
  const tip = world.repository.push({ branch: 'main', files: { [SETTINGS]: 'gitops: published\n' } });
  const files = { [SETTINGS]: 'gitops: published\nnamespaces: shop\n' };
  const mergeCommit = world.repository.push({ branch: 'merge', onto: [tip, head], files });
  const pull = world.pulls.pulls.get(1);
  if (pull) world.pulls.pulls.set(1, { ...pull, mergeCommit });
  expect(await suggested(world)).toEqual([]);
});

test('texts are read for it only where a finding offers something', async () => {
  const world = worldWith();
  push(world, { [ECHO]: TYPO, [BETA]: 'deployment: { v1: {} }\nroutes: { primary: { version: v1 } }\n' });
  world.repository.takeReads();
  const summary = JSON.stringify((await review(world)).at(-1));
  expect(summary).toContain('default-image'); // a finding, but without anything to write
  // Each side of each file, and once more both sides of the one with the typo.
  expect(world.repository.takeReads()).toEqual([BETA, BETA, ECHO, ECHO, ECHO, ECHO]);
});

import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { coalmine } from '../support/cli.ts';
import { type Story, startStory } from '../support/story.ts';
import { startTalk, type Talk } from '../support/talk.ts';

// A file as people write it stays as they wrote it, but for what is meant; and a terminal writes what the App writes.
let story: Story;
let talk: Talk;

const ECHO = 'charts-values/echo.yaml';
const START = `# echo: what we sell

service: &ports { port: 80, targetPort: 8080 }   # as ever
defaults:
  env: { 'LEVEL': "debug", GREETING: 'it''s "us"' }

  # slow to start
  readinessProbe: &probe
    httpGet: { path: /, port: 8080 }
deployment:

  'v1': # the first
    image: 'example.com/echo:1' # pinned
    env:
      "ON": 'yes'  # a text
    livenessProbe: *probe

  # what comes next goes here

routes:

  apiGroup: "example"
  primary: # who has the rest
    version: "v1" # never touch


# the end
`;
const V1 = START.slice(START.indexOf("  'v1':"), START.indexOf('\n  # what comes next'));
const V2 = `  'v2':
    image: 'example.com/echo:2'
    env:
      "ON": 'yes'
    livenessProbe: *probe
`;
const PRIMARY = '    version: "v1" # never touch\n';
const CANARY = '  canary:\n    version: v2\n    weight: 0\n    headers:\n      stage: canary\n';
const DEPLOYED = START.replace(V1, `${V1}${V2}`);
const canary = (weight: number) =>
  DEPLOYED.replace(PRIMARY, `${PRIMARY}${CANARY.replace('weight: 0', `weight: ${weight}`)}`);

beforeAll(async () => {
  story = await startStory();
  talk = await startTalk(story, { [ECHO]: START });
  await talk.settle();
});

afterAll(async () => {
  expect(story.complaints()).toEqual([]);
  await story.close();
});

/** What a terminal makes of main as it is. */
async function written(args: readonly string[]): Promise<string> {
  await talk.textOf(ECHO); // main, checked out
  const { folder } = talk.clone;
  const [verb = '', ...others] = args;
  expect(await coalmine(tmpdir(), verb, '-C', folder, ...others)).toMatchObject({ code: 0 });
  return readFile(join(folder, ECHO), 'utf8');
}

test.each([
  ['/deploy echo v2 example.com/echo:2', ['deploy', 'echo', 'v2', 'example.com/echo:2'], DEPLOYED],
  ['/promote echo to 35', ['promote', 'echo', '--to', '35'], canary(35)],
  ['/rollback echo', ['rollback', 'echo'], DEPLOYED],
])('%s (%#)', async (line, args, text) => {
  expect(await written(args)).toBe(text);
  await talk.moves(line);
  expect(await talk.textOf(ECHO)).toBe(text);
  await talk.settle();
});

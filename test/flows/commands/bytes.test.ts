import { expect, test } from 'vitest';
import { echoOn, FLUX, live, say, talkWorld } from './world.ts';

const START = `# Who changes this file: see the wiki.

"deployment": # all of them

  # the one that is known to be good
  'v1':
    image: "example.com/echo:v1" # pinned
    env: &env
      GREETING: 'it''s me'   # note the quote
      LIST: "a: b # no comment"

    replicas: 2


routes:   # who gets what

  apiGroup: 'example'
  # the order of these is of no matter
  paths: &paths
    - {prefix: "/echo"}
    - prefix: /hello # and this

  primary: { version: "v1" } # last changed in spring


# the end
`;

const COPY = `  'v2':
    image: "example.com/echo:v2"
    env:
      GREETING: 'it''s me'
      LIST: "a: b # no comment"

    replicas: 2
`;

const canary = (weight: number) => `  canary:
    version: v2
    weight: ${weight}
    headers:
      stage: canary
`;

/** As it was, before the release ran v2 alone. */
const AGAIN = `  v1:
    image: example.com/echo:v1
    env:
      GREETING: "it's me"
      LIST: "a: b # no comment"
    replicas: 2
`;

/** A text with one thing in it put in place of another, that is there once. */
function replaced(text: string, old: string, now: string): string {
  expect(text.split(old), old).toHaveLength(2);
  return text.replace(old, () => now);
}

const DARK = replaced(START, '    replicas: 2\n', `    replicas: 2\n${COPY}`);
const SPRING = '# last changed in spring\n';
const rolling = (weight: number) => replaced(DARK, SPRING, SPRING + canary(weight));
const DRAINING = replaced(DARK, '{ version: "v1" }', '{ version: "v2" }');
const OLD = START.slice(START.indexOf("  'v1':"), START.indexOf('\n\nroutes:'));
const DONE = replaced(DRAINING, OLD, '');
const BACK = replaced(replaced(DONE, '{ version: "v2" }', '{ version: "v1" }'), COPY, COPY + AGAIN);

const STEPS: readonly (readonly [line: string, text: string])[] = [
  ['/deploy echo v2 example.com/echo:v2', DARK],
  ['/promote echo', rolling(0)],
  ['/promote echo', rolling(50)],
  ['/rollback echo', DARK],
  ['/resume echo\n/promote echo to 10', rolling(10)],
  ['/promote echo', rolling(50)],
  ['/promote echo', rolling(100)],
  ['/promote echo', DRAINING],
  ['/promote echo', DONE],
  ['/rollback echo', BACK],
];

test.each([
  ['of this system', (text: string) => text],
  ['of another system', (text: string) => text.replaceAll('\n', '\r\n')],
  ['without the last of them', (text: string) => text.trimEnd()],
])('comments, quotes, anchors and ends of lines (%s) keep every byte that isn’t meant', async (_, written) => {
  const world = await talkWorld(FLUX, written(START));
  for (const [line, text] of STEPS) {
    const answer = await say(world, line);
    expect(answer).toContain('merged as');
    expect(echoOn(world, 'main'), line).toBe(written(text));
    await live(world);
  }
});

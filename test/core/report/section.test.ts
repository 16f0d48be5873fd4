import { expect, test } from 'vitest';
import { withSection } from '../../../src/core/report/section.ts';

const MARKER = '<!-- coalmine:rollout -->';
const LIMIT = 65_536;

const say = (comment: string, text: string) =>
  withSection(comment, { section: `${MARKER}\n${text}`, sectionMarker: MARKER });

test.each([
  ['nothing of the kind', 'Review.\n'],
  ['an older section', `Review.\n\n${MARKER}\nOld.\n\nMore of it.\n`],
  ['two older sections', `Review.\n\n${MARKER}\nOld.\n\n${MARKER}\nOlder.`],
  ["GitHub's line ends", `Review.\r\n\r\n${MARKER}\r\nOld.`],
])('takes its place after %s', (_, comment) => {
  expect(say(comment, 'New.\n')).toBe(`Review.\n\n${MARKER}\nNew.\n`);
});

test('takes no text inside a line for its marker', () => {
  expect(say(`- a\n+ ${MARKER}\n`, 'New.')).toBe(`- a\n+ ${MARKER}\n\n${MARKER}\nNew.`);
});

test('leaves out whole lines where it is too long, and says so above them', () => {
  const line = `${'ü'.repeat(99)}\n`;
  const whole = say('Review.', line.repeat(1000));
  expect(Buffer.byteLength(whole)).toBeLessThanOrEqual(LIMIT);
  expect(Buffer.byteLength(whole)).toBeGreaterThan(LIMIT - Buffer.byteLength(line));
  const [head, word, ...rest] = whole.slice('Review.\n\n'.length).split('\n\n');
  expect([head, word]).toEqual([MARKER, '_The rest of this is too long for a comment._']);
  expect(new Set(rest.join('\n\n').split('\n'))).toEqual(new Set([line.trimEnd()]));
});

test.each([
  ['fills the room to the last byte', 0, 'Review.'.length],
  ['is shortened from one byte more', 1, undefined],
])('%s', (_, more, kept) => {
  const room = LIMIT - 'Review.\n\n'.length - `${MARKER}\n`.length;
  const said = say('Review.', 'x'.repeat(room + more));
  expect(said.includes('too long')).toBe(kept === undefined);
  if (kept !== undefined) expect(said).toHaveLength(LIMIT);
});

test('leaves a comment as it is that has no room for it', () => {
  const full = 'x'.repeat(LIMIT - 10);
  expect(say(full, 'New.')).toBe(full);
});

import { expect, test } from 'vitest';
import { withSection } from '../../../src/core/report/section.ts';

const MARKER = '<!-- coalmine:rollout -->';
const REVIEW = '<!-- coalmine:review -->';
const LIMIT = 65_536;

const say = (comment: string, text: string) =>
  withSection(comment, { section: `${MARKER}\n${text}`, sectionMarker: MARKER });

const saying = (text: string, rest: string) =>
  `${REVIEW}\n\n${MARKER}\n${text}\n\n<!-- coalmine:asked -->\n**Asked for:**\n\n${rest}\n`;

test.each([
  ['nothing of the kind', `${REVIEW}\n\nReview.\n`],
  ['an older one', saying('Old.\n\nMore of it.', 'Review.')],
  ['one of an earlier version, at the end', `${REVIEW}\n\nReview.\n\n${MARKER}\nOld.\n\n${MARKER}\nOlder.`],
  ["GitHub's line ends", saying('Old.', 'Review.').replaceAll('\n', '\r\n')],
])('stands first, in place of %s', (_, comment) => {
  expect(say(comment, 'New.\n')).toBe(saying('New.', 'Review.'));
});

test('takes no text inside a line for its marker', () => {
  expect(say(`${REVIEW}\n\n- a\n+ ${MARKER}\n`, 'New.')).toBe(saying('New.', `- a\n+ ${MARKER}`));
});

test('leaves out whole lines at the end of what would be too long, and says so above them', () => {
  const line = `${'ü'.repeat(99)}\n`;
  const whole = say(`${REVIEW}\n\nReview.\n${line.repeat(1000)}`, 'New.');
  expect(Buffer.byteLength(whole)).toBeLessThanOrEqual(LIMIT);
  expect(Buffer.byteLength(whole)).toBeGreaterThan(LIMIT - 2 * Buffer.byteLength(line));
  const [kept, word, ...rest] = whole.split('**Asked for:**\n\n')[1]?.split('\n\n') ?? [];
  expect([kept, word]).toEqual(['Review.', '_The rest of this is too long for a comment._']);
  expect(new Set(rest.join('\n\n').split('\n'))).toEqual(new Set([line.trimEnd()]));
  const again = say(whole, 'N.');
  expect(again.match(/too long/g)).toHaveLength(1);
  expect(say(again, 'N.')).toBe(again);
});

test('leaves a comment as it is where it has no room itself', () => {
  const full = `${REVIEW}\n\nReview.`;
  expect(say(full, 'x'.repeat(LIMIT))).toBe(full);
});

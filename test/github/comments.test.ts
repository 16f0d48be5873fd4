import { describe, expect, test } from 'vitest';
import { withSection } from '../../src/core/report/section.ts';
import { mockPulls, REPO, userAnswer } from './fixture.ts';

const MARKER = '<!-- coalmine:review -->';
const BODY = `${MARKER}\necho: canary v2 25%\n`;
const LIST = `GET ${REPO}/issues/3/comments?per_page=100`;
const POST = `POST ${REPO}/issues/3/comments`;

/** A comment that the App with this id wrote; null: the server doesn't tell. */
function commentAnswer(id: number, app: number | null, more: { body?: string; login?: string } = {}) {
  const via = app === null ? null : { id: app };
  return { id, body: BODY, user: userAnswer(more.login ?? 'coalmine[bot]'), performed_via_github_app: via, ...more };
}

const comment = { pull: 3, marker: MARKER, body: BODY, editOnly: false };

test('writes a comment where there is none of ours', async () => {
  const { pulls, answer, requests } = mockPulls();
  answer(LIST, 200, [
    commentAnswer(1, null, { login: 'mallory' }),
    commentAnswer(2, 99),
    commentAnswer(3, 1, { body: `> ${BODY}` }),
  ]);
  answer(POST, 201, commentAnswer(4, 1));
  answer(LIST, 200, [commentAnswer(1, null, { login: 'mallory' }), commentAnswer(2, 99), commentAnswer(4, 1)]);
  await pulls.writeComment(comment);
  expect(requests.map(({ body }) => body)).toEqual([undefined, { body: BODY }, undefined]);
});

test('leaves it at that where it may only edit', async () => {
  const { pulls, answer, requests } = mockPulls();
  answer(LIST, 200, []);
  await pulls.writeComment({ ...comment, editOnly: true });
  expect(requests).toHaveLength(1);
});

test.each([
  ['the App', commentAnswer(5, 1)],
  ['its bot, where the server does not tell the App', commentAnswer(5, null)],
])('edits the comment of %s, wherever it is in the list', async (_, ours) => {
  const { pulls, answer, requests } = mockPulls();
  const link = { link: `<https://api.github.com${REPO}/issues/3/comments?per_page=100&page=2>; rel="next"` };
  answer(LIST, 200, [commentAnswer(1, null, { login: 'mallory' })], link);
  answer(`${LIST}&page=2`, 200, [{ ...ours, body: `${MARKER}\nold` }]);
  answer(`PATCH ${REPO}/issues/comments/5`, 200, ours);
  await pulls.writeComment({ ...comment, editOnly: true });
  expect(requests.at(-1)?.body).toEqual({ body: BODY });
});

test('leaves a comment alone that says the same, as GitHub keeps it', async () => {
  const { pulls, answer, requests } = mockPulls();
  answer(LIST, 200, [commentAnswer(5, 1, { body: BODY.trimEnd() })]);
  await pulls.writeComment({ ...comment, body: BODY.replaceAll('\n', '\r\n') });
  expect(requests).toHaveLength(1);
});

test('never sends a new comment twice by itself', async () => {
  const { pulls, answer, requests } = mockPulls();
  answer(LIST, 200, []);
  answer(POST, 502, { message: 'Server Error' });
  answer(LIST, 200, [commentAnswer(4, 99)]);
  await expect(pulls.writeComment(comment)).rejects.toThrow('Server Error');
  expect(requests).toHaveLength(3);
});

test('finds a new comment whose answer was lost', async () => {
  const { pulls, answer, requests } = mockPulls();
  answer(LIST, 200, []);
  answer(POST, 502, { message: 'Server Error' });
  answer(LIST, 200, [commentAnswer(4, 1)]);
  await pulls.writeComment(comment);
  expect(requests).toHaveLength(3);
});

test('takes back its own comment where another process was first, and says in that one what it has to say', async () => {
  const { pulls, answer, requests } = mockPulls();
  answer(LIST, 200, []);
  answer(POST, 201, commentAnswer(5, 1));
  answer(LIST, 200, [commentAnswer(4, 1, { body: `${MARKER}\nsooner` }), commentAnswer(5, 1)]);
  answer(`DELETE ${REPO}/issues/comments/5`, 404, { message: 'Not Found' }); // the other one did
  answer(`PATCH ${REPO}/issues/comments/4`, 200, commentAnswer(4, 1));
  await pulls.writeComment(comment);
  expect(requests.at(-1)?.body).toEqual({ body: BODY });
});

test('takes back the comment of another process that came second', async () => {
  const { pulls, answer, requests } = mockPulls();
  answer(LIST, 200, []);
  answer(POST, 201, commentAnswer(4, 1));
  answer(LIST, 200, [commentAnswer(5, 1, { body: `${MARKER}\nlater` }), commentAnswer(4, 1)]);
  answer(`DELETE ${REPO}/issues/comments/5`, 204);
  await pulls.writeComment(comment);
  expect(requests).toHaveLength(4);
});

test.each([
  ['is there', commentAnswer(5, 1), true],
  ["is another author's", commentAnswer(5, 99), false],
])('says whether a comment of ours %s', async (_, known, expected) => {
  const { pulls, answer } = mockPulls();
  answer(LIST, 200, [known]);
  expect(await pulls.hasComment({ pull: 3, marker: MARKER })).toBe(expected);
});

describe('a section', () => {
  const SECTION_MARKER = '<!-- coalmine:rollout -->';
  const section = { pull: 3, marker: MARKER, sectionMarker: SECTION_MARKER, section: `${SECTION_MARKER}\n\nLive.\n` };

  test.each([
    ['is added to our comment', BODY],
    ['takes the place of what was said', withSection(BODY, { ...section, section: `${SECTION_MARKER}\n\nWaiting.` })],
  ])('%s', async (_, body) => {
    const { pulls, answer, requests } = mockPulls();
    answer(LIST, 200, [commentAnswer(1, null, { login: 'mallory', body }), commentAnswer(5, 1, { body })]);
    answer(`PATCH ${REPO}/issues/comments/5`, 200, commentAnswer(5, 1));
    await pulls.writeSection(section);
    expect(requests.at(-1)?.body).toEqual({ body: withSection(BODY, section) });
  });

  test.each([
    [
      'the comment is there and says so, as GitHub keeps it',
      commentAnswer(5, 1, { body: withSection(BODY, section).trimEnd() }),
    ],
    ['the comment with that marker is not ours', commentAnswer(5, 99)],
    ['our comment has another marker', commentAnswer(5, 1, { body: 'Hello' })],
  ])('is not written where %s', async (_, known) => {
    const { pulls, answer, requests } = mockPulls();
    answer(LIST, 200, [known]);
    await pulls.writeSection(section);
    expect(requests).toHaveLength(1);
  });

  test('is written again without a look, since only sections of a comment change that is followed', async () => {
    const { pulls, answer, requests } = mockPulls();
    answer(LIST, 200, [commentAnswer(5, 1, { body: withSection(BODY, section) })]);
    await pulls.writeSection(section);
    await pulls.writeSection(section);
    expect(requests).toHaveLength(1);
    const next = { ...section, section: `${section.section} and more` };
    answer(`PATCH ${REPO}/issues/comments/5`, 200, commentAnswer(5, 1));
    await pulls.writeSection(next);
    expect(requests.at(-1)?.body).toEqual({ body: withSection(BODY, next) });
    answer(`PATCH ${REPO}/issues/comments/5`, 404, { message: 'Not Found' }); // somebody deleted it
    await pulls.writeSection(section);
    expect(requests).toHaveLength(3);
  });
});

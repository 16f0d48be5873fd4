import { expect, test } from 'vitest';
import { mockPulls, REPO, sha, userAnswer } from './fixture.ts';

const BODY = '<!-- coalmine:suggestion -->\n\n❌ no such version (`x`)\n\n```suggestion\n    version: v2\n```\n';
const LIST = `GET ${REPO}/pulls/3/comments?per_page=100`;
const POST = `POST ${REPO}/pulls/3/comments`;
const remove = (id: number) => `DELETE ${REPO}/pulls/comments/${id}`;

const suggestion = { file: 'charts-values/echo.yaml', line: 9, body: BODY };
const wanted = { pull: 3, head: sha('a'), suggestions: [suggestion] };
const nothing = { ...wanted, suggestions: [] };

interface More {
  readonly login?: string;
  readonly body?: string;
  readonly path?: string;
  readonly line?: number | null;
  readonly in_reply_to_id?: number;
}

/** A comment on a line as GitHub lists it: by default our suggestion, where it is wanted. */
function answerOf(id: number, { login = 'coalmine[bot]', ...more }: More = {}) {
  return {
    id,
    path: suggestion.file,
    line: suggestion.line,
    side: 'RIGHT',
    body: BODY,
    user: userAnswer(login),
    ...more,
  };
}

const refusal = {
  message: 'Validation Failed',
  documentation_url: 'https://docs.github.com/rest',
  errors: [{ resource: 'PullRequestReviewComment', code: 'custom', field: 'pull_request_review_thread.line' }],
};

test('is made on its line of the head', async () => {
  const { pulls, answer, requests } = mockPulls();
  answer(LIST, 200, []);
  answer(POST, 201, answerOf(1));
  answer(LIST, 200, [answerOf(1)]);
  await pulls.writeSuggestions(wanted);
  expect(requests.at(-2)?.body).toEqual({
    commit_id: sha('a'),
    path: 'charts-values/echo.yaml',
    line: 9,
    side: 'RIGHT',
    body: BODY,
  });
});

test('is not made twice, though GitHub keeps its text in another way', async () => {
  const { pulls, answer } = mockPulls();
  answer(LIST, 200, [answerOf(1, { body: BODY.trimEnd().replaceAll('\n', '\r\n') })]);
  await pulls.writeSuggestions(wanted);
});

test.each([
  ['on another line', { line: 8 }],
  ['whose line went', { line: null }],
  ['in another file', { path: 'charts-values/beta.yaml' }],
  ['that says something else', { body: BODY.replace('v2', 'v1') }],
])('one of ours %s goes, and the wanted one comes', async (_, more) => {
  const { pulls, answer, requests } = mockPulls();
  answer(LIST, 200, [answerOf(1, more)]);
  answer(remove(1), 204);
  answer(POST, 201, answerOf(2));
  answer(LIST, 200, [answerOf(2)]);
  await pulls.writeSuggestions(wanted);
  expect(requests.map(({ operation }) => operation)).toEqual([LIST, remove(1), POST, LIST]);
});

test('what is no longer wanted goes, one by one, also a second of the same', async () => {
  const { pulls, answer } = mockPulls();
  answer(LIST, 200, [answerOf(1), answerOf(2), answerOf(3, { line: 4 })]);
  answer(remove(2), 204);
  answer(remove(3), 404, { message: 'Not Found' }); // another process was faster
  await pulls.writeSuggestions(wanted);
});

test("stays if a user replied, or if it is not the App's", async () => {
  const { pulls, answer } = mockPulls();
  answer(LIST, 200, [
    answerOf(1),
    answerOf(2, { login: 'ann', body: 'I mean it', in_reply_to_id: 1 }),
    answerOf(3, { login: 'mallory' }),
    answerOf(4, { body: `> ${BODY}` }),
    answerOf(5, { login: 'other[bot]' }),
  ]);
  await pulls.writeSuggestions(nothing);
});

test('all pages of a long conversation are looked at', async () => {
  const { pulls, answer } = mockPulls();
  const next = `https://api.github.com${REPO}/pulls/3/comments?per_page=100&page=2`;
  answer(LIST, 200, [answerOf(1, { login: 'ann' })], { link: `<${next}>; rel="next"` });
  answer(`GET ${REPO}/pulls/3/comments?per_page=100&page=2`, 200, [answerOf(2)]);
  await pulls.writeSuggestions(wanted);
});

test('a line that GitHub refuses is left out, and the others are made', async () => {
  const { pulls, answer, requests } = mockPulls();
  answer(LIST, 200, []);
  answer(POST, 422, refusal);
  answer(POST, 201, answerOf(1));
  answer(LIST, 200, [answerOf(1)]);
  await pulls.writeSuggestions({ ...wanted, suggestions: [{ ...suggestion, line: 1 }, suggestion] });
  expect(requests.map(({ body }) => body?.line)).toEqual([undefined, 1, 9, undefined]);
});

test('of two processes that made it at the same time, each leaves the older one', async () => {
  const { pulls, answer } = mockPulls();
  answer(LIST, 200, []);
  answer(POST, 201, answerOf(2));
  answer(LIST, 200, [answerOf(2), answerOf(1), answerOf(3, { line: 10 }), answerOf(4, { login: 'mallory' })]);
  answer(remove(2), 204);
  await pulls.writeSuggestions(wanted);
});

test('a server without comments on lines is let be', async () => {
  const { pulls, answer, requests } = mockPulls();
  const absent = { message: 'Not Found' };
  answer(LIST, 404, absent);
  await pulls.writeSuggestions(wanted);
  answer(LIST, 200, []);
  answer(POST, 404, absent);
  await pulls.writeSuggestions({ ...wanted, suggestions: [suggestion, { ...suggestion, line: 10 }] });
  expect(requests).toHaveLength(3);
});

test('a failing GitHub is a failure, and the request is not sent again', async () => {
  const { pulls, answer, requests } = mockPulls();
  answer(LIST, 200, []);
  answer(POST, 502, {});
  await expect(pulls.writeSuggestions(wanted)).rejects.toMatchObject({ status: 502 });
  expect(requests).toHaveLength(2);
});

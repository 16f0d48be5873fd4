import { expect, test } from 'vitest';
import { mockPulls, REPO, userAnswer } from './fixture.ts';

const WRITTEN = '2026-05-04T12:00:00Z';
const GET = `GET ${REPO}/issues/comments/7`;

function commentAnswer(more: object = {}) {
  return {
    id: 7,
    html_url: 'https://github.com/canary/shop/pull/3#issuecomment-7',
    body: '/resume',
    user: userAnswer('writer'),
    performed_via_github_app: null,
    created_at: WRITTEN,
    updated_at: WRITTEN,
    ...more,
  };
}

const comment = {
  id: 7,
  pull: 3,
  author: 'writer',
  authorId: 7,
  by: 'person',
  body: '/resume',
  createdAt: new Date(WRITTEN),
  edited: false,
};
const { authorId: _, ...anonymous } = comment;
const byBot = { author: 'dependabot[bot]', by: 'bot' };

test.each<[string, object, object]>([
  ['of a person', {}, comment],
  [
    'on an issue',
    { html_url: 'https://github.com/canary/shop/issues/3#issuecomment-7' },
    { ...comment, pull: undefined },
  ],
  ['that was edited', { updated_at: '2026-05-04T12:00:01Z' }, { ...comment, edited: true }],
  ['without text', { body: undefined }, { ...comment, body: '' }],
  ['of a robot', { user: userAnswer('dependabot[bot]') }, { ...comment, ...byBot }],
  ['of a robot that is a user', { performed_via_github_app: { id: 99 } }, { ...comment, by: 'bot' }],
  ['of ours', { user: userAnswer('coalmine[bot]') }, { ...comment, author: 'coalmine[bot]', by: 'us' }],
  ['of a deleted account', { user: null }, { ...anonymous, author: 'ghost', by: 'bot' }],
])('reads a comment %s', async (_, more, expected) => {
  const { pulls, answer } = mockPulls();
  answer(GET, 200, commentAnswer(more));
  expect(await pulls.fetchComment(7)).toEqual(expected);
});

test('a comment that is gone is none', async () => {
  const { pulls, answer } = mockPulls();
  answer(GET, 404, { message: 'Not Found' });
  expect(await pulls.fetchComment(7)).toBeUndefined();
});

test('lists all comments since a time', async () => {
  const { pulls, answer } = mockPulls();
  const list = `GET ${REPO}/issues/comments?per_page=100&since=2026-05-04T12:00:00.000Z`;
  const link = { link: `<https://api.github.com${list.slice(4)}&page=2>; rel="next"` };
  answer(list, 200, [commentAnswer()], link);
  answer(`${list}&page=2`, 200, [commentAnswer({ id: 8 })]);
  expect(await pulls.fetchComments(new Date(WRITTEN))).toEqual([comment, { ...comment, id: 8 }]);
});

test('reacts, and not to what is gone', async () => {
  const { pulls, answer, requests } = mockPulls();
  const post = `POST ${REPO}/issues/comments/7/reactions`;
  answer(post, 201, { id: 1, content: 'eyes' });
  await pulls.react({ comment: 7, reaction: 'eyes' });
  answer(post, 404, { message: 'Not Found' });
  await pulls.react({ comment: 7, reaction: 'rocket' });
  expect(requests.map(({ body }) => body)).toEqual([{ content: 'eyes' }, { content: 'rocket' }]);
});

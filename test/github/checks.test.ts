import { expect, test } from 'vitest';
import type { Annotation, CheckReport } from '../../src/core/report/check-run.ts';
import { mockPulls, REPO, sha } from './fixture.ts';

const LIST = `GET ${REPO}/commits/${sha('a')}/check-runs?check_name=coalmine&app_id=1&filter=latest`;
const POST = `POST ${REPO}/check-runs`;
const PATCH = `PATCH ${REPO}/check-runs`;

function mockChecks() {
  const mock = mockPulls();
  const write = (more: Partial<CheckReport> = {}) =>
    mock.pulls.writeCheck({ name: 'coalmine', sha: sha('a'), report: { ...report, ...more } });
  return { ...mock, write, found: (...runs: object[]) => mock.answer(LIST, 200, list(runs)) };
}

const report: CheckReport = { conclusion: 'success', title: 'echo: 25%', summary: '- fine\n', annotations: [] };

function list(runs: readonly object[]) {
  return { total_count: runs.length, check_runs: runs };
}

function runAnswer(
  id: number,
  more: { status?: string; app?: object; conclusion?: string | null; output?: object } = {},
) {
  const output = { title: report.title, summary: '- fine', annotations_count: 0, ...more.output };
  return { id, name: 'coalmine', status: 'completed', conclusion: 'success', app: { id: 1 }, ...more, output };
}

function annotations(count: number, more: Partial<Annotation> = {}): Annotation[] {
  return Array.from({ length: count }, (_, index) => ({
    path: 'charts-values/echo.yaml',
    startLine: index + 1,
    endLine: index + 2,
    level: 'failure',
    title: 'route-conflict',
    message: `line ${index + 1}`,
    ...more,
  }));
}

test('finds our newest check run', async () => {
  const { pulls, found, answer } = mockChecks();
  const other = { app: { id: 99 }, output: { title: 'not ours' } };
  found(
    runAnswer(4, { output: { title: 'old' } }),
    runAnswer(6, other),
    runAnswer(5, { status: 'queued', conclusion: null }),
  );
  expect(await pulls.fetchCheck(sha('a'), 'coalmine')).toEqual({ completed: false, title: 'echo: 25%' });
  answer(LIST, 200, list([]));
  expect(await pulls.fetchCheck(sha('a'), 'coalmine')).toBeUndefined();
});

test('finds when the first of our check runs was started', async () => {
  const { pulls, answer } = mockChecks();
  const ALL = `${LIST.replace('filter=latest', 'filter=all')}&per_page=100`;
  const started = (id: number, started_at: string | null, more: object = {}) => ({
    ...runAnswer(id),
    started_at,
    ...more,
  });
  const link = { link: `<https://api.github.com${ALL.slice(4)}&page=2>; rel="next"` };
  const others = [
    started(2, '2026-05-04T10:00:00Z', { app: { id: 99 } }),
    started(3, '2026-05-04T10:00:00Z', { name: 'coalmine/publish' }),
    started(4, null),
  ];
  answer(ALL, 200, list([started(7, '2026-05-04T12:00:00Z'), ...others]), link);
  answer(`${ALL}&page=2`, 200, list([started(5, '2026-05-04T11:00:00Z'), started(6, '2026-05-04T11:30:00Z')]));
  expect(await pulls.fetchCheckStart(sha('a'), 'coalmine')).toEqual(new Date('2026-05-04T11:00:00Z'));
  answer(ALL, 200, list(others));
  expect(await pulls.fetchCheckStart(sha('a'), 'coalmine')).toBeUndefined();
});

test('makes a check run where there is none, all in one request', async () => {
  const { found, write, answer, requests } = mockChecks();
  found();
  answer(POST, 201, runAnswer(5));
  await write({ annotations: annotations(1, { endLine: 1, startColumn: 3, endColumn: 9 }) });
  expect(requests.at(-1)?.body).toEqual({
    name: 'coalmine',
    head_sha: sha('a'),
    status: 'completed',
    conclusion: 'success',
    output: {
      title: 'echo: 25%',
      summary: '- fine\n',
      annotations: [
        {
          path: 'charts-values/echo.yaml',
          start_line: 1,
          end_line: 1,
          start_column: 3,
          end_column: 9,
          annotation_level: 'failure',
          title: 'route-conflict',
          message: 'line 1',
        },
      ],
    },
  });
});

test('leaves a check run alone that says the same', async () => {
  const { found, write, requests } = mockChecks();
  found(runAnswer(5));
  await write();
  found(runAnswer(5, { output: { annotations_count: 2 } }));
  await write({ annotations: annotations(2) });
  expect(requests).toHaveLength(2);
});

test.each([
  ['has another conclusion', runAnswer(5, { conclusion: 'failure' })],
  ['has another title', runAnswer(5, { output: { title: 'echo: 10%' } })],
  ['has another summary', runAnswer(5, { output: { summary: 'other' } })],
  [
    'is not completed',
    runAnswer(5, { status: 'in_progress', conclusion: null, output: { title: null, summary: null } }),
  ],
])('updates a check run that %s', async (_, run) => {
  const { found, write, answer, requests } = mockChecks();
  found(run);
  answer(`${PATCH}/5`, 200, runAnswer(5));
  await write();
  expect(requests.at(-1)?.body).toEqual({
    status: 'completed',
    conclusion: 'success',
    output: { title: 'echo: 25%', summary: '- fine\n', annotations: [] },
  });
});

test.each([
  ['more of them', 'completed', 3],
  ['half of them', 'in_progress', 1],
])('follows a check run with annotations, %s, by a new one', async (_, status, count) => {
  const { found, write, answer, requests } = mockChecks();
  found(runAnswer(5, { status, output: { annotations_count: count } }));
  answer(POST, 201, runAnswer(6));
  await write({ annotations: annotations(2) });
  expect(requests).toHaveLength(2);
});

const ANNOTATIONS = `GET ${REPO}/check-runs/5/annotations?per_page=100`;

function annotationAnswer(line: number) {
  const place = { path: 'charts-values/echo.yaml', start_line: line, end_line: line + 1 };
  const none = { start_column: null, end_column: null, raw_details: null, blob_href: 'https://github.com/canary/shop' };
  return { ...place, ...none, annotation_level: 'failure', title: 'route-conflict', message: `line ${line}` };
}

test('updates a check run that has the same annotations, without sending them again', async () => {
  const { found, write, answer, requests } = mockChecks();
  found(runAnswer(5, { status: 'queued', conclusion: null, output: { title: 'echo: 10%', annotations_count: 2 } }));
  answer(ANNOTATIONS, 200, [annotationAnswer(2), annotationAnswer(1)]);
  answer(`${PATCH}/5`, 200, runAnswer(5));
  await write({ annotations: annotations(2) });
  expect(requests.at(-1)?.body).toEqual({
    status: 'completed',
    conclusion: 'success',
    output: { title: 'echo: 25%', summary: '- fine\n', annotations: [] },
  });
});

test('follows a check run with other annotations by a new one', async () => {
  const { found, write, answer, requests } = mockChecks();
  found(runAnswer(5, { output: { title: 'echo: 10%', annotations_count: 1 } }));
  answer(ANNOTATIONS, 200, [annotationAnswer(7)]);
  answer(POST, 201, runAnswer(6));
  await write({ annotations: annotations(1) });
  expect(requests.at(-1)?.body.output.annotations).toHaveLength(1);
});

test('sends 50 annotations at a time, and completes with the last', async () => {
  const { found, write, answer, requests } = mockChecks();
  found();
  answer(POST, 201, runAnswer(5));
  answer(`${PATCH}/5`, 200, runAnswer(5));
  answer(`${PATCH}/5`, 200, runAnswer(5));
  await write({ conclusion: 'failure', annotations: annotations(101) });
  const sent = requests.slice(1).map(({ body }) => body);
  expect(sent.map(({ status, conclusion }) => [status, conclusion])).toEqual([
    ['in_progress', undefined],
    ['in_progress', undefined],
    ['completed', 'failure'],
  ]);
  expect(sent.map(({ output }) => output.title)).toEqual(['echo: 25%', 'echo: 25%', 'echo: 25%']);
  const lines = sent.flatMap(({ output }) => output.annotations.map((each: { message: string }) => each.message));
  expect(lines).toEqual(annotations(101).map(({ message }) => message));
});

const IN_PROGRESS = { status: 'in_progress', conclusion: null };

test('makes a check run that goes on, without a conclusion', async () => {
  const { found, write, answer, requests } = mockChecks();
  found();
  answer(POST, 201, runAnswer(5, IN_PROGRESS));
  await write({ conclusion: undefined });
  const output = { title: 'echo: 25%', summary: '- fine\n', annotations: [] };
  expect(requests.at(-1)?.body).toEqual({ name: 'coalmine', head_sha: sha('a'), status: 'in_progress', output });
});

test('leaves a check run alone that goes on and says the same', async () => {
  const { found, write, requests } = mockChecks();
  found(runAnswer(5, IN_PROGRESS));
  await write({ conclusion: undefined });
  expect(requests).toHaveLength(1);
});

test.each([
  ['is completed, though it says the same', runAnswer(5)],
  ['is queued', runAnswer(5, { status: 'queued', conclusion: null })],
  ['goes on and says something else', runAnswer(5, { ...IN_PROGRESS, output: { title: 'echo: 10%' } })],
])('lets a check run go on that %s', async (_, run) => {
  const { found, write, answer, requests } = mockChecks();
  found(run);
  answer(`${PATCH}/5`, 200, runAnswer(5, IN_PROGRESS));
  await write({ conclusion: undefined });
  const output = { title: 'echo: 25%', summary: '- fine\n', annotations: [] };
  expect(requests.at(-1)?.body).toEqual({ status: 'in_progress', output });
});

test('completes a check run that went on and said the same', async () => {
  const { found, write, answer, requests } = mockChecks();
  found(runAnswer(5, IN_PROGRESS));
  answer(`${PATCH}/5`, 200, runAnswer(5));
  await write();
  expect(requests.at(-1)?.body).toMatchObject({ status: 'completed', conclusion: 'success' });
});

test('cuts a message that GitHub would refuse, between two characters', async () => {
  const { found, write, answer, requests } = mockChecks();
  found();
  answer(POST, 201, runAnswer(5));
  await write({ annotations: annotations(1, { message: `a${'ä'.repeat(40_000)}` }) });
  expect(requests.at(-1)?.body.output.annotations[0].message).toBe(`a${'ä'.repeat(32_767)}`);
});

test('never sends a new check run twice by itself', async () => {
  const { found, write, answer, requests } = mockChecks();
  found();
  answer(POST, 502, { message: 'Server Error' });
  found();
  await expect(write()).rejects.toThrow('Server Error');
  expect(requests).toHaveLength(3);
});

test('finds a new check run whose answer was lost, and goes on with it', async () => {
  const { found, write, answer, requests } = mockChecks();
  const some = annotations(51);
  found();
  answer(POST, 502, { message: 'Server Error' });
  found(runAnswer(7, { status: 'in_progress', conclusion: null }));
  answer(`${PATCH}/7`, 200, runAnswer(7));
  await write({ annotations: some });
  expect(requests.at(-1)?.body.output.annotations).toHaveLength(1);
});

test('never adds annotations twice by itself', async () => {
  const { found, write, answer, requests } = mockChecks();
  found(runAnswer(7, { output: { title: 'old' } }));
  answer(`${PATCH}/7`, 502, { message: 'Server Error' });
  await expect(write({ annotations: annotations(1) })).rejects.toThrow('Server Error');
  expect(requests).toHaveLength(2);
});

import { expect, test } from 'vitest';
import { type AnyJson, type Fixture, startFixture } from './fixture.ts';

const checks = '/repos/canary/shop/check-runs';

interface Started {
  readonly fixture: Fixture;
  readonly sha: string;
}

async function start(): Promise<Started> {
  const fixture = await startFixture();
  await fixture.sandbox.openSeededPull();
  return { fixture, sha: (await fixture.repo('anonymous', 'GET /pulls/1')).head.sha };
}

function annotations(count: number): object[] {
  return Array.from({ length: count }, (_, n) => ({
    path: 'charts-values/echo.yaml',
    start_line: n + 1,
    end_line: n + 1,
    annotation_level: 'warning',
    message: `Line ${n + 1}`,
  }));
}

test('a check run started when it was made, whatever becomes of it', async () => {
  let minutes = 0;
  const fixture = await startFixture({ clock: () => new Date(Date.parse('2026-01-01T00:00:00Z') + 60_000 * minutes) });
  await fixture.sandbox.openSeededPull();
  const { head } = await fixture.repo('anonymous', 'GET /pulls/1');
  const made = await fixture.repo('bot', 'POST /check-runs', { name: 'coalmine', head_sha: head.sha });
  expect(made.started_at).toBe('2026-01-01T00:00:00Z');
  for (const body of [{ status: 'in_progress' }, { conclusion: 'success' }, { name: 'coalmine/again' }]) {
    minutes += 1;
    await fixture.repo('bot', `PATCH /check-runs/${made.id}`, body);
  }
  const kept = { started_at: '2026-01-01T00:00:00Z', completed_at: '2026-01-01T00:02:00Z' };
  expect(await fixture.repo('anonymous', `GET /check-runs/${made.id}`)).toMatchObject(kept);
});

test('a check run begins, reports, completes, and can be asked for again', async () => {
  const { fixture, sha } = await start();
  const made = await fixture.repo('bot', 'POST /check-runs', {
    name: 'coalmine',
    head_sha: sha,
    status: 'in_progress',
  });
  expect(made).toMatchObject({
    status: 'in_progress',
    conclusion: null,
    pull_requests: [{ number: 1 }],
    app: { id: 1 },
  });
  expect((await fixture.repo('anonymous', 'GET /pulls/1')).mergeable_state).toBe('unstable');
  const done = await fixture.repo('bot', `PATCH /check-runs/${made.id}`, {
    conclusion: 'success',
    output: { title: 'Fine', summary: 'All **fine**' },
  });
  expect(done).toMatchObject({ status: 'completed', output: { title: 'Fine' } });
  expect(done.completed_at).toBeTruthy();
  await fixture.repo('writer', `POST /check-runs/${made.id}/rerequest`);
  expect(await fixture.repo('anonymous', `GET /check-runs/${made.id}`)).toMatchObject({
    status: 'queued',
    conclusion: null,
  });
  for (const action of ['created', 'completed', 'rerequested']) {
    const { payload } = await fixture.hooks.next(`check_run.${action}`);
    expect(payload.complaints).toBeUndefined();
    expect(payload.check_run).toMatchObject({
      id: made.id,
      head_sha: sha,
      check_suite: { head_branch: 'writer/echo-25' },
    });
  }
});

test('a completed check run may go on again', async () => {
  const { fixture, sha } = await start();
  const output = { title: 'Fine', summary: 'All' };
  const wanted = { name: 'coalmine', head_sha: sha, conclusion: 'success', output };
  const { id } = await fixture.repo('bot', 'POST /check-runs', wanted);
  const goesOn = { status: 'in_progress', conclusion: null, completed_at: null, output: { title: 'Waits' } };
  const more = { status: 'in_progress', output: { title: 'Waits', summary: 'For Flux' } };
  expect(await fixture.repo('bot', `PATCH /check-runs/${id}`, more)).toMatchObject(goesOn);
  expect(await fixture.repo('anonymous', `GET /check-runs/${id}`)).toMatchObject(goesOn);
  const done = await fixture.repo('bot', `PATCH /check-runs/${id}`, {
    status: 'completed',
    conclusion: 'success',
    output,
  });
  expect(done).toMatchObject({ status: 'completed', conclusion: 'success' });
});

test('annotations are added up, fifty at a time; the rest of the output is replaced', async () => {
  const { fixture, sha } = await start();
  const output = { title: 'Many', summary: 'One', text: 'Text', annotations: annotations(50) };
  const { id } = await fixture.repo('bot', 'POST /check-runs', { name: 'coalmine', head_sha: sha, output });
  const more = { title: 'Many', summary: 'Two', annotations: annotations(20) };
  const after = await fixture.repo('bot', `PATCH /check-runs/${id}`, { output: more });
  expect(after.output).toMatchObject({ summary: 'Two', text: null, annotations_count: 70 });
  expect(await fixture.repo('anonymous', `GET /check-runs/${id}/annotations?per_page=100`)).toHaveLength(70);
  const tooMany = { output: { title: 'x', summary: 'x', annotations: annotations(51) } };
  expect((await fixture.call('bot', `PATCH ${checks}/${id}`, tooMany)).status).toBe(422);
});

test.each<[string, object]>([
  ['a summary of more than 65,535 bytes', { output: { title: 'x', summary: 'é'.repeat(32_768) } }],
  ['output without a title', { output: { summary: 'x' } }],
  ['completed without a conclusion', { status: 'completed' }],
  ['an unknown conclusion', { conclusion: 'fine' }],
  ['a commit that is not there', { head_sha: '1'.repeat(40) }],
  ['no name', { name: '' }],
  [
    'columns over several lines',
    { output: { title: 'x', summary: 'x', annotations: [{ ...annotations(1)[0], end_line: 3, start_column: 1 }] } },
  ],
  [
    'a line that is none',
    { output: { title: 'x', summary: 'x', annotations: [{ ...annotations(1)[0], start_line: '1' }] } },
  ],
])('%s makes no check run', async (_, changed) => {
  const { fixture, sha } = await start();
  const wanted = { name: 'coalmine', head_sha: sha, ...changed };
  expect((await fixture.call('bot', `POST ${checks}`, wanted)).status).toBe(422);
});

test('a long text is cut without a word', async () => {
  const { fixture, sha } = await start();
  const output = { title: 'x', summary: 'x', text: 'é'.repeat(40_000) };
  const made = await fixture.repo('bot', 'POST /check-runs', { name: 'coalmine', head_sha: sha, output });
  expect(made.output.text).toBe('é'.repeat(32_767));
});

test('only the App writes check runs', async () => {
  const { fixture, sha } = await start();
  const wanted = { name: 'coalmine', head_sha: sha };
  expect((await fixture.call('admin', `POST ${checks}`, wanted)).status).toBe(403);
  expect((await fixture.call('anonymous', `POST ${checks}`, wanted)).status).toBe(401);
  const { id } = await fixture.repo('bot', 'POST /check-runs', wanted);
  expect((await fixture.call('admin', `PATCH ${checks}/${id}`, {})).status).toBe(403);
  expect((await fixture.call('reader', `POST ${checks}/${id}/rerequest`)).status).toBe(403);
});

test('check runs of a commit: the latest of each name, or all', async () => {
  const { fixture, sha } = await start();
  for (const name of ['a', 'b', 'a']) await fixture.repo('bot', 'POST /check-runs', { name, head_sha: sha });
  const names = async (query = ''): Promise<string[]> => {
    const { check_runs: runs, total_count: total } = await fixture.repo(
      'anonymous',
      `GET /commits/writer/echo-25/check-runs?${query}`,
    );
    expect(total).toBe(runs.length);
    return runs.map(({ name }: AnyJson) => name);
  };
  expect(await names()).toEqual(['a', 'b']);
  expect(await names('filter=all')).toHaveLength(3);
  expect(await names('check_name=b&status=queued&app_id=1')).toEqual(['b']);
  expect(await names('app_id=2')).toEqual([]);
});

test('statuses: each told, the newest of a context counts', async () => {
  const { fixture, sha } = await start();
  const set = (state: string, context: string): Promise<AnyJson> =>
    fixture.repo('writer', `POST /statuses/${sha}`, { state, context, description: 'x' });
  const combined = async (): Promise<string> => (await fixture.repo('anonymous', `GET /commits/${sha}/status`)).state;
  expect(await combined()).toBe('pending');
  await set('failure', 'metrics');
  expect(await combined()).toBe('failure');
  await set('success', 'metrics');
  expect(await combined()).toBe('success');
  await set('pending', 'other');
  expect(await combined()).toBe('pending');
  expect(await fixture.repo('anonymous', 'GET /commits/writer/echo-25/statuses')).toHaveLength(3);
  const { payload } = await fixture.hooks.next('status');
  expect(payload).toMatchObject({ sha, context: 'metrics', branches: [{ name: 'writer/echo-25' }] });
  expect(payload.complaints).toBeUndefined();
  const post = (as: 'reader' | 'writer', body: object) =>
    fixture.call(as, `POST /repos/canary/shop/statuses/${sha}`, body);
  expect((await post('reader', { state: 'success' })).status).toBe(403);
  expect((await post('writer', { state: 'fine' })).status).toBe(422);
  expect((await post('writer', { state: 'success', description: 'x'.repeat(141) })).status).toBe(422);
});

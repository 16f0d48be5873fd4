import { expect, test } from 'vitest';
import { targets } from '../../src/charts/targets.ts';
import { REVIEW_MARKER } from '../../src/core/report/comment.ts';
import type { Job, Ports } from '../../src/flows/ports.ts';
import { runJob } from '../../src/flows/run-job.ts';
import { createCache } from '../../src/github/cache.ts';
import { CoalmineOctokit } from '../../src/github/octokit.ts';
import { githubPulls } from '../../src/github/pulls.ts';
import { githubRepository } from '../../src/github/repository.ts';
import { type Fixture, startFixture } from '../sandbox/fixture.ts';

const SHOP = { owner: 'canary', name: 'shop' };
const COMMENTS = /\/issues\/\d+\/comments$/;
let clients = 0;

/** Lets so many requests go on only once all of them are there. */
function createGate(count: number): () => Promise<void> {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  let waiting = 0;
  return async () => {
    waiting += 1;
    if (waiting === count) open();
    await opened;
  };
}

/** What a process sees; it makes its first comment at the same time as the others. */
async function portsOf({ sandbox, call }: Fixture, meet: () => Promise<void>): Promise<Ports> {
  const { body } = await call('app', 'POST /app/installations/1/access_tokens', {});
  clients += 1;
  let met = false;
  const octokit = new CoalmineOctokit({
    auth: { token: body.token },
    baseUrl: sandbox.apiUrl,
    throttle: { id: `process ${clients}` },
    request: {
      fetch: async (url: string, options: RequestInit) => {
        if (!met && options.method === 'POST' && COMMENTS.test(url)) {
          met = true;
          await meet();
        }
        return fetch(url, options);
      },
    },
  });
  return {
    repository: githubRepository(octokit, SHOP, createCache()),
    pulls: githubPulls(octokit, SHOP, { id: 1, slug: 'coalmine' }),
    jobs: { enqueue: () => undefined, enqueueLater: () => undefined },
    targets,
    now: () => new Date(),
  };
}

async function runTwice(fixture: Fixture, job: Job): Promise<void> {
  const meet = createGate(2);
  const processes = await Promise.all([portsOf(fixture, meet), portsOf(fixture, meet)]);
  await Promise.all(processes.map((ports) => runJob(job, ports)));
}

async function ours({ repo }: Fixture): Promise<readonly string[]> {
  const comments = await repo('reader', 'GET /issues/1/comments?per_page=100');
  return comments.flatMap(({ body, user }: { body: string; user: { login: string } }) =>
    user.login === 'coalmine[bot]' ? [body] : [],
  );
}

test('two processes that do the same at the same time leave one comment of each kind', async () => {
  const fixture = await startFixture();
  await fixture.sandbox.openSeededPull();
  const repository = { installation: 1, ...SHOP };
  await runTwice(fixture, { kind: 'review', repository, pull: 1 });
  const reviews = await ours(fixture);
  expect(reviews).toEqual([expect.stringMatching(new RegExp(`^${REVIEW_MARKER}`))]);

  const { id } = await fixture.repo('writer', 'POST /issues/1/comments', { body: '/status' });
  await runTwice(fixture, { kind: 'command', repository, pull: 1, comment: id });
  const [review, answer, ...more] = await ours(fixture);
  expect(more).toEqual([]);
  expect(review).toBe(reviews[0]);
  expect(answer).toContain(String(id));
});

import { createRequire } from 'node:module';
import { Probot } from 'probot';
import { describe, expect, test } from 'vitest';
import type { Job } from '../../src/flows/ports.ts';
import { connect } from '../../src/github/app.ts';
import { CoalmineOctokit } from '../../src/github/octokit.ts';

/** The payload of one of GitHub's own examples, as far as it is looked at here. */
interface Payload {
  readonly action?: string;
  readonly installation?: { readonly id: number };
  readonly repository?: { readonly full_name: string; readonly default_branch: string };
  readonly ref?: string;
  readonly deleted?: boolean;
  readonly changes?: { readonly base?: object };
  readonly issue?: { readonly pull_request?: object };
  readonly comment?: { readonly user: { readonly type: string } | null };
  readonly context?: string;
  readonly repositories?: readonly object[];
  readonly repositories_added?: readonly object[];
}

interface Examples {
  readonly name: string;
  readonly examples: readonly Payload[];
}

/** The kind of job that each example must become: none is said as ''. Whose check it is, the number of the App decides. */
const EXPECTED: Readonly<Record<string, (payload: Payload) => string>> = {
  pull_request: ({ action = '', changes }) =>
    ['opened', 'synchronize', 'reopened'].includes(action) || (action === 'edited' && changes?.base) ? 'review' : '',
  push: ({ ref, deleted, repository }) =>
    !deleted && ref === `refs/heads/${repository?.default_branch}` ? 'publish' : '',
  issue_comment: ({ action, issue, comment }) =>
    action === 'created' && issue?.pull_request && comment?.user?.type !== 'Bot' ? 'comment' : '',
  status: ({ context }) => (/^kustomization\//.test(context ?? '') ? 'flux-events' : ''),
  check_run: ({ action }) => (action === 'rerequested' ? 'review, sweep or publish' : ''),
  check_suite: ({ action }) => (action === 'rerequested' ? 'review, sweep or publish' : ''),
  merge_group: ({ action }) => (action === 'checks_requested' ? 'review-group' : ''),
  installation: ({ action, repositories = [] }) => (action === 'created' && repositories.length > 0 ? 'sweep' : ''),
  installation_repositories: ({ action, repositories_added: added = [] }) =>
    action === 'added' && added.length > 0 ? 'sweep' : '',
};

async function receive(name: string, payload: Payload): Promise<readonly Job[]> {
  const jobs: Job[] = [];
  const probot = new Probot({ githubToken: 'test', logLevel: 'fatal', Octokit: CoalmineOctokit });
  const { app } = ((payload as Record<string, unknown>)[name] ?? {}) as { readonly app?: { readonly id: number } };
  connect({ probot, appId: app?.id ?? 1, jobs: { enqueue: (job) => void jobs.push(job) }, log: { warn: () => {} } });
  const whole = { installation: { id: 7, node_id: 'I' }, ...payload }; // most examples are of webhooks without an App
  // biome-ignore lint/suspicious/noExplicitAny: the examples are data of every event
  await probot.receive({ id: 'delivery', name: name as any, payload: whole as any });
  return jobs;
}

const examples = createRequire(import.meta.url)('@octokit/webhooks-examples') as readonly Examples[];
const rows = examples.flatMap(({ name, examples: payloads }) =>
  payloads.map((payload, index) => [name, payload.action ?? '', index, payload] as const),
);

describe("GitHub's own examples of webhooks", () => {
  test('have every event that we subscribe to', () => {
    const names = new Set(rows.map(([name]) => name));
    expect(Object.keys(EXPECTED).filter((name) => !names.has(name))).toEqual([]);
  });

  test.each(rows)(
    '%s %s (%i) becomes the job that it should, and throws nothing',
    async (name, _action, _index, payload) => {
      const kinds = new Set((await receive(name, payload)).map(({ kind }) => kind));
      const expected = EXPECTED[name]?.(payload) ?? '';
      if (expected === '') expect([...kinds]).toEqual([]);
      else expect([...kinds].map((kind) => expected.includes(kind))).toEqual([true]);
    },
  );
});

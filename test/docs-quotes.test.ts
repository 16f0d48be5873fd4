import { join } from 'node:path';
import { expect, test } from 'vitest';
import { diagnoseInstallation, diagnoseMerge, diagnosePush } from '../src/core/doctor/access.ts';
import { formatDiagnoses, ok } from '../src/core/doctor/diagnosis.ts';
import { FOLLOWING_MARKER, formatFollowing } from '../src/core/report/following.ts';
import { formatUnmet } from '../src/core/report/rollout.ts';
import { formatStatus } from '../src/core/report/status.ts';
import { suggestionsFor } from '../src/core/report/suggestion.ts';
import type { Guard, GuardFact } from '../src/core/rollout/guards.ts';
import { check, echo, withCanary } from './core/support.ts';
import { readPage } from './support/pages.ts';

// What the pages quote of Coalmine's comments is what it writes. npm test -- -u writes the quotes anew.

/** The quotes of a page in their order, each as its lines stand there. */
function quotesOf(page: string): readonly string[] {
  return readPage(page).match(/(?:^>.*\n)+/gm) ?? [];
}

function quote(markdown: string): string {
  const lines = markdown.trim().split('\n');
  return lines.map((line) => `${`> ${line}`.trimEnd()}\n`).join('');
}

async function expectQuotes(page: string, comments: readonly string[]): Promise<void> {
  const quotes = quotesOf(page);
  expect(quotes.length).toBe(comments.length);
  let text = readPage(page);
  for (const [index, comment] of comments.entries()) text = text.replace(quotes[index] ?? '', () => quote(comment));
  await expect(text).toMatchFileSnapshot(join(import.meta.dirname, '..', page));
}

const guard = (state: Guard['state'], fact: GuardFact): Guard => ({ state, fact, passable: true });
const traffic = { paths: ['/echo'], primary: 'v1', canary: { version: 'v2', weight: 50 } };

test('docs/commands.md: a promotion that has to wait, and how a release stands', () => {
  const unmet = formatUnmet({
    name: 'echo',
    headline: 'canary v2 25% -> 50%',
    guards: [
      guard('met', { code: 'values-valid', file: 'charts-values/echo.yaml' }),
      guard('unmet', { code: 'not-live', waitsFor: [], confirmedBy: [] }),
      guard('met', { code: 'enough-pods' }),
      guard('met', { code: 'no-hold' }),
    ],
    force: { permission: undefined, users: ['ada'], teams: ['platform'] },
  });
  const since = new Date('2026-11-25T22:16:32Z');
  const status = formatStatus(
    {
      name: 'echo',
      state: { kind: 'shifting', version: 'v2', weight: 50 },
      desired: traffic,
      source: 'b3a65af',
      published: { traffic, commit: 'bf2d470', at: new Date('2026-11-25T22:16:29Z') },
      isPublished: true,
      live: {
        isLive: true,
        since,
        assumed: false,
        heard: true,
        overdue: false,
        failures: [],
        waitsFor: [],
        confirmedBy: [],
      },
      serving: { kind: 'known', traffic, isAssumed: false },
      hold: undefined,
      next: '/promote: canary v2 50% -> 100%',
    },
    [],
  );
  return expectQuotes('docs/commands.md', [unmet, status]);
});

test('docs/make-before-break.md: the line of a release that is on its way', () => {
  const state = {
    kind: 'published',
    commit: '1a2b3c4',
    part: '2 of 3',
    applied: { workloads: true, routes: false },
    standing: { assumed: false, heard: true, overdue: false, failures: [], waitsFor: [], confirmedBy: [] },
    until: 'the published routes are applied and v1 has drained',
  } as const;
  const serving = { kind: 'changing', last: { paths: ['/foxtrot'], primary: 'v1' } } as const;
  const following = formatFollowing([{ name: 'foxtrot', serving, state }]);
  return expectQuotes('docs/make-before-break.md', [following.replace(FOLLOWING_MARKER, '')]);
});

test('docs/review.md: a suggested change', () => {
  const after = withCanary().replace('    version: v2', '    version: v3');
  const [suggestion] = suggestionsFor(check(after), new Map([[echo.file, { after }]]));
  const body = (suggestion?.body ?? '').replace(/^<!--.*-->\s*/gm, '');
  return expectQuotes('docs/review.md', [body]);
});

test('docs/install.md: what the doctor says of GitHub', async () => {
  const page = 'docs/install.md';
  const [example] = /^ {3}On GitHub, example\/shop\n(?: {5}.*\n)+/m.exec(readPage(page)) ?? [];
  const branch = { exists: true, isProtected: false, rules: [] };
  const ruleset = 'careful (https://github.com/example/shop/rules/1)';
  const said = formatDiagnoses('On GitHub, example/shop', [
    ...diagnoseInstallation(
      { permissions: {}, events: [], suspended: false, page: '' },
      { permissions: {}, events: [] },
    ),
    ok('settings on main', '.github/coalmine.yml reads'),
    ok('values on main', '2 files (charts-values/{release}.yaml)'),
    ok('branch gitops', 'is there, with our mark'),
    diagnosePush({ ...branch, name: 'gitops', rules: [{ type: 'update', ruleset, bypass: 'never' }] }),
    diagnoseMerge({ ...branch, name: 'main' }, 'rollback'),
    ok('cluster', 'eu has answered, first at 2026-05-04T03:02:01.000Z'),
  ]);
  const shown = readPage(page).replace(example ?? '', () => said.replaceAll(/^(?=.)/gm, '   '));
  expect(example).toBeDefined();
  await expect(shown).toMatchFileSnapshot(join(import.meta.dirname, '..', page));
});

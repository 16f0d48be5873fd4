import { expect, test } from 'vitest';
import { targets } from '../../../src/charts/targets.ts';
import { build } from '../../../src/core/build/build.ts';
import { diff } from '../../../src/core/model/diff.ts';
import { COMMENT_LIMIT, sizeOf } from '../../../src/core/report/budget.ts';
import { meaningOf } from '../../../src/core/report/meaning.ts';
import { formatProposal, type Origin } from '../../../src/core/report/proposal.ts';
import type { Review } from '../../../src/core/report/review.ts';
import { valuesOf } from '../rollout-text.ts';
import { bytesOf, defaults, echo } from '../support.ts';
import { expectTame, NASTY } from './strangers.ts';

const { id } = echo;
const origin: Origin = { comment: { author: 'alice' }, pull: 12, line: '/promote echo' };

function review(before: string, after: string): Review {
  const [old, now] = [before, after].map((text) => {
    return build({ ...echo, bytes: bytesOf(text) }, defaults, targets).manifests ?? new Map();
  });
  const meaning = meaningOf(id, old ?? new Map(), now ?? new Map());
  const changes = diff(old ?? new Map(), now ?? new Map());
  const release = { name: 'echo', meaning, changes, findings: [] };
  return {
    base: 'main',
    head: 'a'.repeat(40),
    releases: [release],
    others: [],
    findings: [],
    notes: [],
  };
}

const step = review(valuesOf('v1, canary v2 0%'), valuesOf('v1, canary v2 50%'));

test('says who asked for it, where and with which words, and then what it does', () => {
  const [who, what, ...rest] = formatProposal(origin, step).split('\n\n');
  expect(who).toBe('`alice` asked for this in #12: `/promote echo`');
  expect(what).toMatch(/^### echo: canary v2 0% -> 50%\n```text\nv1 █{10}░{10} {2}50% {2}\(was 100%\)\n/);
  expect(rest.join('\n\n')).toMatch(
    /^<details><summary>echo: 1 changed<\/summary>\n\n```diff\n[\s\S]*\n<\/details>\n$/,
  );
});

test('says why it was forced, and what one should know of it', () => {
  const text = formatProposal({ ...origin, forced: 'the fair begins' }, step, {
    code: 'old-primary-stays',
    version: 'v1',
  });
  expect(text.split('\n\n').slice(1, 3)).toEqual([
    'Forced, because: the fair begins',
    'V1 stays deployed until a later promotion drops it.',
  ]);
});

test('is text, whatever somebody has typed', () => {
  expectTame(
    formatProposal({ comment: { author: NASTY }, pull: 12, line: NASTY, forced: NASTY }, step, {
      code: 'in-place',
      version: NASTY,
    }),
  );
});

const long = '@`'.repeat(100_000);

/** A difference of about so many bytes. */
function large(bytes: number): Review {
  const env = Array.from({ length: bytes / 100 }, (_, index) => `A${index}: "${'x'.repeat(66)}"`).join(', ');
  return review(valuesOf('v1'), valuesOf('v1').replace('    replicas', `    env: {${env}}\n    replicas`));
}

test.each([20, 30, 40, 50, 55, 60, 65, 70, 200])('with a difference of about %s KB it fits where it goes', (size) => {
  const text = formatProposal({ ...origin, line: long, forced: long }, large(size * 1000), {
    code: 'in-place',
    version: long,
  });
  expect(sizeOf(text)).toBeLessThanOrEqual(COMMENT_LIMIT);
  expect(text).toContain('### echo: changes v1');
  expect(text.includes('_The rest is too long for this place; the comment below has more._')).toBe(size > 30);
  expectTame(text);
});

import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/core/model/finding.ts';
import { COMMENT_LIMIT, SUMMARY_LIMIT, sizeOf } from '../../../src/core/report/budget.ts';
import { formatReviewCheck, shortened } from '../../../src/core/report/check-run.ts';
import { formatComment, REVIEW_MARKER } from '../../../src/core/report/comment.ts';
import { formatPublicationCheck, formatRefusalCheck } from '../../../src/core/report/publication.ts';
import type { Review, ReviewedRelease } from '../../../src/core/report/review.ts';
import { formatFindings, formatWorkflowCommands } from '../../../src/core/report/terminal.ts';

const finding = (change: Partial<Finding> = {}): Finding => ({
  rule: 'schema',
  severity: 'error',
  file: 'charts-values/echo.yaml',
  path: '/a',
  range: { line: 2, column: 3, endLine: 2, endColumn: 6 },
  message: 'wrong',
  ...change,
});
const review = (change: Partial<Review> = {}): Review => ({
  base: 'main',
  head: '0123456789abcdef',
  releases: [],
  others: [],
  findings: [],
  notes: [],
  ...change,
});
const release = (name: string, headline: string, changes: ReviewedRelease['changes'] = []): ReviewedRelease => ({
  name,
  changes,
  findings: [],
  meaning: { id: { namespace: name, name }, headline, starts: [], changes: [], stops: [] },
});

describe('the check run of a review', () => {
  test.each<[string, Review, string, string]>([
    ['nothing', review(), 'success', 'nothing changes in the cluster'],
    ['a change', review({ releases: [release('echo', 'starts v2')] }), 'success', 'echo: starts v2'],
    [
      'a warning',
      review({ findings: [finding({ severity: 'warning' })] }),
      'success',
      'nothing changes in the cluster (1 warning)',
    ],
    ['errors', review({ findings: [finding(), finding({ severity: 'warning' })] }), 'failure', '1 error, 1 warning'],
  ])('%s', (_, facts, conclusion, title) => {
    expect(formatReviewCheck(facts)).toMatchObject({ conclusion, title });
  });

  test('a broken release is said to be', () => {
    const broken = { name: 'echo', changes: [], findings: [finding()] };
    const { summary } = formatReviewCheck(review({ releases: [broken], findings: [finding()] }));
    expect(summary).toContain("- echo: can't be rendered; nothing of it will be published until its errors are fixed");
    expect(summary).not.toContain('nothing changes');
  });

  test.each([
    [
      'one line',
      finding({ replacement: '50' }),
      { startLine: 2, endLine: 2, startColumn: 3, endColumn: 6, level: 'failure', message: 'wrong\nReplace with: 50' },
    ],
    ['a replacement in the message', finding({ message: 'write 50', replacement: '50' }), { message: 'write 50' }],
    ['a warning', finding({ severity: 'warning' }), { level: 'warning' }],
    ['invisible characters', finding({ message: 'a\u202eb\n::error::' }), { message: 'a\\u202eb\\u000a::error::' }],
    ['a long message', finding({ message: 'x'.repeat(100_000) }), { message: `${'x'.repeat(997)}...` }],
  ])('annotates %s', (_, found, expected) => {
    expect(formatReviewCheck(review({ findings: [found] })).annotations[0]).toMatchObject(expected);
  });

  test('several lines have no columns', () => {
    const range = { line: 2, column: 3, endLine: 4, endColumn: 1 };
    const [annotation] = formatReviewCheck(review({ findings: [finding({ range })] })).annotations;
    expect(annotation).not.toHaveProperty('startColumn');
    expect(annotation).toMatchObject({ startLine: 2, endLine: 4 });
  });

  test('of too many findings the errors are annotated, and the summary fits', () => {
    const warnings = Array.from({ length: 2_000 }, () => finding({ severity: 'warning', message: 'x'.repeat(300) }));
    const { annotations, summary } = formatReviewCheck(review({ findings: [...warnings, finding()] }));
    expect([annotations.length, annotations[0]?.level]).toEqual([300, 'failure']);
    expect(summary).toContain('Annotated in the files: 300 of 2001 findings.');
    expect(summary).toMatch(/Showing \d+ of 2003 lines\.$/);
    expect(sizeOf(summary)).toBeLessThanOrEqual(SUMMARY_LIMIT);
  });

  test('a title is a line', () => {
    expect(shortened(`a\n${'b'.repeat(300)}`)).toBe(`a\\u000a${'b'.repeat(190)}...`);
  });
});

describe('the comment', () => {
  test('fits whatever changes, and says what it leaves out', () => {
    const changes = (size: number, name: string) => [{ path: name, after: `${name} ${'█'.repeat(size)}\n` }];
    const releases = Array.from({ length: 400 }, (_, index) =>
      release(`r${index}`, 'starts v2', changes(index === 0 ? 30_000 : 90 + index, `f${index * 7919}`)),
    );
    const findings = Array.from({ length: 300 }, (_, index) => finding({ message: `${index} ${'x'.repeat(5_000)}` }));
    for (const facts of [
      review({ releases }),
      review({ releases: releases.slice(0, 60), findings }),
      review({ releases: releases.slice(0, 60), base: 'b'.repeat(240) }),
    ]) {
      const text = formatComment(facts);
      expect(text.length).toBeLessThanOrEqual(COMMENT_LIMIT);
      expect(text.startsWith(REVIEW_MARKER)).toBe(true);
      expect(text.split('<details>')).toHaveLength(text.split('</details>').length);
      expect(text.match(/^`{3,}/gm)?.length ?? 0).toBe(2 * (text.match(/^`{3,}\w/gm)?.length ?? 0));
      expect(text).toMatch(/Showing the manifests of \d+ of \d+ groups|more lines do not fit/);
    }
  });
});

describe('the check run of a publication', () => {
  const published = {
    kind: 'publish',
    branch: 'gitops',
    subject: 'echo: starts v2',
    headlines: ['echo: starts v2'],
    findings: [],
    waiting: [],
  } as const;
  test.each([
    [
      'a commit',
      formatPublicationCheck(published, 'abc'),
      'success',
      'echo: starts v2',
      'Published to gitops as abc:\n\n- echo: starts v2',
    ],
    [
      'an equal tree',
      formatPublicationCheck({ kind: 'equal', branch: 'gitops', findings: [], waiting: [] }, undefined),
      'success',
      'nothing to publish: gitops has it already',
      'The rendered tree equals the one on gitops: no commit.',
    ],
    [
      'a broken release',
      formatPublicationCheck({ ...published, findings: [finding()] }, 'abc'),
      'action_required',
      '1 error not published; echo: starts v2',
      'keeps what was last published',
    ],
    [
      'a refusal',
      formatRefusalCheck({ refusal: { code: 'no-values', branch: 'my_*branch*' }, findings: [] }),
      'action_required',
      'nothing published',
      'Refused: there is no values file any more, but my\\_\\*branch\\* holds releases',
    ],
  ])('%s', (_, report, conclusion, title, summary) => {
    expect(report).toMatchObject({ conclusion, title, summary: expect.stringContaining(summary) });
  });
});

describe('in how many parts', () => {
  const withParts = (parts?: readonly string[]) =>
    formatComment(review({ releases: [{ ...release('echo', 'v1 -> v2'), ...(parts ? { parts } : {}) }] }));

  test('one, or each with what it does and waits for', () => {
    expect(withParts(['canary v2 25% -> 50%'])).toContain('### echo: v1 -> v2\n- Will be published in one part.\n');
    expect(withParts(['start v2', 'switch routes to v2, once v2 is ready', 'stop *v1*'])).toContain(
      '\n- Will be published in 3 parts:\n  1. start v2\n  2. switch routes to v2, once v2 is ready\n  3. stop \\*v1\\*\n',
    );
  });

  test('nothing, where nobody counted them', () => {
    expect(withParts()).not.toContain('published in');
  });
});

describe('the terminal', () => {
  const text = 'a: 1\n\t\u202eb: "x"\n';
  test('points at the place, tabs and invisible characters in line', () => {
    const range = { line: 2, column: 3, endLine: 2, endColumn: 4 };
    expect(formatFindings([finding({ range, replacement: '5' })], () => text)).toBe(
      'error[schema]: wrong\n  --> charts-values/echo.yaml:2:3\n  |\n2 | \t\\u202eb: "x"\n  | \t      ^ write 5\n',
    );
  });

  test('shows no line where there is none, or a very long one', () => {
    const head = 'error[schema]: wrong\n  --> charts-values/echo.yaml:2:3\n';
    expect(formatFindings([finding()], () => undefined)).toBe(head);
    expect(formatFindings([finding()], () => `\n${'x'.repeat(600)}`)).toBe(head);
  });

  test('a workflow command is one line, its values escaped', () => {
    expect(formatWorkflowCommands([finding({ file: 'a,b:c\n.yaml', message: '100%\n::error::x' })])).toBe(
      '::error file=a%2Cb%3Ac\\u000a.yaml,line=2,col=3,endLine=2,endColumn=6,title=schema::100%25\\u000a::error::x\n',
    );
  });
});

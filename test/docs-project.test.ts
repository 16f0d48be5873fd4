import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import manifest from '../package.json' with { type: 'json' };
import { ownersOf } from '../src/core/commands/codeowners.ts';
import { codeIn, PAGES, proseOf, readPage } from './support/pages.ts';

// What a contributor and GitHub find at the top of the repository.
const ROOT = join(import.meta.dirname, '..');

test.each(PAGES)('the files that %s names are there', (page) => {
  const paths = codeIn(proseOf(page)).filter((word) =>
    /^(?:\.ci|\.github|docs|schemas|scripts|src|test)\/[\w./-]+$/.test(word),
  );
  const settings = ['.github/coalmine.yml', '.github/CODEOWNERS']; // of the repositories that use Coalmine
  expect(paths.filter((path) => !settings.includes(path) && !existsSync(join(ROOT, path)))).toEqual([]);
});

test('the workflow runs .ci/run, which may be run, and may write nothing', () => {
  const workflow = parse(readPage('.github/workflows/ci.yml'));
  const steps = Object.values<{ steps: { run?: string }[] }>(workflow.jobs).flatMap((job) => job.steps);
  expect(steps.flatMap(({ run }) => run ?? [])).toEqual(['.ci/run']);
  expect(() => accessSync(join(ROOT, '.ci/run'), constants.X_OK)).not.toThrow();
  expect(workflow.permissions).toEqual({ contents: 'read' });
});

const FORMS = readdirSync(join(ROOT, '.github/ISSUE_TEMPLATE')).filter((name) => name !== 'config.yml');

test.each(FORMS)('the issue form %s is one that GitHub shows', (name) => {
  const form = parse(readPage(`.github/ISSUE_TEMPLATE/${name}`));
  expect(form).toMatchObject({ name: expect.any(String), description: expect.any(String) });
  const fields = (form.body as Field[]).filter(({ type }) => type !== 'markdown');
  expect(fields.filter(({ type }) => !['input', 'textarea', 'dropdown', 'checkboxes'].includes(type))).toEqual([]);
  expect(fields.filter(({ attributes: { label } }) => !label)).toEqual([]);
  expect(new Set(fields.map(({ id }) => id)).size).toBe(fields.length);
});

interface Field {
  readonly type: string;
  readonly id?: string;
  readonly attributes: { readonly label?: string };
}

test('every file has an owner, and what decides over security has its own', () => {
  const owners = (path: string) => {
    const found = ownersOf(readPage('.github/CODEOWNERS'), path);
    return found?.owners.length;
  };
  for (const path of ['src/main.ts', 'docs/threats.md', '.github/workflows/ci.yml', 'app.yml'])
    expect([path, owners(path)]).toEqual([path, 1]);
});

test('.editorconfig says what the formatter does', () => {
  const { formatter } = parse(readPage('biome.json'));
  const config = readPage('.editorconfig');
  expect(config).toContain(`indent_style = ${formatter.indentStyle}\nindent_size = ${formatter.indentWidth}\n`);
  expect(config).toContain(`max_line_length = ${formatter.lineWidth}\n`);
});

test('CONTRIBUTING names every script of its own that people run', () => {
  const named = new Set([...readPage('CONTRIBUTING.md').matchAll(/npm (?:run )?([\w:]+)/g)].map(([, name]) => name));
  const scripts = Object.keys(manifest.scripts).filter((name) => !/^pre/.test(name));
  const users = ['start', 'demo', 'sandbox']; // in docs/getting-started.md and docs/sandbox.md
  expect(scripts.filter((name) => !named.has(name) && !users.includes(name))).toEqual([]);
});

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drawComment } from '../scripts/picture/draw.ts';
import { blocksOf, readPage } from './support/pages.ts';

const CASE = 'test/cases/picture-of-the-comment';

test("the README's picture is the comment of its case, as the App writes it", async () => {
  const picture = drawComment(readPage(`${CASE}/expected/comment.md`));
  expect(Buffer.byteLength(picture)).toBeLessThan(150_000);
  expect(readPage('README.md')).toContain('](docs/comment.svg)');
  await expect(picture).toMatchFileSnapshot(join(import.meta.dirname, '../docs/comment.svg'));
});

test('the README shows the values file of that case', () => {
  const shown = blocksOf('README.md').filter(({ language }) => language === 'yaml');
  expect(shown.map(({ text }) => text)).toEqual([readPage(`${CASE}/before/charts-values/echo.yaml`)]);
});

test('what strangers write does not break the picture', () => {
  const picture = drawComment('### <a> & "b"\n\n- ❌ `</text>` ]]> \\* \\`\n');
  expect(picture).toContain('&lt;a&gt; &amp; "b"');
  expect(picture).toContain('&lt;/text&gt;');
  expect(picture).not.toContain(']]>');
});

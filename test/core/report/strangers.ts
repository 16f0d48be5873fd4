import { expect } from 'vitest';

/** What somebody may write into a name, a reason or a message to make a report say something else. */
export const NASTY =
  '<img src=x><!-- coalmine:review --></details> @all **bold** [a](https://evil.example) `code` \\`x \u202e\u001b[31m\r\n# title';

/** The Markdown that readers see as markup: without code, and what is escaped. */
function markupIn(text: string): string {
  return text
    .replace(/^(`{3,})[^\n]*\n[\s\S]*?\n\1$/gm, '')
    .replace(/\\[^\n]|(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, '');
}

/** No markup, mention, link or hidden character of a stranger comes out of a text. */
export function expectTame(text: string): void {
  const markup = markupIn(text);
  expect(markup).not.toMatch(/@\w|\*\*bold|\]\(|:\/\/|`/);
  expect(markup).not.toMatch(/<(?!\/?(?:details|summary)>|!-- coalmine:answer \d+ -->)/);
  expect(markup.match(/<details>/g)?.length).toBe(markup.match(/<\/details>/g)?.length);
  expect(markup).not.toMatch(/^# title/m);
  for (const hidden of ['\u202e', '\u001b', '\r']) expect(text).not.toContain(hidden);
}

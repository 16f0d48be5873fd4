import type { Hold } from '../model/hold.ts';
import { brief } from '../model/printable.ts';
import { code, type Sentence, toMarkdown } from './sentence.ts';

/** Who holds a release, since when, and why. */
export function holdSentence({ who, when, why }: Hold): Sentence {
  const since = when === '' ? '' : ` since ${when.replace('T', ' ').replace(/(?:\.\d+)?Z$/, ' UTC')}`;
  return [
    'it is on hold, by ',
    who === '' ? 'somebody' : code(brief(who)),
    `${since}${why === '' ? '' : `: ${brief(why)}`}`,
  ];
}

/** The same as Markdown. */
export function holdText(hold: Hold): string {
  return toMarkdown(holdSentence(hold));
}

import { brief } from '../model/printable.ts';
import type { Hold } from '../rollout/hold.ts';
import { code, markdown } from './escape.ts';

/** Who holds a release, since when, and why. */
export function holdText({ who, when, why }: Hold): string {
  const by = who === '' ? 'somebody' : code(brief(who));
  const since = when === '' ? '' : ` since ${markdown(when.replace('T', ' ').replace(/(?:\.\d+)?Z$/, ' UTC'))}`;
  return `it is on hold, by ${by}${since}${why === '' ? '' : `: ${markdown(brief(why))}`}`;
}

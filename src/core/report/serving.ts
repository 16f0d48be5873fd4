import { brief } from '../model/printable.ts';
import { sharesText, type Traffic } from '../model/traffic.ts';
import type { Serving } from '../publication/serving.ts';
import { trafficBar } from './comment.ts';
import { fenced, markdown } from './escape.ts';
import { servesText } from './versions.ts';

/** What the clusters serve of a release, as one line: `v1 serves 50% and v2 50%`. Plain text. */
export function servingText(serving: Serving): string {
  switch (serving.kind) {
    case 'known':
      return `${trafficText(serving.traffic)}${serving.isAssumed ? ', as far as time tells' : ''}`;
    case 'changing':
      return `${trafficText(serving.last)}, as last confirmed`;
    case 'unknown':
      return `what serves is unknown${serving.last ? `; last confirmed: ${trafficText(serving.last)}` : ''}`;
    default:
      return serving satisfies never;
  }
}

function trafficText(traffic: Traffic | undefined): string {
  return traffic ? servesText(traffic) : 'nothing serves';
}

/** The same as blocks of Markdown: a heading, and a bar of the traffic where it is known. */
export function servingBlocks(name: string, serving: Serving): readonly string[] {
  return [`### ${markdown(brief(`${name}: ${servingText(serving)}`))}`, ...servingBar(serving)];
}

/** Maximum length, in characters, of the versions that have a bar: whoever edits routes by hand may give any names. */
const MAX_SHARES = 500;

/** The bar alone; none where it isn't known what serves. */
export function servingBar(serving: Serving): readonly string[] {
  const traffic = serving.kind === 'known' ? serving.traffic : serving.kind === 'changing' ? serving.last : undefined;
  if (!traffic || sharesText(traffic).length > MAX_SHARES) return [];
  return [fenced('text', trafficBar({ after: traffic }))];
}

import type { Finding } from '../model/finding.ts';
import { brief } from '../model/printable.ts';
import { code, markdown } from './escape.ts';

/** A finding within a sentence: what it says, its rule, and where. */
export function findingText({ rule, file, range, message }: Finding): string {
  return `${markdown(brief(message))} (${code(rule)}, ${code(`${file}:${range.line}`)})`;
}

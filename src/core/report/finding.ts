import type { Finding } from '../model/finding.ts';
import { brief } from '../model/printable.ts';
import { code, type Sentence } from './sentence.ts';

/** A finding within a sentence: what it says, its rule, and where. */
export function findingSentence({ rule, file, range, message }: Finding): Sentence {
  return [`${brief(message)} (`, code(rule), ', ', code(`${file}:${range.line}`), ')'];
}

import { LineCounter } from 'yaml';
import { FILE_START, type Finding, type Range } from '../model/finding.ts';

/** A stretch of text, by offsets: the end is exclusive. */
export type Span = readonly [from: number, to: number];

/** The text of one YAML file; it turns offsets into findings. */
export class Source {
  readonly file: string;
  readonly text: string;
  readonly #lines = new LineCounter();

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    for (let start = 0; start >= 0; start = text.indexOf('\n', start) + 1 || -1) this.#lines.addNewLine(start);
  }

  rangeOf([from, to]: Span): Range {
    const start = this.#lines.linePos(Math.min(from, this.text.length));
    let last = Math.min(to, this.text.length);
    while (last > from && /\s/.test(this.text[last - 1] ?? '')) last -= 1; // a block ends with its last word
    const end = this.#lines.linePos(last);
    return {
      line: Math.max(1, start.line),
      column: Math.max(1, start.col),
      endLine: Math.max(1, end.line),
      endColumn: Math.max(1, end.col),
    };
  }

  syntax(at: Span, message: string): Finding {
    return { rule: 'yaml-syntax', severity: 'error', file: this.file, path: '', range: this.rangeOf(at), message };
  }

  tooLarge(at: Span, message: string): Finding {
    return { ...tooLarge(this.file, message), range: this.rangeOf(at) };
  }
}

export function tooLarge(file: string, message: string): Finding {
  return { rule: 'too-large', severity: 'error', file, path: '', range: FILE_START, message: `the file ${message}` };
}

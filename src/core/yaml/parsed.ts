import type { Finding, Range } from '../model/finding.ts';

/** A scalar written without quotes: only these can be read differently by different readers. */
export interface PlainScalar {
  readonly path: string;
  readonly source: string; // as written
  readonly value: unknown; // as YAML 1.2 reads it
  readonly isKey: boolean;
}

/** A YAML file as data, with the place of every value and key. */
export interface YamlDocument {
  readonly file: string;
  readonly value: unknown; // objects without prototype; keys as written
  readonly plain: readonly PlainScalar[];
  /** The range of the value at a JSON pointer, or of the nearest value above it; where there is none, of its key. */
  rangeOf(path: string): Range;
  /** The range of the key at a JSON pointer; where a key is missing, of the nearest one above it. */
  keyRangeOf(path: string): Range;
}

export type ParsedYaml =
  | { readonly ok: true; readonly document: YamlDocument }
  | { readonly ok: false; readonly findings: readonly Finding[] };

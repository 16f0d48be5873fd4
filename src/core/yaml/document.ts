import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  Scalar,
  type YAMLMap,
} from 'yaml';
import { FILE_START, type Finding, type Range } from '../finding.ts';
import { join } from '../pointer.ts';

/** What a file that people edit may hold at most; a bigger one is refused before it costs anybody time. */
export const LIMITS = { bytes: 256 * 1024, depth: 32, aliases: 100 } as const;

const TOO_DEEP = `is nested deeper than ${LIMITS.depth} levels`;

/** A scalar written without quotes: only these can be read differently by different readers. */
export interface PlainScalar {
  readonly path: string;
  readonly source: string; // as written
  readonly isKey: boolean;
}

/** A YAML file as data, with the place of every value and key. */
export interface YamlDocument {
  readonly file: string;
  readonly value: unknown; // objects without prototype; keys as written
  readonly plain: readonly PlainScalar[];
  /** The range of the value at a JSON pointer, or of the nearest value above it. */
  rangeOf(path: string): Range;
  /** The range of the key at a JSON pointer; where a key is missing, of the nearest one above it. */
  keyRangeOf(path: string): Range;
}

export type ParsedYaml =
  | { readonly ok: true; readonly document: YamlDocument }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** What is in a file; of one over the limit its length is enough, and nobody fetches the rest. */
export type Content = Uint8Array | { readonly length: number };

/** Reads the bytes of one YAML file. All that makes it unreadable comes back as findings; it never throws. */
export function parseYaml(file: string, bytes: Content): ParsedYaml {
  if (bytes.length > LIMITS.bytes || !(bytes instanceof Uint8Array))
    return refused(tooLarge(file, `is ${bytes.length} bytes; at most ${LIMITS.bytes} are read`));
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const lines = new LineCounter();
  try {
    const [document, ...more] = parseAllDocuments(text, {
      lineCounter: lines,
      uniqueKeys: false,
      prettyErrors: true,
      strict: true,
      merge: false,
      logLevel: 'silent',
    }) as Document.Parsed[];
    const findings = [document, ...more]
      .flatMap((each) => [...(each?.errors ?? []), ...(each?.warnings ?? [])])
      .map((error) => {
        const range = rangeBetween(lines, text, error.pos);
        if (error.code === 'RESOURCE_EXHAUSTION') return { ...tooLarge(file, TOO_DEEP), range };
        return syntax(file, error.message.split(/ at line \d+/)[0] ?? error.message, range);
      });
    if (text.includes('\ufffd'))
      findings.push(syntax(file, 'is not UTF-8 text', rangeBetween(lines, text, charAt(text, '\ufffd'))));
    if (more[0]) {
      const start = more[0].range[0];
      findings.push(
        syntax(
          file,
          'holds several YAML documents; keep one, without further "---"',
          rangeBetween(lines, text, [start, start]),
        ),
      );
    }
    if (findings.length > 0 || !document) return { ok: false, findings };
    return new Walk(file, text, lines).read(document);
  } catch (error) {
    if (error instanceof RangeError) return refused(tooLarge(file, TOO_DEEP));
    throw error;
  }
}

interface Place {
  readonly value: readonly [number, number];
  readonly key?: readonly [number, number];
}

/** One pass over the parsed nodes: plain data out, places and limits noted on the way. */
class Walk {
  readonly #file: string;
  readonly #text: string;
  readonly #lines: LineCounter;
  readonly #anchors = new Map<string, Node>();
  readonly #places = new Map<string, Place>();
  readonly #plain: PlainScalar[] = [];
  readonly #findings: Finding[] = [];
  #aliases = 0;

  constructor(file: string, text: string, lines: LineCounter) {
    this.#file = file;
    this.#text = text;
    this.#lines = lines;
  }

  read(parsed: Document.Parsed): ParsedYaml {
    const value = this.#value(parsed.contents, '', 0, undefined);
    if (this.#findings.length > 0) return { ok: false, findings: this.#findings };
    const places = this.#places;
    const range = (at: readonly [number, number] | undefined) =>
      at ? rangeBetween(this.#lines, this.#text, at) : FILE_START;
    const nearestPlace = (path: string): Place | undefined => {
      let at = path;
      while (at !== '' && !places.has(at)) at = at.slice(0, at.lastIndexOf('/'));
      return at === '' ? undefined : places.get(at);
    };
    return {
      ok: true,
      document: {
        file: this.#file,
        value,
        plain: this.#plain,
        rangeOf: (path) => range(nearestPlace(path)?.value),
        keyRangeOf: (path) => {
          const place = nearestPlace(path);
          return range(place?.key ?? place?.value);
        },
      },
    };
  }

  #value(
    node: Node | null | undefined,
    path: string,
    depth: number,
    key: readonly [number, number] | undefined,
  ): unknown {
    if (this.#findings.some(({ rule }) => rule === 'too-large')) return null;
    const at = placeOf(node) ?? key ?? ([0, 0] as const);
    if (!this.#places.has(path)) this.#places.set(path, key ? { value: at, key } : { value: at });
    if (depth > LIMITS.depth) return this.#tooLarge(at, TOO_DEEP);
    if (isAlias(node)) {
      this.#aliases += 1;
      if (this.#aliases > LIMITS.aliases) return this.#tooLarge(at, `uses aliases more than ${LIMITS.aliases} times`);
      const target = this.#anchors.get(node.source);
      if (!target) return this.#syntax(at, `the alias *${node.source} has no anchor before it`);
      return this.#value(target, path, depth, key);
    }
    const anchor = node && 'anchor' in node ? node.anchor : undefined;
    const value = this.#content(node, path, depth);
    if (anchor && node) this.#anchors.set(anchor, node); // after its content: an anchor inside itself is no alias target
    return value;
  }

  #content(node: Node | null | undefined, path: string, depth: number): unknown {
    if (isMap(node)) return this.#map(node, path, depth);
    if (isSeq(node)) {
      return node.items.map((item, index) => this.#value(item as Node, join(path, index), depth + 1, undefined));
    }
    if (!isScalar(node)) return null;
    if (node.type === Scalar.PLAIN && node.tag === undefined && node.source !== undefined) {
      this.#plain.push({ path, source: node.source, isKey: false });
    }
    return node.value;
  }

  #map(map: YAMLMap, path: string, depth: number): unknown {
    const object: Record<string, unknown> = Object.create(null);
    const merged: unknown[] = [];
    for (const pair of map.items) {
      const node = pair.key as Node | null;
      const at = placeOf(node) ?? ([0, 0] as const);
      if (!isScalar(node)) {
        this.#syntax(at, 'a key must be a plain word or a quoted string');
        continue;
      }
      const name = node.type === Scalar.PLAIN && node.source !== undefined ? node.source : String(node.value ?? '');
      if (name === '<<' && node.type === Scalar.PLAIN) {
        merged.push(this.#value(pair.value as Node, join(path, name), depth + 1, at));
        continue;
      }
      const child = join(path, name);
      if (name in object) {
        this.#syntax(at, `the key "${name}" stands twice in one map; the first is on line ${this.#lineOf(child)}`);
        continue;
      }
      if (node.type === Scalar.PLAIN) this.#plain.push({ path: child, source: name, isKey: true });
      object[name] = this.#value(pair.value as Node, child, depth + 1, at);
    }
    return merged.length > 0 ? this.#withMerged(object, merged.flat(), path) : object;
  }

  /** Merge keys (`<<: *base`), as Helm and kubectl read them: what the map says itself wins, then the earlier one. */
  #withMerged(object: Record<string, unknown>, sources: readonly unknown[], path: string): unknown {
    for (const source of sources) {
      if (source === null || typeof source !== 'object' || Array.isArray(source)) {
        return this.#syntax(this.#places.get(join(path, '<<'))?.value ?? [0, 0], '"<<" merges maps only');
      }
      for (const [name, value] of Object.entries(source)) if (!(name in object)) object[name] = value;
    }
    return object;
  }

  #lineOf(path: string): number {
    const place = this.#places.get(path);
    return place ? rangeBetween(this.#lines, this.#text, place.key ?? place.value).line : 1;
  }

  #syntax(at: readonly [number, number], message: string): null {
    this.#findings.push(syntax(this.#file, message, rangeBetween(this.#lines, this.#text, at)));
    return null;
  }

  #tooLarge(at: readonly [number, number], message: string): null {
    this.#findings.push({ ...tooLarge(this.#file, message), range: rangeBetween(this.#lines, this.#text, at) });
    return null;
  }
}

/** Offsets of a node's text, without the blanks and comments that follow it. */
function placeOf(node: Node | null | undefined): readonly [number, number] | undefined {
  return node?.range ? [node.range[0], node.range[1]] : undefined;
}

function rangeBetween(lines: LineCounter, text: string, [from, to]: readonly [number, number]): Range {
  const start = lines.linePos(Math.min(from, text.length));
  let last = Math.min(to, text.length);
  while (last > from && /\s/.test(text[last - 1] ?? '')) last -= 1; // a block ends with its last word
  const end = lines.linePos(last);
  return {
    line: Math.max(1, start.line),
    column: Math.max(1, start.col),
    endLine: Math.max(1, end.line),
    endColumn: Math.max(1, end.col),
  };
}

function charAt(text: string, character: string): readonly [number, number] {
  const at = text.indexOf(character);
  return [at, at + 1];
}

function syntax(file: string, message: string, range: Range): Finding {
  return { rule: 'yaml-syntax', severity: 'error', file, path: '', range, message };
}

function tooLarge(file: string, message: string): Finding {
  return { rule: 'too-large', severity: 'error', file, path: '', range: FILE_START, message: `the file ${message}` };
}

function refused(finding: Finding): ParsedYaml {
  return { ok: false, findings: [finding] };
}

import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, Scalar, type YAMLMap } from 'yaml';
import { FILE_START, type Finding } from '../model/finding.ts';
import { join } from '../model/pointer.ts';
import { LIMITS, TOO_DEEP } from './limits.ts';
import type { ParsedYaml, PlainScalar } from './parsed.ts';
import type { Source, Span } from './source.ts';

interface Place {
  readonly value: Span;
  readonly key?: Span;
}

/** A map being filled: its own keys first, then what it merges. */
interface Filling {
  readonly object: Record<string, unknown>;
  readonly path: string;
  readonly depth: number;
}

const NOWHERE: Span = [0, 0];

/** One pass over the parsed nodes: plain data out, places and limits noted on the way. */
export class Walk {
  readonly #source: Source;
  readonly #anchors = new Map<string, Node>();
  readonly #places = new Map<string, Place>();
  readonly #plain: PlainScalar[] = [];
  readonly #findings: Finding[] = [];
  #aliases = 0;
  #alias: Span | undefined; // the outermost one that leads to what is looked at
  #repeated = 0; // values that stand there only by an alias: few uses of a long one are as costly as many of a short one
  #stopped = false; // over a limit: nothing more is looked at

  constructor(source: Source) {
    this.#source = source;
  }

  read(parsed: Document.Parsed): ParsedYaml {
    const value = this.#value(parsed.contents, '', 0, undefined);
    if (this.#findings.length > 0) return { ok: false, findings: this.#findings };
    const [source, places] = [this.#source, this.#places];
    const nearestPlace = (path: string): Place | undefined => {
      let at = path;
      while (at !== '' && !places.has(at)) at = at.slice(0, at.lastIndexOf('/'));
      return at === '' ? undefined : places.get(at);
    };
    const range = (span: Span | undefined) => (span ? source.rangeOf(span) : FILE_START);
    return {
      ok: true,
      document: {
        file: source.file,
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

  #value(node: Node | null | undefined, path: string, depth: number, key: Span | undefined): unknown {
    if (this.#stopped) return null;
    const own = spanOf(node);
    const at = own && own[1] > own[0] ? own : (key ?? own ?? NOWHERE); // a value that isn't there is shown at its key
    if (!this.#places.has(path)) this.#places.set(path, key ? { value: at, key } : { value: at });
    if (depth > LIMITS.depth) return this.#stop(at, TOO_DEEP);
    if (isAlias(node)) {
      const target = this.#target(node.source, at);
      return isScalar(target) ? target.value : this.#repeat(at, () => this.#value(target, path, depth, key));
    }
    if (this.#alias && ++this.#repeated > LIMITS.repeated) {
      return this.#stop(this.#alias, `repeats more than ${LIMITS.repeated} values by its aliases`);
    }
    const value = this.#content(node, path, depth);
    const anchor = node && 'anchor' in node ? node.anchor : undefined;
    if (anchor && node) this.#anchors.set(anchor, node); // after its content: an anchor inside itself is no alias target
    return value;
  }

  #target(anchor: string, at: Span): Node | null {
    this.#aliases += 1;
    if (this.#aliases > LIMITS.aliases) return this.#stop(at, `uses aliases more than ${LIMITS.aliases} times`);
    return this.#anchors.get(anchor) ?? this.#syntax(at, `the alias *${anchor} has no anchor &${anchor} before it`);
  }

  #repeat<T>(at: Span, walk: () => T): T {
    const outer = this.#alias;
    this.#alias ??= at;
    try {
      return walk();
    } finally {
      this.#alias = outer;
    }
  }

  #content(node: Node | null | undefined, path: string, depth: number): unknown {
    if (isMap(node)) {
      const filling = { object: Object.create(null), path, depth };
      this.#fill(filling, node);
      return filling.object;
    }
    if (isSeq(node)) {
      return node.items.map((item, index) => this.#value(item as Node, join(path, index), depth + 1, undefined));
    }
    if (!isScalar(node)) return null;
    if (isPlain(node)) this.#plain.push({ path, source: node.source, value: node.value, isKey: false });
    return this.#scalar(node);
  }

  #scalar({ value, range }: Scalar): unknown {
    if (typeof value === 'string' && !value.isWellFormed())
      this.#syntax(range ? [range[0], range[1]] : NOWHERE, 'half of a surrogate pair is no character; write all of it');
    return value;
  }

  /** Takes a map's pairs into an object: what is there already wins, as its own keys do over what it merges. */
  #fill({ object, path, depth }: Filling, map: YAMLMap): void {
    const own = new Map<string, Span>();
    let merged: Pair | undefined;
    for (const pair of map.items) {
      const node = pair.key as Node | null;
      const at = spanOf(node) ?? NOWHERE;
      if (!isScalar(node)) {
        this.#syntax(at, this.#notAKey(at));
        continue;
      }
      const name = isPlain(node) ? node.source : String(this.#scalar(node) ?? '');
      const first = own.get(name);
      if (first) {
        const { line } = this.#source.rangeOf(first);
        this.#syntax(at, `the key "${name}" stands twice in one map; the first is on line ${line}`);
        continue;
      }
      own.set(name, at);
      if (node.anchor) this.#anchors.set(node.anchor, node);
      if (name === '<<' && isPlain(node)) {
        merged = pair;
        continue;
      }
      if (name in object) continue;
      const child = join(path, name);
      if (isPlain(node)) this.#plain.push({ path: child, source: name, value: name, isKey: true });
      object[name] = this.#value(pair.value as Node, child, depth + 1, at);
    }
    if (merged) this.#merge({ object, path, depth: depth + 1 }, merged.value as Node | null);
  }

  /** A merge key (`<<: *base`), as Helm and kubectl read it: the earlier of several maps wins. */
  #merge(filling: Filling, node: Node | null): void {
    if (this.#stopped) return;
    const at = spanOf(node) ?? NOWHERE;
    if (filling.depth > LIMITS.depth) this.#stop(at, TOO_DEEP);
    else if (isAlias(node)) this.#repeat(at, () => this.#merge(filling, this.#target(node.source, at)));
    else if (isMap(node)) this.#fill(filling, node);
    else if (isSeq(node))
      for (const item of node.items) this.#merge({ ...filling, depth: filling.depth + 1 }, item as Node);
    else if (node) this.#syntax(at, '"<<" merges maps only');
  }

  #notAKey([at]: Span): string {
    return this.#source.text.slice(at - 1, at + 1) === '{{' || this.#source.text.slice(at, at + 2) === '{{'
      ? 'a template: nothing fills in {{ ... }} in a values file; write the value itself'
      : 'a key must be a plain word or a quoted string';
  }

  #syntax(at: Span, message: string): null {
    this.#findings.push(this.#source.syntax(at, message));
    return null;
  }

  #stop(at: Span, message: string): null {
    this.#stopped = true;
    this.#findings.push(this.#source.tooLarge(at, message));
    return null;
  }
}

/** Written without quotes, and read by the looks of it: a tag `!!str` says that it is a string. */
function isPlain(node: Scalar): node is Scalar & { source: string } {
  return node.type === Scalar.PLAIN && node.source !== undefined && node.tag !== 'tag:yaml.org,2002:str';
}

/** Offsets of a node's text, without the blanks and comments that follow it. */
function spanOf(node: Node | null | undefined): Span | undefined {
  return node?.range ? [node.range[0], node.range[1]] : undefined;
}

import fc from 'fast-check';

// Values files as people write them, in many styles, with what is known of each line.

export type Scalar = string | number | boolean;
export type Quote = 'plain' | 'single' | 'double';

export type Value =
  | { readonly kind: 'scalar'; readonly value: Scalar; readonly quote: Quote }
  | { readonly kind: 'literal'; readonly lines: readonly string[] }
  | { readonly kind: 'list'; readonly items: readonly Scalar[] }
  | { readonly kind: 'items'; readonly items: readonly (readonly Entry[])[] } // maps in a list
  | { readonly kind: 'nothing'; readonly written: '' | ' {}' }
  | { readonly kind: 'flow'; readonly entries: readonly Entry[] }
  | { readonly kind: 'map'; readonly entries: readonly Entry[] };

export interface Entry {
  readonly key: string;
  readonly keyQuote: Quote;
  readonly value: Value;
  readonly blanks: number; // before it
  readonly before: boolean; // a comment above it
  readonly after: boolean; // a comment on its line
  readonly inside: boolean; // a comment at the end of its block, or deeper than its key
}

export interface Style {
  readonly step: number;
  readonly listStep: number;
  readonly crlf: boolean;
  readonly mark: boolean; // a byte order mark
  readonly dashes: boolean; // "---"
  readonly ends: boolean; // a newline at the end
  readonly tail: boolean; // a comment at the end
}

/** One line: whose it is, and where its scalar stands. */
export interface Line {
  readonly text: string;
  readonly owner?: string;
  readonly scalar?: { readonly from: number; readonly to: number; readonly quote: Quote };
  readonly head?: boolean; // has the owner's key
}

export interface File {
  readonly entries: readonly Entry[];
  readonly style: Style;
  readonly lines: readonly Line[];
  readonly text: string;
}

const WORDS = [
  'v1',
  'nginx',
  'registry.example.com/echo:2.0.0',
  'a b',
  'x-1',
  'true',
  '1.10',
  'a: b',
  'it\'s "q"',
  '#no',
  '',
];
export const scalars: fc.Arbitrary<Scalar> = fc.oneof(
  fc.constantFrom(...WORDS),
  fc.integer({ min: -5, max: 100 }),
  fc.boolean(),
);
const quotes = fc.constantFrom<Quote>('plain', 'single', 'double');
const scalarValue = fc.record({ kind: fc.constant('scalar' as const), value: scalars, quote: quotes });

const KEYS = ['v1', 'v2', 'image', 'weight', 'version', 'a/b', 'c~d', 'with space', '1', 'env'];

function entries(value: fc.Arbitrary<Value>, most: number): fc.Arbitrary<readonly Entry[]> {
  const entry = fc.record({
    key: fc.constantFrom(...KEYS),
    keyQuote: fc.constantFrom<Quote>('plain', 'plain', 'plain', 'single', 'double'),
    value,
    blanks: fc.constantFrom(0, 0, 0, 1, 2),
    before: often(4),
    after: often(4),
    inside: often(4),
  });
  return fc.uniqueArray(entry, { minLength: 1, maxLength: most, selector: ({ key }) => key });
}

function often(outOf: number): fc.Arbitrary<boolean> {
  return fc.integer({ min: 1, max: outOf }).map((one) => one === 1);
}

const flat = entries(scalarValue, 3);
const leaf: fc.Arbitrary<Value> = fc.oneof(
  { weight: 4, arbitrary: scalarValue },
  fc.record({ kind: fc.constant('nothing' as const), written: fc.constantFrom('' as const, ' {}' as const) }),
  fc.record({ kind: fc.constant('list' as const), items: fc.array(scalars, { minLength: 1, maxLength: 3 }) }),
  fc.record({ kind: fc.constant('items' as const), items: fc.array(flat, { minLength: 1, maxLength: 2 }) }),
  fc.constant({ kind: 'literal' as const, lines: ['one: # two', '', '  three'] }),
  fc.record({ kind: fc.constant('flow' as const), entries: entries(scalarValue, 3) }),
);
const flowMaps = fc.record({
  kind: fc.constant('flow' as const),
  entries: entries(fc.oneof(scalarValue, fc.record({ kind: fc.constant('flow' as const), entries: flat })), 3),
});
const maps = (value: fc.Arbitrary<Value>) =>
  fc.record({ kind: fc.constant('map' as const), entries: entries(value, 3) });
const values: fc.Arbitrary<Value> = fc.oneof(leaf, flowMaps, maps(fc.oneof(leaf, maps(leaf))));

const styles: fc.Arbitrary<Style> = fc
  .record({
    step: fc.constantFrom(2, 4, 8),
    flatLists: fc.boolean(),
    crlf: often(3),
    mark: often(5),
    dashes: often(4),
    ends: fc.boolean(),
    tail: often(4),
  })
  .map(({ flatLists, ...style }) => ({ ...style, listStep: flatLists ? 0 : style.step }));

export const files: fc.Arbitrary<File> = fc.tuple(entries(values, 4), styles).map(([written, style]) => {
  const lines: Line[] = [];
  if (style.dashes) lines.push({ text: '---' });
  for (const entry of written) writeEntry(entry, '', 0, style, lines);
  if (style.tail) lines.push({ text: '' }, { text: '# the end' });
  if (style.ends) lines.push({ text: '' });
  const crlf = style.crlf && lines.length > 1;
  const text = lines.map((line) => line.text).join(crlf ? '\r\n' : '\n');
  return { entries: written, style: { ...style, crlf }, lines, text: style.mark ? `\ufeff${text}` : text };
});

function writeEntry(entry: Entry, above: string, column: number, style: Style, lines: Line[]): void {
  const { value } = entry;
  const pad = ' '.repeat(column);
  const owner = pathOf(above, entry.key);
  const outer = above === '' ? {} : { owner: above };
  for (let blank = 0; blank < entry.blanks; blank++) lines.push({ text: '' });
  if (entry.before) lines.push({ text: `${pad}# about ${entry.key}`, ...outer });
  const head = `${pad}${written(entry.key, entry.keyQuote)}:`;
  const note = entry.after ? ' # note' : '';
  const inside = (text: string) => lines.push({ text: `${pad}${text}`, owner });
  const deep = ' '.repeat(style.step);
  switch (value.kind) {
    case 'scalar': {
      const text = written(value.value, value.quote);
      const from = head.length + 1;
      const quote = typeof value.value === 'string' ? quoteOf(text) : 'plain';
      lines.push({
        text: `${head} ${text}${note}`,
        owner,
        head: true,
        scalar: { from, to: from + text.length, quote },
      });
      break;
    }
    case 'literal':
      lines.push({ text: `${head} |${note}`, owner, head: true });
      for (const line of value.lines) inside(line === '' ? '' : `${deep}${line}`);
      return; // a comment deeper than its key would be one more line of it
    case 'flow':
      lines.push({ text: `${head} ${flowOf(value.entries)}${note}`, owner, head: true });
      break;
    case 'nothing':
      lines.push({ text: `${head}${value.written}${note}`, owner, head: true });
      break;
    case 'map':
      lines.push({ text: `${head}${note}`, owner, head: true });
      for (const child of value.entries) writeEntry(child, owner, column + style.step, style, lines);
      break;
    case 'list':
    case 'items': {
      lines.push({ text: `${head}${note}`, owner, head: true });
      const dash = `${' '.repeat(style.listStep)}- `;
      for (const item of value.items) {
        const texts = Array.isArray(item)
          ? (item as readonly Entry[]).map((each) => `${written(each.key, each.keyQuote)}: ${flowValue(each.value)}`)
          : [written(item as Scalar, 'plain')];
        for (const [index, text] of texts.entries()) inside(`${index === 0 ? dash : ' '.repeat(dash.length)}${text}`);
      }
    }
  }
  if (entry.inside) {
    if (entry.blanks > 0) lines.push({ text: '' });
    inside(`${deep}# inside ${entry.key}`);
  }
}

function flowOf(list: readonly Entry[]): string {
  return `{${list.map(({ key, keyQuote, value }) => `${written(key, keyQuote)}: ${flowValue(value)}`).join(', ')}}`;
}

function flowValue(value: Value): string {
  if (value.kind === 'flow') return flowOf(value.entries);
  if (value.kind !== 'scalar') throw new Error(`${value.kind} is not for braces`);
  return written(value.value, value.quote);
}

function written(value: Scalar, quote: Quote): string {
  if (typeof value !== 'string') return String(value);
  if (quote === 'single') return `'${value.replaceAll("'", "''")}'`;
  return quote === 'plain' && isPlain(value) ? value : JSON.stringify(value);
}

/** Whether everybody would write it without quotes. */
export function isPlain(value: Scalar): boolean {
  return typeof value !== 'string' || (/^[a-z][a-z0-9:/. -]*[a-z0-9]$/.test(value) && !/^true$|: /.test(value));
}

function quoteOf(text: string): Quote {
  return text.startsWith("'") ? 'single' : text.startsWith('"') ? 'double' : 'plain';
}

export function pathOf(above: string, key: string): string {
  return `${above}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** What a file says. */
export function dataOf(list: readonly Entry[]): Record<string, unknown> {
  return Object.fromEntries(list.map(({ key, value }) => [key, contentOf(value)]));
}

function contentOf(value: Value): unknown {
  switch (value.kind) {
    case 'scalar':
      return value.value;
    case 'literal':
      return `${value.lines.join('\n')}\n`;
    case 'list':
      return value.items;
    case 'items':
      return value.items.map(dataOf);
    case 'nothing':
      return value.written === '' ? null : {};
    default:
      return dataOf(value.entries);
  }
}

export interface Place {
  readonly path: string;
  readonly above: string;
  readonly entry: Entry;
  readonly siblings: readonly Entry[];
  readonly line: 'own' | 'braces'; // whether it has a line of its own
}

/** Every key of a file. */
export function placesOf({ entries: list }: File): readonly Place[] {
  const walk = (siblings: readonly Entry[], above: string, line: Place['line']): readonly Place[] =>
    siblings.flatMap((entry) => {
      const path = pathOf(above, entry.key);
      const { value } = entry;
      const below =
        value.kind === 'map'
          ? walk(value.entries, path, line)
          : value.kind === 'flow'
            ? walk(value.entries, path, 'braces')
            : [];
      return [{ path, above, entry, siblings, line }, ...below];
    });
  return walk(list, '', 'own');
}

/** The lines of a block: first to last of those that are its own, with the blank ones between. */
export function rangeOf({ lines }: File, path: string): readonly [from: number, to: number] {
  const own = lines.flatMap(({ owner }, index) => (`${owner}/`.startsWith(`${path}/`) ? [index] : []));
  return [own[0] ?? 0, (own.at(-1) ?? 0) + 1];
}

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { type Edit, editValues } from '../../../src/core/values/edit.ts';
import {
  dataOf,
  type File,
  files,
  isPlain,
  type Place,
  pathOf,
  placesOf,
  rangeOf,
  type Scalar,
  scalars,
} from './values-text.ts';

const RUNS = { numRuns: 500 };

/** The lines of a text; every line end must be the file's own. */
function linesOf(text: string, { style }: File): readonly string[] {
  const bare = style.mark ? text.replace(/^\ufeff/, '') : text;
  expect(text.startsWith('\ufeff')).toBe(style.mark);
  if (style.crlf) expect(bare).not.toMatch(/(?:^|[^\r])\n/);
  else expect(bare).not.toContain('\r');
  return bare.split(style.crlf ? '\r\n' : '\n');
}

function edited(file: File, ...edits: Edit[]): string {
  const result = editValues(file.text, edits);
  if (!result.ok) throw new Error(`${result.reason}\n${file.text}`);
  return result.text;
}

function read(text: string): unknown {
  const document = parseDocument(text, { schema: 'core' });
  expect(document.errors).toEqual([]);
  return document.toJS();
}

/** The data with a value put in its place, or without it; null becomes a map where something comes below it. */
function changed(data: unknown, path: string, value?: unknown): unknown {
  const keys = path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const root = structuredClone(data) as Record<string, unknown>;
  let at = root;
  for (const key of keys.slice(0, -1)) {
    at[key] ??= {};
    at = at[key] as Record<string, unknown>;
  }
  const last = keys.at(-1) ?? '';
  if (value === undefined) delete at[last];
  else at[last] = value;
  return root;
}

function pick<T>(from: readonly T[], choice: number): T | undefined {
  return from[choice % Math.max(1, from.length)];
}

const choices = fc.nat(1000);

function own(file: File, path: string): readonly string[] {
  return file.lines.slice(...rangeOf(file, path)).map(({ text }) => text);
}

function texts(file: File): readonly string[] {
  return file.lines.map(({ text }) => text);
}

test('the generated files say what they are meant to say, and no edit leaves them as they are', () => {
  fc.assert(
    fc.property(files, (file) => {
      expect(read(file.text)).toEqual(dataOf(file.entries));
      expect(edited(file)).toBe(file.text);
    }),
    RUNS,
  );
});

test('setting a scalar changes that scalar on its line and no other byte', () => {
  let changes = 0;
  fc.assert(
    fc.property(files, choices, scalars, (file, choice, value) => {
      const place = pick(
        placesOf(file).filter(({ entry, line }) => entry.value.kind === 'scalar' && line === 'own'),
        choice,
      );
      if (place?.entry.value.kind !== 'scalar') return;
      const old = place.entry.value.value;
      const text = edited(file, { kind: 'set', path: place.path, value });
      if (Object.is(old, value)) {
        expect(text).toBe(file.text);
        return;
      }
      changes += 1;
      expect(read(text)).toEqual(changed(dataOf(file.entries), place.path, value));
      const at = rangeOf(file, place.path)[0];
      const { scalar, text: line = '' } = file.lines[at] ?? {};
      if (!scalar) throw new Error('a scalar without a place');
      const now = linesOf(text, file);
      expect([...now.slice(0, at), line, ...now.slice(at + 1)]).toEqual(texts(file));
      const [prefix, suffix] = [line.slice(0, scalar.from), line.slice(scalar.to)];
      expect(now[at]?.startsWith(prefix) && now[at]?.endsWith(suffix)).toBe(true);
      const middle = now[at]?.slice(prefix.length, now[at].length - suffix.length) ?? '';
      if (typeof value !== 'string') expect(middle).toBe(String(value));
      else if (scalar.quote === 'single') expect(middle).toBe(`'${value.replaceAll("'", "''")}'`);
      else if (scalar.quote === 'double' || !isPlain(value)) expect(middle).toBe(JSON.stringify(value));
      else expect(middle).toBe(value);
    }),
    RUNS,
  );
  expect(changes).toBeGreaterThan(RUNS.numRuns / 3);
});

test('setting a scalar and setting it back gives the same bytes', () => {
  let changes = 0;
  fc.assert(
    fc.property(files, choices, scalars, (file, choice, value) => {
      const fits = ({ entry: { value: old }, line }: Place) =>
        old.kind === 'scalar' &&
        (line === 'own' || typeof value === typeof old.value) && // among JSON's keys a string gets quotes
        (old.quote === 'plain' || typeof old.value !== 'string'
          ? isPlain(old.value) && isPlain(value) // else quotes come, and stay
          : typeof value === 'string');
      const place = pick(placesOf(file).filter(fits), choice);
      if (place?.entry.value.kind !== 'scalar') return;
      changes += 1;
      const { path } = place;
      expect(edited(file, { kind: 'set', path, value }, { kind: 'set', path, value: place.entry.value.value })).toBe(
        file.text,
      );
    }),
    RUNS,
  );
  expect(changes).toBeGreaterThan(RUNS.numRuns / 3);
});

test('several scalars at once change on their lines and no other byte, in whatever order', () => {
  let changes = 0;
  fc.assert(
    fc.property(files, fc.array(fc.tuple(choices, scalars), { minLength: 2, maxLength: 4 }), (file, wanted) => {
      const fitting = placesOf(file).filter(({ entry, line }) => entry.value.kind === 'scalar' && line === 'own');
      const meant = new Map(
        wanted.flatMap(([choice, value]) => {
          const path = pick(fitting, choice)?.path;
          return path === undefined ? [] : [[path, value] as const];
        }),
      );
      const edits = [...meant].map(([path, value]): Edit => ({ kind: 'set', path, value }));
      const text = edited(file, ...edits);
      expect(edited(file, ...edits.toReversed())).toBe(text);
      let data: unknown = dataOf(file.entries);
      for (const [path, value] of meant) data = changed(data, path, value);
      expect(read(text)).toEqual(data);
      const lines = new Set([...meant.keys()].map((path) => rangeOf(file, path)[0]));
      const others = (all: readonly string[]) => all.map((line, index) => (lines.has(index) ? '' : line));
      expect(others(linesOf(text, file))).toEqual(others(texts(file)));
      if (meant.size > 1 && text !== file.text) changes += 1;
    }),
    RUNS,
  );
  expect(changes).toBeGreaterThan(RUNS.numRuns / 10);
});

test('what stands in braces changes on its own line only', () => {
  fc.assert(
    fc.property(
      files,
      choices,
      scalars,
      fc.constantFrom('set', 'add', 'remove', 'copy'),
      (file, choice, value, what) => {
        const place = pick(
          placesOf(file).filter(({ line, entry }) => line === 'braces' && entry.value.kind === 'scalar'),
          choice,
        );
        if (!place) return;
        const fresh = pathOf(place.above, 'fresh');
        const old = place.entry.value.kind === 'scalar' ? place.entry.value.value : undefined;
        const edit: Edit =
          what === 'set'
            ? { kind: 'set', path: place.path, value }
            : what === 'add'
              ? { kind: 'set', path: fresh, value }
              : what === 'copy'
                ? { kind: 'copy', from: place.path, to: fresh }
                : { kind: 'remove', path: place.path };
        const meant: Scalar | undefined = what === 'remove' ? undefined : what === 'copy' ? old : value;
        const text = edited(file, edit);
        expect(read(text)).toEqual(changed(dataOf(file.entries), 'path' in edit ? edit.path : edit.to, meant));
        const now = linesOf(text, file);
        const at = file.lines.findLastIndex(({ owner, head }) => head && `${place.path}/`.startsWith(`${owner}/`));
        expect([...now.slice(0, at), file.lines[at]?.text, ...now.slice(at + 1)]).toEqual(texts(file));
      },
    ),
    RUNS,
  );
});

test('a block goes with its own lines, the comments inside it included, and no other', () => {
  fc.assert(
    fc.property(files, choices, (file, choice) => {
      const place = pick(
        placesOf(file).filter(({ line, siblings, above }) => line === 'own' && (siblings.length > 1 || above)),
        choice,
      );
      if (!place) return;
      const text = edited(file, { kind: 'remove', path: place.path });
      expect(read(text)).toEqual(changed(dataOf(file.entries), place.path));
      const [from, to] = rangeOf(file, place.path);
      const left = [...texts(file).slice(0, from), ...texts(file).slice(to)];
      if (place.siblings.length === 1) {
        const parent = rangeOf(file, place.above)[0];
        left[parent] = left[parent]?.replace(/:(?= #|$)/, ': {}') ?? '';
      }
      expect(linesOf(text, file)).toEqual(left);
    }),
    RUNS,
  );
});

test('a copy comes right behind the original, without its comments, and every line of the file stays', () => {
  fc.assert(
    fc.property(files, choices, (file, choice) => {
      const place = pick(
        placesOf(file).filter(({ line }) => line === 'own'),
        choice,
      );
      if (!place) return;
      const to = pathOf(place.above, 'fresh');
      const text = edited(file, { kind: 'copy', from: place.path, to });
      const original = valueAt(dataOf(file.entries), place.path);
      expect(read(text)).toEqual(changed(dataOf(file.entries), to, original));
      const came = comings(file, text, rangeOf(file, place.path)[1]);
      const bare = own(file, place.path)
        .filter((line) => !/^ *# (?:inside|about) /.test(line))
        .map((line) => line.replace(/ # note$/, ''));
      const head = came[0] ?? '';
      expect(head.replace('fresh', '').replaceAll(/['"]/g, '')).toBe(
        (bare[0] ?? '').replace(place.entry.key, '').replaceAll(/['"]/g, ''),
      );
      expect(came.slice(1).filter((line) => line !== '')).toEqual(bare.slice(1).filter((line) => line !== ''));
    }),
    RUNS,
  );
});

/** The lines that came at one place; all others must be there as they were. */
function comings(file: File, text: string, at: number, was = texts(file)): readonly string[] {
  const now = linesOf(text, file);
  const count = now.length - was.length;
  expect(count).toBeGreaterThan(0);
  expect([...now.slice(0, at), ...now.slice(at + count)]).toEqual(was);
  return now.slice(at, at + count);
}

function valueAt(data: unknown, path: string): unknown {
  const keys = path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  return keys.reduce((at, key) => (at as Record<string, unknown>)[key], data);
}

const blocks: fc.Arbitrary<Scalar | Record<string, unknown>> = fc.oneof(
  scalars,
  fc.constantFrom<Record<string, unknown>>(
    { version: 'v2', headers: { stage: 'true' } },
    { args: ['-x', { a: 'b', c: [1] }] },
    {},
  ),
);

test('what is added comes behind its last sibling, and every line of the file stays', () => {
  fc.assert(
    fc.property(files, choices, blocks, fc.constantFrom('/fresh', '/fresh/er/st'), (file, choice, value, name) => {
      const above = pick(
        placesOf(file).filter(({ line, entry }) => line === 'own' && ['map', 'nothing'].includes(entry.value.kind)),
        choice,
      );
      const path = `${above?.path ?? ''}${name}`;
      const text = edited(file, { kind: 'put', path, value: value as never });
      expect(read(text)).toEqual(changed(dataOf(file.entries), path, value));
      const last = above?.entry.value.kind === 'map' ? above.entry.value.entries.at(-1) : undefined;
      const behind = above
        ? last
          ? pathOf(above.path, last.key)
          : above.path
        : pathOf('', file.entries.at(-1)?.key ?? '');
      const was = [...texts(file)];
      if (above?.entry.value.kind === 'nothing') {
        const head = rangeOf(file, above.path)[0];
        was[head] = was[head]?.replace(/: \{\}(?= #|$)/, ':') ?? '';
      }
      const came = comings(file, text, rangeOf(file, behind)[1], was);
      const column = /^ */.exec(came[0] ?? '')?.[0].length ?? 0;
      if (file.entries.some(({ value: { kind } }) => kind === 'map')) expect(column % file.style.step).toBe(0);
      expect(editValues(text, [{ kind: 'remove', path: `${above?.path ?? ''}/fresh` }])).toEqual({
        ok: true,
        text:
          above?.entry.value.kind === 'nothing' && above.entry.value.written === '' ? expect.any(String) : file.text,
      });
    }),
    RUNS,
  );
});

test('whatever the text, an edit is refused with a reason, or the result says exactly what was meant', () => {
  const pieces = [
    'a: &x 1\n',
    'b: *x\n',
    'a: &y {k: 1}\n',
    'c: *y\n',
    'd:\n  <<: *y\n  k: 2\n',
    'e: !!str 1\n',
    '? f\n: 1\n',
    'g: {k: 1,\n  l: 2 # z\n }\n',
    '- 1\n',
    '"h": |+\n  x\n\n',
    '  ',
    '# z\n',
    '\t',
    '{',
    '}',
    '---\n',
    '...\n',
    '\ufeff',
    '\r\n',
  ];
  const paths = [
    '/a',
    '/b',
    '/a/k',
    '/c',
    '/c/k',
    '/d/k',
    '/d/m',
    '/e',
    '/f',
    '/g/k',
    '/g/l',
    '/g/m',
    '/0',
    '/h',
    '/z/z',
  ];
  let made = 0;
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...pieces), { maxLength: 6 }),
      fc.constantFrom(...paths),
      fc.constantFrom('set', 'remove', 'copy'),
      (parts, path, what) => {
        const text = parts.join('');
        const to = `${path.slice(0, path.lastIndexOf('/'))}/new`;
        const edit: Edit =
          what === 'set'
            ? { kind: 'set', path, value: 'v 9' }
            : what === 'remove'
              ? { kind: 'remove', path }
              : { kind: 'copy', from: path, to };
        const result = editValues(text, [edit]);
        if (!result.ok) {
          expect(result.reason).not.toBe('');
          return;
        }
        const [before, after] = [dataIn(text), dataIn(result.text)];
        if (typeof before !== 'object') return; // a word, or what another reader refuses
        if (what === 'remove')
          expect(after).toEqual(valueAtOrNone(before, path) === undefined ? before : changed(before, path));
        else if (what === 'copy') expect(after).toEqual(changed(before, to, valueAtOrNone(before, path)));
        else if (Array.isArray(before)) expect(after).toEqual(['v 9', ...before.slice(1)]);
        else expect(after).toEqual(changed(before, path, 'v 9'));
        if (result.text !== text) made += 1;
      },
    ),
    { numRuns: 3000 },
  );
  expect(made).toBeGreaterThan(300);
});

function dataIn(text: string): unknown {
  try {
    return parseDocument(text, { schema: 'core', merge: true }).toJS() ?? {};
  } catch {
    return undefined;
  }
}

function valueAtOrNone(data: unknown, path: string): unknown {
  try {
    return valueAt(data, path);
  } catch {
    return undefined;
  }
}

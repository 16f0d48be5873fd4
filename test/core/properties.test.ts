import fc from 'fast-check';
import { loadAll } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { targets } from '../../src/charts/targets.ts';
import { build } from '../../src/core/build/build.ts';
import { escapeInvisible } from '../../src/core/model/invisible.ts';
import { nearest } from '../../src/core/model/nearest.ts';
import { brief, oneLine, printable } from '../../src/core/model/printable.ts';
import { formatMessage, parseMessage } from '../../src/core/model/trailers.ts';
import { fitBlocks, sizeOf } from '../../src/core/report/budget.ts';
import { code, fenced, markdown, workflowCommand } from '../../src/core/report/escape.ts';
import { gloo } from '../../src/core/targets/gloo/target.ts';
import { errorsIn } from '../../src/core/targets/schemas.ts';
import { renderRelease } from '../../src/core/targets/targets.ts';
import { serialize } from '../../src/core/yaml/serialize.ts';
import { readingsOf } from '../support/readings.ts';
import { bytesOf, defaults, echo } from './support.ts';

/** Words that some reader of YAML takes for something else than a string, or that break a careless writer. */
const NASTY = [
  'y',
  'No',
  'on',
  '1e3',
  'E0',
  'e-1',
  '+.5',
  '.5',
  '010',
  '0o7',
  '0x1f',
  '0b1',
  '1_000',
  '1:30',
  '1:30:00',
  '2024-11-05',
  '2024-11-05T10:00:00Z',
  '',
  ' a',
  'a ',
  'a: b',
  'a:',
  ': a',
  '#',
  'a #b',
  '-',
  '- a',
  '--- a',
  '...',
  '?',
  '? a',
  '!a',
  '&a',
  '*a',
  '|',
  '>',
  '%a',
  '@a',
  '`a`',
  '{a}',
  '[a]',
  'a, b',
  '"a"',
  "'a'",
  'a\\b',
  'a\nb',
  '\n',
  '\t',
  'a\tb',
  '\r\n',
  '\u0000',
  '\u001b[31m',
  '\u007f',
  '\u0085',
  '\u00a0',
  '\u2028',
  '\ufeff',
  '\ufffe',
  '\u202e',
  '😀',
  'é',
  '~',
  'null',
  'Null',
  'true',
  'FALSE',
  '.inf',
  '-.INF',
  '.NaN',
  '<<',
  '=',
  '0',
  '-0',
  '+1',
  '1.',
  '1e400',
  '__proto__',
  'constructor',
  '::error::x',
  '</details>',
  '```',
];

const text = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 20 }).filter((string) => string.isWellFormed()),
);

const data = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, text, fc.integer(), fc.boolean(), fc.constant(null), tie('list'), tie('map')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  map: fc.dictionary(
    text.filter((key) => key !== '__proto__'),
    tie('value'),
    { maxKeys: 4 },
  ),
}));

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** The value of one YAML document as its readers take it. */
function readings(yaml: string): readonly unknown[] {
  return readingsOf(yaml).map((documents) => {
    expect(documents).toHaveLength(1);
    return documents[0];
  });
}

describe('serialize', () => {
  test('is read back as it was, by every reader', () => {
    fc.assert(
      fc.property(data.map as fc.Arbitrary<object>, (value) => {
        const yaml = serialize(value);
        for (const read of readings(yaml === '' ? '{}' : yaml)) expect(read).toEqual(plain(value));
      }),
      { numRuns: 600 },
    );
  });

  test('every nasty word as a value, a key and an item', () => {
    for (const word of NASTY.filter((nasty) => nasty !== '__proto__')) {
      const value = { value: word, [word]: [word, { [word]: word }] };
      for (const read of readings(serialize(value))) expect(read).toEqual(value);
    }
  });

  test('writes the same bytes whatever the order of the keys', () => {
    fc.assert(
      fc.property(data.map as fc.Arbitrary<Record<string, unknown>>, (value) => {
        expect(serialize(Object.fromEntries(Object.entries(value).reverse()))).toBe(serialize(value));
      }),
    );
  });
});

const name = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,8}[a-z0-9])?$/);
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,20}[A-Za-z0-9])?)?$/;
const labelValue = fc.oneof(
  fc.constantFrom(...NASTY.filter((word) => LABEL_VALUE.test(word))),
  fc.stringMatching(LABEL_VALUE),
);
const version = fc.record(
  {
    image: fc.stringMatching(/^[a-z0-9./:@-]{1,20}$/),
    args: fc.array(text, { maxLength: 4 }),
    env: fc.dictionary(fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,5}$/), fc.oneof(text, fc.integer(), fc.boolean()), {
      maxKeys: 4,
    }),
    replicas: fc.integer({ min: 0, max: 20 }),
    labels: fc.dictionary(fc.stringMatching(/^x[a-z]{0,5}$/), labelValue, { maxKeys: 2 }),
    annotations: fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), text, { maxKeys: 2 }),
    resources: fc.constant({ requests: { cpu: 0.5, memory: '1Gi' } }),
    container: fc.record({ workingDir: text, tty: fc.boolean() }, { requiredKeys: [] }),
    pod: fc.record(
      { hostname: name, volumes: fc.uniqueArray(fc.record({ name }), { maxLength: 2, selector: (each) => each.name }) },
      { requiredKeys: [] },
    ),
    autoscaling: fc.record({ min: fc.integer({ min: 1, max: 5 }), max: fc.integer({ min: 5, max: 9 }) }),
    disruption: fc.record({
      minAvailable: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom('0%', '50%', '100%')),
    }),
  },
  { requiredKeys: [] },
);

const path = fc
  .tuple(
    fc.constantFrom('prefix', 'exact', 'regex'),
    fc.stringMatching(/^\/[a-z0-9/._-]{0,8}$/),
    fc.option(text, { nil: '' }),
  )
  .map(([kind, value, called]) => ({ [kind]: value, ...(called === '' ? {} : { function: called }) }));

/** What a path takes: the same twice is an error. */
function pathOf({ prefix, exact, regex }: Readonly<Record<string, string>>): string {
  return JSON.stringify([prefix, exact, regex]);
}

/** Valid values: two versions or more, a primary, and most often a canary. */
const values = fc
  .record({
    versions: fc.uniqueArray(fc.tuple(name, version), { minLength: 2, maxLength: 4, selector: ([key]) => key }),
    service: fc.option(fc.record({ port: fc.integer({ min: 1, max: 65535 }) }), { nil: undefined }),
    weight: fc.integer({ min: 0, max: 100 }),
    headers: fc.dictionary(
      fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,8}$/),
      text.filter((value) => value !== ''),
      { maxKeys: 3 },
    ),
    canary: fc.boolean(),
    paths: fc.option(
      fc.uniqueArray(path, {
        minLength: 1,
        maxLength: 4,
        selector: pathOf,
      }),
    ),
    shadow: fc.option(fc.integer({ min: 0, max: 100 })),
    destinations: fc.constantFrom(undefined, 'upstream'),
    selects: fc.constantFrom(undefined, 'all', 'primary'),
  })
  .map(({ versions, service, weight, headers, canary, paths, shadow, destinations, selects }) => ({
    deployment: Object.fromEntries(versions),
    ...(service || selects ? { service: { ...service, ...(selects ? { selects } : {}) } } : {}),
    routes: {
      ...(paths ? { paths } : {}),
      ...(shadow === null ? {} : { shadow: { version: versions[1]?.[0], percentage: shadow } }),
      ...(destinations ? { destinations } : {}),
      primary: { version: versions[0]?.[0] },
      ...(canary ? { canary: { version: versions[1]?.[0], weight, headers } } : {}),
    },
  }));

function reversed(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(reversed);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reversed(item)]),
  );
}

describe('rendering', () => {
  test('never fails for valid values, passes all schemas, and is read back as it was', () => {
    fc.assert(
      fc.property(values, (written) => {
        const built = build({ ...echo, bytes: bytesOf(escapeInvisible(JSON.stringify(written))) }, defaults, targets);
        expect(built.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
        if (!built.release) throw new Error('no release');
        const { workloads, routes } = renderRelease(built.release, gloo, targets);
        for (const object of [...workloads, ...routes]) {
          for (const read of readings(serialize(object))) expect(read).toEqual(plain(object));
        }
        for (const text of built.manifests?.values() ?? []) {
          for (const object of loadAll(text) as { readonly kind: string }[])
            expect(errorsIn(object, gloo.schemas)).toEqual([]);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('gives the same bytes whatever the order of the keys', () => {
    fc.assert(
      fc.property(values, (written) => {
        const [one, other] = [written, reversed(written)].map((each) => {
          return build({ ...echo, bytes: bytesOf(escapeInvisible(JSON.stringify(each))) }, defaults, targets);
        });
        // The order of `env` means something to Kubernetes: a variable may refer to one before it.
        if (Object.values(written.deployment).some(({ env = {} }) => Object.keys(env).length > 1)) return;
        expect(other?.manifests).toEqual(one?.manifests);
      }),
      { numRuns: 100 },
    );
  });

  test('weights add up to 100, and a header route comes before the route for all', () => {
    fc.assert(
      fc.property(values, (written) => {
        const { release } = build({ ...echo, bytes: bytesOf(serialize(written)) }, defaults, targets);
        if (!release) throw new Error('no release');
        // biome-ignore lint/suspicious/noExplicitAny: a RouteTable, as it was rendered
        const found = (gloo.render(release, targets.fill).routes[0] as any).spec.routes;
        const tested = release.canary?.headers.size ? 2 : 1; // routes of a path
        expect(found).toHaveLength(release.paths.length * tested);
        for (let index = 0; index < found.length; index += tested) {
          const { headers, ...matcher } = found[index].matchers[0];
          const main = found[index + tested - 1];
          expect(main.matchers).toEqual([matcher]);
          expect(headers ?? []).toHaveLength(release.canary?.headers.size ?? 0);
          const weights = main.routeAction.multi?.destinations.map(({ weight }: { weight: number }) => weight) ?? [100];
          expect(weights.reduce((sum: number, weight: number) => sum + weight, 0)).toBe(100);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('reading', () => {
  const ends = (bytes: Uint8Array) => {
    const { findings, release } = build({ ...echo, bytes }, defaults, targets);
    expect(release !== undefined || findings.length > 0).toBe(true);
    for (const { range } of findings) {
      expect(Math.min(range.line, range.column, range.endLine, range.endColumn)).toBeGreaterThanOrEqual(1);
      expect(range.endLine > range.line || range.endColumn >= range.column).toBe(true);
    }
  };

  test('any bytes end in findings or a Release', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), ends), { numRuns: 1_000 });
  });

  test('and so does anything that looks like YAML', () => {
    const piece = fc.constantFrom(
      'deployment',
      'routes',
      'v1',
      ': ',
      ':',
      '\n',
      '\n  ',
      '- ',
      '{',
      '}',
      '[',
      ']',
      ', ',
      '"',
      "'",
      '&a ',
      '*a',
      '<<: ',
      '!!str ',
      '!x ',
      '|',
      '>',
      '# ',
      '? ',
      '%',
      '---',
      '...',
      '~',
      '010',
      '\t',
      '\r\n',
      'primary',
      'canary',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => ends(bytesOf(pieces.join('')))),
      { numRuns: 3_000 },
    );
  });

  test('and so does anything where Kubernetes has its fields', () => {
    const fields = fc.dictionary(
      fc.constantFrom('image', 'args', 'env', 'replicas', 'resources', 'readinessProbe', 'labels', 'annotations'),
      data.value,
      { maxKeys: 3 },
    );
    const container = fc.dictionary(
      fc.constantFrom('ports', 'volumeMounts', 'envFrom', 'lifecycle', 'name', 'securityContext', 'x'),
      fc.oneof(data.value, fc.array(fc.record({ name: data.value, containerPort: data.value }), { maxLength: 3 })),
      { maxKeys: 3 },
    );
    const pod = fc.dictionary(
      fc.constantFrom('volumes', 'initContainers', 'containers', 'hostname', 'affinity', 'restartPolicy'),
      fc.oneof(data.value, fc.array(fc.record({ name: data.value, ports: data.value }), { maxLength: 3 })),
      { maxKeys: 3 },
    );
    const part = fc.tuple(fields, fc.option(fc.oneof(container, data.value)), fc.option(fc.oneof(pod, data.value)));
    fc.assert(
      fc.property(part, part, ([own, ofContainer, ofPod], [shared, more]) => {
        const written = {
          defaults: { ...shared, container: more },
          deployment: { v1: { ...own, container: ofContainer, pod: ofPod } },
          routes: { primary: { version: 'v1' } },
        };
        ends(bytesOf(escapeInvisible(JSON.stringify(written))));
      }),
      { numRuns: 500 },
    );
  });

  test('and so does a valid file with one character changed', () => {
    fc.assert(
      fc.property(values, fc.nat(), fc.constantFrom(...'{}[]:,-"\'&*!|>%@#\n\t x'), (written, at, character) => {
        const yaml = serialize(written);
        const index = at % yaml.length;
        ends(bytesOf(yaml.slice(0, index) + character + yaml.slice(index + 1)));
      }),
      { numRuns: 500 },
    );
  });
});

test('trailers come back as they were written', () => {
  const line = text.map((value) => escapeInvisible(value.trim())).filter((value) => value !== '');
  const trailers = fc.array(fc.tuple(fc.constantFrom('Release', 'Source-Commit', 'Traffic'), line), { maxLength: 5 });
  fc.assert(
    fc.property(line, trailers, (subject, list) => {
      expect(parseMessage(formatMessage({ subject, trailers: list }))).toEqual({ subject, trailers: list });
    }),
  );
});

test('the nearest word is itself, and never one that is far', () => {
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 5 }), (known) => {
      expect(nearest(known[0] ?? '', known)).toBe(known[0]);
      expect(nearest('xxxxxxxxxxxxxxxxxxxxxxxx', known)).toBeUndefined();
    }),
  );
});

describe('escapes', () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none of these may come out
  const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/;

  test('one line stays one line that shows all it has', () => {
    fc.assert(
      fc.property(text, (value) => {
        for (const escaped of [
          oneLine(value),
          brief(value),
          markdown(value),
          code(value),
          workflowCommand(oneLine(value), 'message'),
        ])
          expect(escaped).not.toMatch(UNSEEN);
        expect(printable(value).split('\n')).toHaveLength(value.split('\n').length);
      }),
    );
  });

  test('no HTML, mention or link comes out of Markdown', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom('<b>', '@octocat', '`', '[a](b)', '\\', 'http://x', '|', '*', '&lt;', '#1', '\n', 'a'),
          { maxLength: 12 },
        ),
        (parts) => {
          const escaped = markdown(parts.join(''));
          expect(escaped).not.toMatch(/<|@\w|:\/\/|(?<![&\\])#\d/);
          for (const mark of '`*[]|') {
            const bare = new RegExp(`(?<!\\\\)(?:\\\\\\\\)*\\${mark}`);
            expect(bare.test(escaped)).toBe(false);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test('code and fences end where they should', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('`', '``', '```', '````', 'a', '\n', '</details>', '~~~'), { maxLength: 12 }),
        (parts) => {
          const value = parts.join('');
          const fence = /^`+/.exec(code(value))?.[0] ?? '';
          expect(code(value).slice(fence.length, -fence.length).split(/[^`]+/)).not.toContain(fence);
          const [open = '', ...rest] = fenced('', value).split('\n');
          expect(rest.findIndex((line) => line.startsWith(open))).toBe(rest.length - 1);
        },
      ),
      { numRuns: 500 },
    );
  });

  test.each([
    ['a:b,c%\n', 'message', 'a:b,c%25%0A'],
    ['a:b,c%\r', 'property', 'a%3Ab%2Cc%25%0D'],
  ] as const)('a workflow command takes %j as a %s', (value, place, expected) => {
    expect(workflowCommand(value, place)).toBe(expected);
  });
});

test('the budget leaves out whole blocks, and no more than it must', () => {
  fc.assert(
    fc.property(
      fc.array(
        text.map((block) => `${block}x`),
        { maxLength: 20 },
      ),
      fc.nat({ max: 200 }),
      (blocks, limit) => {
        const fitted = fitBlocks(blocks, limit);
        expect(sizeOf(fitted.text)).toBeLessThanOrEqual(limit);
        const taken = blocks.filter((block) => fitted.text.includes(block));
        expect(taken.length).toBeGreaterThanOrEqual(fitted.shown);
        const smallest = Math.min(...blocks.map(sizeOf), limit);
        if (fitted.shown < blocks.length && fitted.shown === 0) expect(smallest + 2).toBeGreaterThan(limit - 2);
      },
    ),
  );
});

test('a serialized release is one document', () => {
  expect(parseAllDocuments(serialize({ a: '---', b: '...' }))).toHaveLength(1);
});

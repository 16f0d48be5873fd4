import fc from 'fast-check';

/** Words that some reader of YAML takes for something else than a string, or that break a careless writer. */
export const NASTY = [
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

/** A text that some reader may take for something else. */
export const text = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 20 }).filter((string) => string.isWellFormed()),
);

/** What YAML can say. */
export const data = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, text, fc.integer(), fc.boolean(), fc.constant(null), tie('list'), tie('map')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  map: fc.dictionary(
    text.filter((key) => key !== '__proto__'),
    tie('value'),
    { maxKeys: 4 },
  ),
}));

/** The name of an object. */
export const name = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,8}[a-z0-9])?$/);
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
export const values = fc
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

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { targets } from '../../../../src/charts/targets.ts';
import type { Manifest } from '../../../../src/core/model/manifest.ts';
import type { Release, Version } from '../../../../src/core/model/release.ts';
import type { Domain } from '../../../../src/core/settings/settings.ts';
import { explainRequest } from '../../../../src/core/targets/explain.ts';
import type { Answer, World } from '../../../../src/core/targets/explanation.ts';
import { renderGloo } from '../../../../src/core/targets/gloo/render.ts';

type Table = World['releases'][number];

function domain(apiGroup: string, hosts: readonly string[] = ['*'], prefix = '/'): Domain {
  return {
    apiGroup,
    hosts,
    prefix,
    virtualService: { name: 'app', namespace: 'gloo-system' },
    render: true,
    claims: [],
  };
}

/** A RouteTable; the release is in a namespace of its own name unless its name says another: `team/echo`. */
function table(release: string, routes: readonly object[], { apiGroup = 'example', weight = 0 } = {}): Table {
  const [name = '', namespace = name] = release.split('/').reverse();
  return {
    id: { name, namespace },
    routes: [
      {
        kind: 'RouteTable',
        metadata: { name: `${name}-routes`, namespace, labels: { apiGroup } },
        spec: { ...(weight === 0 ? {} : { weight }), routes },
      } as Manifest,
    ],
  };
}

/** A route to one version of a subset. */
function route(matcher: object, version: string): object {
  return { matchers: [matcher], routeAction: { single: destination(version) } };
}

function prefix(path: string, version = 'v1', headers?: Readonly<Record<string, string>>): object {
  const list = Object.entries(headers ?? {}).map(([name, value]) => ({ name, value }));
  return route({ prefix: path, ...(headers ? { headers: list } : {}) }, version);
}

function destination(version: string): object {
  return { upstream: { name: 'echo', namespace: 'echo' }, subset: { values: { version } } };
}

function shared(weights: Readonly<Record<string, number | undefined>>): object {
  const destinations = Object.entries(weights).map(([version, weight]) => ({
    destination: destination(version),
    ...(weight === undefined ? {} : { weight }),
  }));
  return { matchers: [{ prefix: '/echo' }], routeAction: { multi: { destinations } } };
}

interface Asked {
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly domains?: readonly Domain[];
  readonly broken?: World['broken'];
}

function ask(path: string, tables: readonly Table[], asked: Asked = {}): Answer {
  const { host, headers = {}, domains = [domain('example')], broken = [] } = asked;
  const request = { path, headers: new Map(Object.entries(headers)), ...(host === undefined ? {} : { host }) };
  return explainRequest(request, { domains, releases: tables, broken }).answer;
}

/** `echo v1 100`, or the reason. */
function said(answer: Answer): string {
  if (answer.release === null) return answer.reason;
  const shares = answer.destinations.map(({ version, percent }) => `${version} ${percent}`);
  return `${answer.release} ${shares.join(' ')}`;
}

/** Which release answers; null for none. */
function who(path: string, tables: readonly Table[], asked?: Asked): string | null {
  return ask(path, tables, asked).release;
}

describe('the domain is chosen by the host', () => {
  const domains = [
    domain('all', ['*']),
    domain('start', ['shop.*', 'shop.example.*']),
    domain('short', ['*.com']),
    domain('long', ['*.example.com', '*-eu.example.com']),
    domain('exact', ['Shop.Example.com', 'other.org:8443']),
  ];
  const tables = domains.map(({ apiGroup }) => table(apiGroup, [prefix('/')], { apiGroup }));
  test.each([
    ['shop.example.com', 'exact'],
    ['SHOP.example.COM', 'exact'],
    ['shop.example.com:8080', 'exact'],
    ['other.org:8443', 'exact'],
    ['other.org:80', 'all'],
    ['api.example.com', 'long'],
    ['a-eu.example.com', 'long'],
    ['shop.com', 'short'], // a suffix before a prefix, even where that is longer
    ['.example.com', 'short'], // the wildcard stands for at least one letter
    ['shop.org', 'start'],
    ['shop.', 'all'],
    ['elsewhere.org', 'all'],
    [undefined, 'all'],
  ])('%s -> %s', (host, expected) => {
    const asked = { domains, ...(host === undefined ? {} : { host }) };
    expect(who('/', tables, asked)).toBe(expected);
    expect(who('/', tables, { ...asked, domains: domains.toReversed() })).toBe(expected);
  });

  test('of two wildcards the longer first, however they are listed', () => {
    const two = [domain('short', ['*.com']), domain('long', ['*.example.com'])];
    for (const listed of [two, two.toReversed()]) {
      expect(who('/', tables, { domains: listed, host: 'a.example.com' })).toBe('long');
    }
  });

  test('without a host it is the only domain', () => {
    expect(who('/', tables, { domains: [domain('exact', ['shop.example.com'])] })).toBe('exact');
  });

  test('a known host or none: the reason lists what there is', () => {
    const some = [domain('exact', ['shop.example.com']), domain('long', ['*.example.org'])];
    expect(said(ask('/', tables, { domains: some, host: 'typo.example.com' }))).toBe(
      'no domain answers the host typo.example.com; known hosts: shop.example.com, *.example.org',
    );
    expect(said(ask('/', tables, { domains: some }))).toBe(
      'there are several domains, and no host says which; known hosts: shop.example.com, *.example.org',
    );
    expect(said(ask('/', tables, { domains: [] }))).toBe(
      'there is no domain; name one under domains in .github/coalmine.yml',
    );
  });
});

describe('a path', () => {
  const exact = table('exact', [route({ exact: '/echo' }, 'v1')]);
  const regex = table('regex', [route({ regex: '/ec.o|/a/[0-9]+' }, 'v1')]);
  const echo = table('echo', [prefix('/echo')]);
  const admin = table('echo-admin', [prefix('/echo-admin')]);
  const root = table('root', [prefix('/')]);
  test.each<[string, readonly Table[], string | null]>([
    ['/echo', [echo], 'echo'],
    ['/echo/', [echo], 'echo'],
    ['/echoes', [echo], 'echo'],
    ['/echo-admin', [echo], 'echo'],
    ['/Echo', [echo], null],
    ['/ech', [echo], null],
    ['/echo-admin/users', [echo, admin], 'echo-admin'],
    ['/echo-adm', [echo, admin], 'echo'],
    ['/echo', [root, echo], 'echo'],
    ['/elsewhere', [root, echo], 'root'],
    ['/echo', [exact], 'exact'],
    ['/echo?a=/b', [exact], 'exact'],
    ['/echo#there', [exact], 'exact'],
    ['/echo/', [exact], null],
    ['/', [exact], null],
    ['/ecco', [regex], 'regex'],
    ['/a/12?b', [regex], 'regex'],
    ['/a/12/b', [regex], null],
    ['/x/a/12', [regex], null],
    ['/ecco/x', [regex], null],
    ['/echo', [echo, regex, exact], 'exact'],
    ['/ecco', [root, regex], 'regex'],
    ['/echo', [echo, regex], 'regex'],
    ['/any', [table('bare', [{ routeAction: { single: destination('v1') } }])], 'bare'],
    ['/[', [table('odd', [route({ regex: '/[' }, 'v1')])], null],
  ])('%s', (path, tables, expected) => {
    expect(who(path, tables)).toBe(expected);
    expect(who(path, tables.toReversed())).toBe(expected);
  });
});

describe('the order of routes', () => {
  test('paths go by text, descending, not by length', () => {
    const long = table('a', [route({ regex: '/[b]anana.*' }, 'v1')]);
    const short = table('b', [route({ regex: '/b.*' }, 'v1')]);
    expect(who('/bananas', [long, short])).toBe('b'); // "b" is after "[" in ASCII
  });

  test('two teams on one path: the first by namespace, then by name, takes all, whichever is given first', () => {
    const teams = [
      table('zoo/a', [prefix('/echo')]),
      table('ann/z', [prefix('/echo')]),
      table('ann/b', [prefix('/echo')]),
    ];
    for (const tables of [teams, teams.toReversed()]) {
      expect(who('/echo', tables)).toBe('b');
      expect(
        who(
          '/echo',
          tables.filter(({ id }) => id.name !== 'b'),
        ),
      ).toBe('z');
    }
  });

  test('headers do not count: a catch-all that is written first hides the header route', () => {
    const hidden = table('echo', [prefix('/echo', 'v1'), prefix('/echo', 'v2', { stage: 'canary' })]);
    for (const tables of [[hidden], [hidden, table('other', [prefix('/other')])]]) {
      expect(said(ask('/echo', tables, { headers: { stage: 'canary' } }))).toBe('echo v1 100');
    }
  });

  test('a RouteTable on its own keeps its order; with a second one the longer prefix comes first', () => {
    const short = table('echo', [prefix('/echo', 'v1'), prefix('/echo/admin', 'v2')]);
    expect(said(ask('/echo/admin', [short]))).toBe('echo v1 100');
    const both = [short, table('other', [prefix('/other')])];
    expect(ask('/echo/admin', both)).toMatchObject({ route: 1, destinations: [{ version: 'v2', percent: 100 }] });
    expect(ask('/echo', both)).toMatchObject({ route: 0 });
  });

  test('tables of another weight come before or after, unsorted between each other', () => {
    const echo = table('echo', [prefix('/echo')]);
    const rootAt = (weight: number) => table('root', [prefix('/')], { weight });
    expect(who('/echo', [echo, rootAt(0)])).toBe('echo');
    expect(who('/echo', [echo, rootAt(-1)])).toBe('root');
    expect(who('/echo', [rootAt(1), echo])).toBe('echo');
    expect(who('/echo', [table('a', [prefix('/')], { weight: 10 }), table('b', [prefix('/')], { weight: 9 })])).toBe(
      'b',
    );
  });

  test('a route goes by the most specific of its matchers, and each of them takes requests', () => {
    const several = table('b', [
      { matchers: [{ prefix: '/' }, { exact: '/echo/x' }], routeAction: { single: destination('v1') } },
    ]);
    const echo = table('a', [prefix('/echo')]);
    expect(who('/echo/y', [echo, several])).toBe('b');
    expect(who('/elsewhere', [echo, several])).toBe('b');
  });

  test('more methods come first', () => {
    const reading = table('b', [route({ prefix: '/', methods: ['GET', 'HEAD'] }, 'v1')]);
    expect(who('/echo', [table('a', [prefix('/echo')]), reading])).toBe('b');
    const writing = table('b', [route({ prefix: '/', methods: ['POST'] }, 'v1')]);
    expect(who('/echo', [table('a', [prefix('/echo')]), writing])).toBe('a');
  });
});

describe('headers', () => {
  const stage = { stage: 'canary' };
  const both = { stage: 'canary', 'X-Who': 'me' };
  const inverted = (value?: string) => [
    { name: 'stage', ...(value === undefined ? {} : { value }), invertMatch: true },
  ];
  test.each<[string, object, Readonly<Record<string, string>>, string]>([
    ['as written', prefix('/', 'v2', stage), { stage: 'canary' }, 'v2'],
    ['a name in another case', prefix('/', 'v2', stage), { STAGE: 'canary' }, 'v2'],
    ['a name that is written in another case', prefix('/', 'v2', { Stage: 'canary' }), { stage: 'canary' }, 'v2'],
    ['a value in another case', prefix('/', 'v2', stage), { stage: 'Canary' }, 'v1'],
    ['a longer value', prefix('/', 'v2', stage), { stage: 'canary2' }, 'v1'],
    ['none', prefix('/', 'v2', stage), {}, 'v1'],
    ['one of two', prefix('/', 'v2', both), { stage: 'canary' }, 'v1'],
    ['both of two, and one more', prefix('/', 'v2', both), { ...both, other: 'x' }, 'v2'],
    ['any value', route({ prefix: '/', headers: [{ name: 'stage' }] }, 'v2'), { stage: 'x' }, 'v2'],
    ['any value, none given', route({ prefix: '/', headers: [{ name: 'stage' }] }, 'v2'), {}, 'v1'],
    ['a regex', route({ prefix: '/', headers: [{ name: 'a', value: 'b+', regex: true }] }, 'v2'), { a: 'bb' }, 'v2'],
    [
      'part of a regex',
      route({ prefix: '/', headers: [{ name: 'a', value: 'b', regex: true }] }, 'v2'),
      { a: 'bb' },
      'v1',
    ],
    ['inverted', route({ prefix: '/', headers: inverted('canary') }, 'v2'), { stage: 'x' }, 'v2'],
    ['inverted, that value', route({ prefix: '/', headers: inverted('canary') }, 'v2'), stage, 'v1'],
    ['inverted, not there', route({ prefix: '/', headers: inverted('canary') }, 'v2'), {}, 'v1'],
    ['absent', route({ prefix: '/', headers: inverted() }, 'v2'), {}, 'v2'],
  ])('%s', (_name, first, headers, version) => {
    expect(said(ask('/echo', [table('echo', [first, prefix('/')])], { headers }))).toBe(`echo ${version} 100`);
  });

  test('and query parameters', () => {
    const echo = table('echo', [
      route({ prefix: '/', queryParameters: [{ name: 'a', value: 'b' }] }, 'v2'),
      prefix('/'),
    ]);
    expect(said(ask('/echo?a=b', [echo]))).toBe('echo v2 100');
    expect(said(ask('/echo?a=c', [echo]))).toBe('echo v1 100');
  });
});

describe('shares', () => {
  test.each<[Readonly<Record<string, number | undefined>>, string]>([
    [{ v1: 75, v2: 25 }, 'echo v1 75 v2 25'],
    [{ v1: 100, v2: 50 }, 'echo v1 66.67 v2 33.33'],
    [{ v1: 1, v2: 1, v3: 1 }, 'echo v1 33.34 v2 33.33 v3 33.33'],
    [{ v1: 0, v2: 100 }, 'echo v2 100'],
    [{ v1: 100, v2: undefined }, 'echo v1 100'],
    [{ v1: 0, v2: 0 }, 'route 0 of echo takes it and names no version with a weight; give it one'],
  ])('%j', (weights, expected) => {
    expect(said(ask('/echo', [table('echo', [shared(weights)])]))).toBe(expected);
  });

  test('are of versions: a subset, or an Upstream named for one, or an Upstream', () => {
    const to = (upstream: object) => [
      table('echo', [{ matchers: [{ prefix: '/' }], routeAction: { single: { upstream } } }]),
    ];
    expect(said(ask('/', to({ name: 'echo-v2', namespace: 'echo' })))).toBe('echo v2 100');
    expect(said(ask('/', to({ name: 'echo-v2' })))).toBe('echo v2 100');
    expect(said(ask('/', to({ name: 'echo-v2', namespace: 'default' })))).toBe('echo echo-v2 100');
    expect(said(ask('/', to({ name: 'petstore-v2-8080', namespace: 'echo' })))).toBe('echo petstore-v2-8080 100');
  });

  test('are of a release, by its short name where there is one of it', () => {
    const two = [table('a/echo', [prefix('/a')]), table('b/echo', [prefix('/b')]), table('fox', [prefix('/fox')])];
    expect([who('/b', two), who('/fox', two)]).toEqual(['b/echo', 'fox']);
    const broken = [{ namespace: 'b', name: 'echo' }];
    expect(who('/a', two.slice(0, 1), { broken })).toBe('a/echo');
  });

  test('say it as JSON does', () => {
    expect(JSON.stringify(ask('/echo', [table('echo', [shared({ v1: 75, v2: 25 })])]))).toBe(
      '{"release":"echo","route":0,"destinations":[{"version":"v1","percent":75},{"version":"v2","percent":25}]}',
    );
  });
});

describe('where nothing answers, the reason names the way out', () => {
  const echo = table('echo', [prefix('/echo')]);
  const api = [domain('example', ['*'], '/api')];
  const two = [domain('example', ['a.org']), domain('shop', ['b.org', 'c.org'])];
  test.each<[string, readonly Table[], Asked, string]>([
    [
      '/ecko/users/12',
      [echo],
      {},
      'no release of the domain example has a route for /ecko/users/12; the nearest is /echo of echo',
    ],
    [
      '/nothing/alike',
      ['a', 'b', 'c', 'd'].map((name) => table(`${name}-team`, [prefix(`/${name}-team`)])),
      {},
      'no release of the domain example has a route for /nothing/alike; there are /d-team of d-team, /c-team of c-team, /b-team of b-team and 1 more',
    ],
    ['/echo', [], {}, 'no release has a route in the domain example'],
    [
      '/echo',
      [table('echo', [prefix('/echo', 'v2', { stage: 'canary' })])],
      { headers: { stage: 'no' } },
      'echo takes it only by prefix /echo with stage: canary',
    ],
    [
      '/echo',
      [echo],
      { domains: api },
      "echo takes it by prefix /echo, which is outside the domain's prefix /api: Gloo leaves that route out",
    ],
    [
      '/else',
      [table('echo', [prefix('/api/echo')])],
      { domains: api },
      'the domain example takes only paths that begin with /api',
    ],
    [
      '/echo',
      [table('echo', [prefix('/echo')], { apiGroup: 'shop' })],
      { domains: two, host: 'a.org' },
      'echo takes it by prefix /echo, but in the domain shop; its hosts: b.org, c.org',
    ],
    [
      '/echo',
      [table('echo', [prefix('/echo')], { apiGroup: 'typo' })],
      { domains: two, host: 'a.org' },
      'echo takes it by prefix /echo, but no domain selects its apiGroup typo; known: example, shop',
    ],
    [
      '/fox/x',
      [echo],
      { broken: [{ namespace: 'fox', name: 'fox' }] },
      'fox would take it by its name, but has errors; fix them first',
    ],
  ])('%s: %#', (path, tables, asked, reason) => {
    expect(ask(path, tables, asked)).toEqual({ release: null, reason });
  });

  test('a route below the prefix as text is in, a regex by its text as well', () => {
    const domains = api;
    expect(who('/apis/echo', [table('echo', [prefix('/apis')])], { domains })).toBe('echo');
    expect(who('/api/echo', [table('echo', [route({ regex: '/api/.*' }, 'v1')])], { domains })).toBe('echo');
    expect(who('/api/echo', [table('echo', [route({ regex: '/(api)/.*' }, 'v1')])], { domains })).toBeNull();
  });

  test('a route of which one matcher is outside the prefix is out with all of them', () => {
    const matchers = [{ prefix: '/api/echo' }, { prefix: '/echo' }];
    const half = table('echo', [{ matchers, routeAction: { single: destination('v1') } }]);
    expect(who('/api/echo', [half], { domains: api })).toBeNull();
  });
});

describe('why, and what other headers would change', () => {
  const headers = (...pairs: readonly (readonly [string, string])[]) => new Map(pairs);
  const echo = table('echo', [prefix('/echo', 'v2', { Stage: 'canary' }), shared({ v1: 75, v2: 25 })]);
  const fox = table('fox', [prefix('/', 'v1', { a: 'b' })]);
  const other = table('other', [prefix('/other', 'v1', { stage: 'canary', more: 'yes' })]);
  const world = { domains: [domain('example')], releases: [echo, fox, other] };

  test('headers that were not sent', () => {
    const { by, variations } = explainRequest({ path: '/echo', headers: headers() }, world);
    expect(by).toBe('route 1 of its RouteTable (counted from 0): prefix /echo');
    expect(variations.map(({ change, answer }) => [change, said(answer)])).toEqual([
      ['with Stage: canary', 'echo v2 100'], // "a: b" is fox's, which comes after
    ]);
  });

  test('headers that decided', () => {
    const { by, variations } = explainRequest({ path: '/echo', headers: headers(['stage', 'canary']) }, world);
    expect(by).toBe('route 0 of its RouteTable (counted from 0): prefix /echo with Stage: canary');
    expect(variations.map(({ change, answer }) => [change, said(answer)])).toEqual([
      ['without Stage', 'echo v1 75 v2 25'],
    ]);
  });

  test('headers that would get an answer at all', () => {
    const { answer, variations } = explainRequest({ path: '/else', headers: headers() }, world);
    expect(answer.release).toBeNull();
    expect(variations.map(({ change, answer: other }) => [change, said(other)])).toEqual([['with a: b', 'fox v1 100']]);
  });

  test('a broken release that would come first', () => {
    const broken = ['echo-admin', 'e'].map((name) => ({ namespace: 'x', name }));
    const missing = (path: string) => explainRequest({ path, headers: headers() }, { ...world, broken }).missing;
    expect([missing('/echo-admin/a'), missing('/echo')]).toEqual([['echo-admin'], []]);
  });
});

describe('of rendered releases', () => {
  const version = (name: string): readonly [string, Version] => [
    name,
    { name, image: 'x', env: [], replicas: 1, labels: {}, annotations: {}, ports: [], container: {}, pod: {} },
  ];
  const releases = fc
    .uniqueArray(fc.stringMatching(/^[a-e]{1,3}(-[a-c])?$/), { minLength: 1, maxLength: 5 })
    .chain((names) => fc.tuple(...names.map(release)));

  function release(name: string): fc.Arbitrary<Release> {
    const headers = fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), fc.stringMatching(/^[!-~]{1,8}$/), { maxKeys: 3 });
    const canary = fc.record({ version: fc.constant('v2'), weight: fc.integer({ min: 0, max: 100 }), headers });
    return fc.option(canary, { nil: undefined }).map((chosen) => ({
      id: { namespace: name, name },
      file: `charts-values/${name}.yaml`,
      versions: new Map([version('v1'), version('v2')]),
      service: { port: 80, targetPort: 8080, selects: 'all' },
      apiGroup: 'example',
      paths: [{ kind: 'prefix', path: `/${name}` }],
      destinations: 'subset',
      primary: { version: 'v1' },
      ...(chosen ? { canary: { ...chosen, headers: new Map(Object.entries(chosen.headers).sort()) } } : {}),
    }));
  }

  test('each answers its own path, in 100 percent, and its headers reach its canary', () => {
    fc.assert(
      fc.property(releases, (all) => {
        const releases = all.map((one) => ({ id: one.id, routes: renderGloo(one, targets.fill).routes }));
        const world = { domains: [domain('example')], releases };
        for (const { id, canary } of all) {
          const path = `/${id.name}`;
          const plain = explainRequest({ path: `${path}?q`, headers: new Map() }, world).answer;
          if (plain.release !== id.name) throw new Error(`${path} is answered by ${said(plain)}`);
          expect(plain.destinations.reduce((sum, { percent }) => sum + percent, 0)).toBe(100);
          expect(plain.destinations.find((each) => each.version === 'v2')?.percent ?? 0).toBe(canary?.weight ?? 0);
          expect(plain.destinations.every(({ percent }) => percent > 0)).toBe(true);

          const headers = canary?.headers ?? new Map();
          if (headers.size === 0) continue;
          const tested = explainRequest({ path: `${path}/below`, headers }, world).answer;
          expect(tested).toEqual({ release: id.name, route: 0, destinations: [{ version: 'v2', percent: 100 }] });
          expect(plain.route).toBe(1);
        }
      }),
    );
  });
});

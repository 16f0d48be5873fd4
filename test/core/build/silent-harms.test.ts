import { loadAll } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { targets } from '../../../src/charts/targets.ts';
import { decideReview } from '../../../src/core/report/decide-review.ts';
import { fetchComparison } from '../../../src/flows/review/comparison.ts';
import { memoryTree, NOTHING_PUBLISHED } from '../../support/memory-tree.ts';

// What Gloo and the chart of part 3 take without a word, and what would hurt: each as somebody would write it, with the
// finding that stops it on the pull request, and beside it a neighbour that is fine.

/** Files by path. In what is judged, `# ! rule` marks the lines that get a finding of this rule, and no other line does. */
type Files = Readonly<Record<string, string>>;

interface Harm {
  readonly harm: string; // in the cluster
  readonly files: Files;
  readonly fine: Files;
  readonly base?: Files; // the base of the pull request; without one everything is new
}

const SETTINGS = '.github/coalmine.yml';
const ECHO = 'charts-values/echo.yaml';

async function reviewOf(files: Files, base: Files = {}) {
  const [before, after] = [base, files].map((each) => memoryTree(new Map(Object.entries(each))));
  if (!before || !after) throw new Error('two trees');
  return fetchComparison(NOTHING_PUBLISHED, { before, after, base: 'main', head: 'head' }, targets);
}

async function findingsOf(files: Files, base?: Files): Promise<readonly string[]> {
  const { findings } = decideReview(await reviewOf(files, base), targets);
  return findings.map(({ file, range, rule }) => `${file}:${range.line} ${rule}`);
}

function marked(files: Files): readonly string[] {
  return Object.entries(files).flatMap(([file, text]) =>
    text.split('\n').flatMap((line, index) => {
      return [...line.matchAll(/# ! (\S+)/g)].map(([, rule]) => `${file}:${index + 1} ${rule}`);
    }),
  );
}

/** echo with two versions; what is given comes below `routes:`. */
function echo(...routes: readonly string[]): Files {
  return {
    [ECHO]: [
      'deployment:',
      '  v1: { image: a }',
      '  v2: { image: b }',
      'routes:',
      ...routes.map((line) => `  ${line}`),
      '',
    ].join('\n'),
  };
}

const PRIMARY = 'primary: { version: v1 }';
const canary = (...lines: readonly string[]) => ['canary:', '  version: v2', ...lines.map((line) => `  ${line}`)];

/** echo whose canary has this weight. */
const weighing = (weight: string) => echo(PRIMARY, ...canary(`weight: ${weight}`));

/** echo whose canary is tested by this header. */
const tested = (header: string) => echo(PRIMARY, ...canary('headers:', `  ${header}`));

/** echo whose second version is an upstream that exists already. */
const outside = (name: string) => ({
  [SETTINGS]: 'upstreams: [{ name: echo-legacy }]\n',
  [ECHO]: `deployment:\n  v1: { image: a }\n  v2:\n    upstream:\n      name: ${name}\nroutes:\n  primary: { version: v1 }\n  canary: { version: v2, weight: 5 }\n`,
});

const shop = (routes: string) => ({
  [SETTINGS]: 'domains: { shop: { prefix: /shop } }\n',
  [ECHO]: `deployment: { v1: { image: a } }\nroutes:\n  primary: { version: v1 }\n  ${routes}\n`,
});

const domains = (hosts: string) => ({
  [SETTINGS]: `domains:\n  bank:\n    hosts: [bank.example.com]\n  shop:\n    hosts:\n      - ${hosts}\n`,
});

const CLAIMS = 'domains: { example: { claims: [{ prefix: /legacy }] } }\n';

/** A release on the path of its name, or on this one; a rule that is broken by the path that nobody wrote is marked. */
const plain = (name: string, rule = '', prefix = '') => ({
  [`charts-values/${name}.yaml`]: [
    'deployment: { v1: { image: a } }',
    `routes:${rule === '' ? '' : ` # ! ${rule}`}`,
    '  primary: { version: v1 }',
    ...(prefix === '' ? [] : ['  paths:', `    - prefix: ${prefix}`]),
    '',
  ].join('\n'),
});

const HARMS: readonly Harm[] = [
  {
    harm: 'all requests go to a version that nobody deploys: any pod answers, or none',
    files: echo('primary:', '  version: v3 # ! invalid-destination'),
    fine: echo('primary:', '  version: v2'),
  },
  {
    harm: "the canary's share goes to a version that nobody deploys",
    files: echo(PRIMARY, 'canary:', '  version: v22 # ! invalid-destination', '  weight: 50'),
    fine: echo(PRIMARY, 'canary:', '  version: v2', '  weight: 50'),
  },
  {
    harm: 'a header test passes on the old version, because no pod has the new one',
    files: echo(PRIMARY, 'canary:', '  version: next # ! invalid-destination', '  headers: { stage: canary }'),
    fine: echo(PRIMARY, 'canary:', '  version: v2', '  headers: { stage: canary }'),
  },
  {
    harm: 'requests are mirrored to a version that nobody deploys',
    files: echo(PRIMARY, 'shadow:', '  version: v22 # ! invalid-destination'),
    fine: echo(PRIMARY, 'shadow:', '  version: v2'),
  },
  {
    harm: 'a missing upstream is a 503 for its share, and in older versions of Gloo freezes every team',
    files: outside('echo-legasy # ! invalid-destination'),
    fine: outside('echo-legacy'),
  },
  {
    harm: 'shadowing takes an upstream and never a subset: the mirror would be every version',
    files: echo(PRIMARY, 'destinations: subset # ! invalid-destination', 'shadow: { version: v2 }'),
    fine: echo(PRIMARY, 'destinations: upstream', 'shadow: { version: v2 }'),
  },
  {
    harm: 'a RouteTable that no VirtualService selects gets no request',
    files: shop('apiGroup: shp # ! route-unreachable'),
    fine: shop('apiGroup: shop'),
  },
  {
    harm: 'a path outside the prefix of the domain is left out',
    files: shop('apiGroup: shop\n  paths:\n    - prefix: /echo # ! route-unreachable'),
    fine: shop('apiGroup: shop\n  paths:\n    - prefix: /shop/echo'),
  },
  {
    harm: 'one host in two VirtualServices: both are refused',
    files: domains('BANK.example.com # ! domain-conflict'),
    fine: domains('shop.example.com'),
  },
  {
    harm: 'a canary that no request reaches: the chart of part 3 sends it all of them',
    files: echo(PRIMARY, 'canary: # ! canary-has-no-effect', '  version: v2', '  weight: 0'),
    fine: weighing('1'),
  },
  {
    harm: 'primary and canary are one version: the shares say nothing',
    files: echo(PRIMARY, 'canary:', '  version: v1 # ! canary-is-primary', '  weight: 5'),
    fine: weighing('5'),
  },
  {
    harm: 'weights that do not add up to 100: 100 and 50 are 2 to 1',
    files: echo('primary:', '  version: v1', '  weight: 100 # ! schema', ...canary('weight: 50')),
    fine: weighing('50'),
  },
  { harm: 'a weight of 150 gives -50 and 150', files: weighing('150 # ! schema'), fine: weighing('100') },
  { harm: 'a negative weight', files: weighing('-5 # ! schema'), fine: weighing('5') },
  { harm: 'a weight of 12.7 gives 88 and 12', files: weighing('12.7 # ! schema'), fine: weighing('12') },
  { harm: 'a weight that is no number', files: weighing('"50" # ! schema'), fine: weighing('50') },
  { harm: 'a weight that YAML 1.1 reads as another: 8', files: weighing('010 # ! schema'), fine: weighing('10') },
  {
    harm: 'an unquoted version 1.10 becomes 1.1',
    files: {
      [ECHO]:
        'deployment:\n  1.10: { image: a } # ! version-name\nroutes:\n  primary:\n    version: 1.10 # ! ambiguous-scalar\n',
    },
    fine: { [ECHO]: 'deployment:\n  "1-10": { image: a }\nroutes:\n  primary:\n    version: "1-10"\n' },
  },
  {
    harm: 'a header value that is a boolean is refused by the API server',
    files: tested('x-canary: true # ! ambiguous-scalar'),
    fine: tested('x-canary: "true"'),
  },
  {
    harm: 'a header value that is a number is refused by the API server',
    files: tested('x-canary: 1e3 # ! ambiguous-scalar'),
    fine: tested('x-canary: "1e3"'),
  },
  {
    harm: 'a header matcher without a value takes any: the whole traffic of whoever sends it',
    files: tested('x-canary: "" # ! schema'),
    fine: tested('x-canary: "1"'),
  },
  {
    harm: 'a key that the API server drops without a word',
    files: echo(PRIMARY, 'canary:', '  version: v2', '  weight: 5', '  header: { stage: canary } # ! schema'),
    fine: echo(PRIMARY, ...canary('weight: 5', 'headers: { stage: canary }')),
  },
  {
    harm: 'half of the traffic falls on one pod',
    files: {
      [ECHO]:
        'deployment:\n  v1: { image: a, replicas: 10 }\n  v2: { image: b } # ! too-few-replicas\nroutes:\n  primary: { version: v1 }\n  canary: { version: v2, weight: 50 }\n',
    },
    fine: {
      [ECHO]:
        'deployment:\n  v1: { image: a, replicas: 10 }\n  v2: { image: b, replicas: 5 }\nroutes:\n  primary: { version: v1 }\n  canary: { version: v2, weight: 50 }\n',
    },
  },
  {
    harm: 'a regular expression that Envoy cannot read freezes the virtual host for all teams',
    files: echo(PRIMARY, 'paths:', '  - regex: /echo/(?!admin).* # ! schema'),
    fine: echo(PRIMARY, 'paths:', '  - regex: /echo/[a-z]+'),
  },
  {
    harm: 'two teams on one path: the second gets no request',
    base: plain('echo'),
    files: { ...plain('echo', 'route-conflict'), ...plain('foxtrot', '', '/echo # ! route-conflict') },
    fine: { ...plain('echo'), ...plain('foxtrot', '', '/foxtrot') },
  },
  {
    harm: 'a path that somebody outside this repository has taken',
    files: { ...plain('echo', '', '/legacy # ! route-conflict'), [SETTINGS]: CLAIMS },
    fine: { ...plain('echo'), [SETTINGS]: CLAIMS },
  },
  {
    harm: '/echo also takes /echoes: a prefix is the beginning of a text',
    base: plain('echo'),
    files: { ...plain('echo'), ...plain('echoes', 'route-overlap') },
    fine: { ...plain('echo'), ...plain('foxtrot') },
  },
  {
    harm: '/echo also takes /echo-admin, of another team',
    files: { ...plain('echo-admin', 'route-overlap'), ...plain('echo', 'route-overlap') },
    fine: { ...plain('echo', '', '/echo/'), ...plain('echo-admin') },
  },
  {
    harm: "a team's / takes everybody's traffic",
    base: plain('echo'),
    files: { ...plain('echo'), ...plain('root', '', '/ # ! route-overlap') },
    fine: { ...plain('echo'), ...plain('root') },
  },
  {
    harm: 'new pods of a version that has traffic reach their share at once, without a canary',
    base: weighing('50'),
    files: {
      [ECHO]: weighing('50')[ECHO]?.replace('v1: { image: a }', 'v1: { image: c } # ! live-version-changed') ?? '',
    },
    fine: weighing('51'),
  },
  {
    harm: 'another port of a Service that has traffic: the pods that run are cut off',
    base: weighing('50'),
    files: { [ECHO]: `${weighing('50')[ECHO]}service:\n  port: 81 # ! live-service-changed\n` },
    fine: { [ECHO]: `${weighing('50')[ECHO]}service:\n  port: 80\n` },
  },
  {
    harm: 'a canary that takes more at once than was agreed',
    base: { ...weighing('5'), [SETTINGS]: 'rollout: { maxStep: 20 }\n' },
    files: { ...weighing('50 # ! step-too-large'), [SETTINGS]: 'rollout: { maxStep: 20 }\n' },
    fine: { ...weighing('25'), [SETTINGS]: 'rollout: { maxStep: 20 }\n' },
  },
];

describe.each(HARMS)('$harm', ({ files, fine, base }) => {
  test('is stopped where it is written, and its neighbour is not', async () => {
    expect(marked(files).length).toBeGreaterThan(0);
    expect(await findingsOf(files, base)).toEqual(marked(files));
    expect(await findingsOf(fine, base)).toEqual([]);
  });
});

// What nobody can write in a values file: whatever stands there, the rendered objects don't have it.

interface Any {
  readonly [key: string]: Any;
}

/** Every object that these files render to. */
async function objectsOf(files: Files): Promise<readonly Any[]> {
  const { after } = await reviewOf(files);
  const trees = [...after.builds.flatMap(({ manifests }) => [...(manifests ?? [])]), ...after.domains];
  return trees.flatMap(([, text]) => loadAll(text) as Any[]);
}

/** All values of a key, wherever it stands. */
function valuesOf(key: string, data: unknown): readonly unknown[] {
  if (data === null || typeof data !== 'object') return [];
  return Object.entries(data).flatMap(([name, value]) => [...(name === key ? [value] : []), ...valuesOf(key, value)]);
}

const list = (data: unknown): readonly Any[] => (Array.isArray(data) ? data : []);

/** Every routing state that one release can be in. */
const STATES: Readonly<Record<string, Files>> = {
  'one version': echo(PRIMARY),
  'a canary by header': tested('stage: canary'),
  'a canary by header, with weight 0': echo(PRIMARY, ...canary('weight: 0', 'headers: { stage: canary }')),
  'a canary by weight': weighing('30'),
  'a canary that has all': weighing('100'),
  'several paths': echo(
    PRIMARY,
    'paths: [{ prefix: /echo }, { exact: /x }, { regex: "/y/.*" }, { prefix: / }]',
    ...canary('weight: 30', 'headers: { stage: canary }'),
  ),
  'an Upstream for each version': echo(
    PRIMARY,
    'destinations: upstream',
    ...canary('weight: 30', 'headers: { stage: canary }'),
  ),
  'a shadow': echo(PRIMARY, 'shadow: { version: v2, percentage: 10 }'),
  'an upstream that exists already': outside('echo-legacy'),
  'ports and a Service of the primary alone': {
    [ECHO]: `${echo(PRIMARY, ...canary('weight: 30'))[ECHO]}service: { port: 9000, targetPort: 3000, selects: primary }\n`,
  },
};

describe.each(Object.entries(STATES))('%s never comes out with', (_, files) => {
  const routesOf = async () => {
    const tables = (await objectsOf(files)).filter(({ kind }) => String(kind) === 'RouteTable');
    expect(tables).toHaveLength(1);
    return list(tables[0]?.spec?.routes);
  };

  test('a catch-all before the header route of its path', async () => {
    const seen = new Set<string>();
    for (const { matchers } of await routesOf()) {
      expect(matchers).toHaveLength(1);
      const { headers, ...path } = list(matchers)[0] ?? {};
      if (headers) expect(seen.has(JSON.stringify(path))).toBe(false);
      expect(headers === undefined || list(headers).length > 0).toBe(true);
      seen.add(JSON.stringify(path));
    }
  });

  test('weights that sum to anything but 100, no action, or no destination', async () => {
    for (const { routeAction } of await routesOf()) {
      expect(Object.keys(routeAction ?? {})).toHaveLength(1);
      const several = list(routeAction?.multi?.destinations);
      expect(several.length > 0 || routeAction?.single?.upstream !== undefined).toBe(true);
      const sum = several.reduce((total, { weight }) => total + Number(weight), 0);
      expect(sum).toBe(routeAction?.multi ? 100 : 0);
    }
  });

  test('a subset whose key no Upstream declares, "subsets", or a fallback to any pod', async () => {
    const objects = await objectsOf(files);
    expect(valuesOf('subsets', objects)).toEqual([]);
    const declared = valuesOf('subsetSpec', objects) as readonly Any[];
    for (const { fallbackPolicy } of declared) expect(fallbackPolicy).toBe('NO_FALLBACK');
    const used = (valuesOf('subset', objects) as readonly Any[]).flatMap(({ values }) => Object.keys(values ?? {}));
    expect(new Set(used)).toEqual(new Set(used.length > 0 ? valuesOf('keys', declared).flat() : []));
  });

  test('a port that its Service has not', async () => {
    const objects = await objectsOf(files);
    const services = objects.filter(({ kind }) => String(kind) === 'Service');
    const ports = new Map(
      services.map(({ metadata, spec }) => [metadata?.name, list(spec?.ports).map(({ port }) => port)]),
    );
    const upstreams = objects.filter(({ kind }) => String(kind) === 'Upstream');
    expect(upstreams.length).toBeGreaterThan(0);
    for (const { spec } of upstreams) expect(ports.get(spec?.kube?.serviceName)).toContain(spec?.kube?.servicePort);
  });

  test('a weight of its RouteTable, by which a team would take what others have', async () => {
    const [table] = (await objectsOf(files)).filter(({ kind }) => String(kind) === 'RouteTable');
    expect(Object.keys(table?.spec ?? {})).toEqual(['routes']);
  });
});

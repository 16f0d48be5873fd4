import { expect, test } from 'vitest';
import { targets } from '../../../src/charts/targets.ts';
import { build } from '../../../src/core/build/build.ts';
import { shortNames } from '../../../src/core/model/names.ts';
import { sharesText } from '../../../src/core/model/traffic.ts';
import { trafficBar } from '../../../src/core/report/comment.ts';
import { meaningOf } from '../../../src/core/report/meaning.ts';
import { trafficOf } from '../../../src/core/targets/traffic.ts';
import { bytesOf, defaults, echo } from '../support.ts';

/** A release in short: its versions, the primary's name, the canary as in the values. */
function rendered(versions: string, primary: string, canary = '', settings = defaults) {
  const deployment = versions
    .split(' ')
    .map((version) => `${version.replace('!', '')}: { image: ${version.includes('!') ? 'new' : 'old'} }`);
  const text = `deployment: { ${deployment.join(', ')} }\nroutes: { primary: { version: ${primary} }${canary === '' ? '' : `, canary: ${canary}`} }\n`;
  const { manifests } = build({ ...echo, bytes: bytesOf(text) }, settings, targets);
  if (!manifests) throw new Error(`${text} is broken`);
  return manifests;
}

const headers = 'headers: { stage: canary }';
const api = {
  ...defaults,
  domains: new Map([...defaults.domains].map(([name, domain]) => [name, { ...domain, prefix: '/api/' }])),
};

test.each([
  ['first', new Map(), rendered('v1', 'v1'), 'first publication, v1 100%'],
  ['removed', rendered('v1', 'v1'), new Map(), 'removed'],
  ['a version more', rendered('v1', 'v1'), rendered('v1 v2', 'v1'), 'starts v2'],
  ['a version less', rendered('v1 v2', 'v1'), rendered('v1', 'v1'), 'stops v2'],
  ['an image', rendered('v1', 'v1'), rendered('v1!', 'v1'), 'changes v1'],
  [
    'a canary by header',
    rendered('v1 v2', 'v1'),
    rendered('v1 v2', 'v1', `{ version: v2, ${headers} }`),
    'canary v2 none -> 0%',
  ],
  [
    'a weight',
    rendered('v1 v2', 'v1', '{ version: v2, weight: 25 }'),
    rendered('v1 v2', 'v1', '{ version: v2, weight: 50 }'),
    'canary v2 25% -> 50%',
  ],
  [
    'back to zero',
    rendered('v1 v2', 'v1', '{ version: v2, weight: 25 }'),
    rendered('v1 v2', 'v1', '{ version: v2, weight: 0 }'),
    'canary v2 25% -> 0%',
  ],
  [
    'a canary less',
    rendered('v1 v2', 'v1', '{ version: v2, weight: 25 }'),
    rendered('v1 v2', 'v1'),
    'canary v2 25% -> none',
  ],
  [
    'another canary',
    rendered('v1 v2 v3', 'v1', '{ version: v2, weight: 25 }'),
    rendered('v1 v2 v3', 'v1', '{ version: v3, weight: 5 }'),
    'canary v2 25% -> none, canary v3 none -> 5%',
  ],
  [
    'a canary that becomes primary',
    rendered('v1 v2', 'v1', '{ version: v2, weight: 100 }'),
    rendered('v2', 'v2'),
    'primary v1 -> v2, canary done, stops v1',
  ],
  [
    'another header',
    rendered('v1 v2', 'v1', `{ version: v2, ${headers} }`),
    rendered('v1 v2', 'v1', '{ version: v2, headers: { a: b, c: d } }'),
    'header route stage: canary -> a: b and c: d',
  ],
  ['another path', rendered('v1', 'v1'), rendered('v1', 'v1', '', api), 'path /echo -> /api/echo'],
])('%s: %s', (_, before, after, headline) => {
  expect(meaningOf(echo.id, before, after).headline).toBe(headline);
});

test('a RouteTable that somebody edited by hand has no traffic that we know of', () => {
  const path = 'apps/echo/echo/routes/routetable-echo-routes.yaml';
  for (const text of [
    '',
    'kind: [',
    'kind: RouteTable\nmetadata: {}\n',
    'kind: RouteTable\nmetadata: {}\nspec: {routes: []}\n',
  ])
    expect(trafficOf(echo.id, new Map([[path, text]]))).toBeUndefined();
});

test('shares are named, primary first, zeros left out', () => {
  const shares = (canary: string) => sharesText(trafficOf(echo.id, rendered('v1 v2', 'v1', canary)));
  expect(shares('{ version: v2, weight: 25 }')).toBe('v1 75% v2 25%');
  expect(shares('{ version: v2, weight: 0 }')).toBe('v1 100%');
  expect(shares('{ version: v2, weight: 100 }')).toBe('v2 100%');
  expect(sharesText(undefined)).toBe('none');
});

test('the bar shows where a share was', () => {
  const bar = (weight: number) => {
    const from = rendered('v1 v2', 'v1', '{ version: v2, weight: 25 }');
    return trafficBar(meaningOf(echo.id, from, rendered('v1 v2', 'v1', `{ version: v2, weight: ${weight} }`)));
  };
  expect(bar(100)).toBe('v2 ████████████████████ 100%  (was 25%)\nv1 ░░░░░░░░░░░░░░░░░░░░   0%  (was 75%)');
  expect(bar(25)).toBe('v1 ███████████████░░░░░  75%\nv2 █████░░░░░░░░░░░░░░░  25%');
});

test('a short name is one that no other release has', () => {
  const nameOf = shortNames([
    { namespace: 'a', name: 'echo' },
    { namespace: 'b', name: 'echo' },
    { namespace: 'b', name: 'golf' },
  ]);
  expect([nameOf({ namespace: 'a', name: 'echo' }), nameOf({ namespace: 'b', name: 'golf' })]).toEqual([
    'a/echo',
    'golf',
  ]);
});

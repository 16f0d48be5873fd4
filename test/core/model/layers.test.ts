import { expect, test } from 'vitest';
import { layered } from '../../../src/core/model/layers.ts';

test.each([
  ['nothing', [{}, {}, {}], {}],
  ['the later layer wins', [{ replicas: 1 }, { replicas: 2 }, { replicas: 3 }], { replicas: 3 }],
  ['what is said once stays', [{ image: 'a' }, { replicas: 2 }], { image: 'a', replicas: 2 }],
  [
    'maps are merged key by key',
    [{ pod: { a: { x: 1, y: 1 }, b: 1 } }, { pod: { a: { y: 2 } } }],
    { pod: { a: { x: 1, y: 2 }, b: 1 } },
  ],
  ['lists are replaced whole', [{ args: ['a', 'b'] }, { args: ['c'] }], { args: ['c'] }],
  ['a map takes the place of a list', [{ container: [1] }, { container: { a: 1 } }], { container: { a: 1 } }],
  ['environments as maps', [{ env: { A: '1', B: '1' } }, { env: { B: '2' } }], { env: { A: '1', B: '2' } }],
  [
    'an environment as a list over one as a map',
    [{ env: { A: 1, B: 1 } }, { env: [{ name: 'B', value: '2' }] }],
    {
      env: [
        { name: 'A', value: 1 },
        { name: 'B', value: '2' },
      ],
    },
  ],
  [
    'an environment as a map over one as a list',
    [{ env: [{ name: 'A', valueFrom: {} }, { name: 'B' }] }, { env: { B: true } }],
    {
      env: [
        { name: 'A', valueFrom: {} },
        { name: 'B', value: true },
      ],
    },
  ],
])('%s', (_, layers, expected) => {
  expect(JSON.parse(JSON.stringify(layered(layers)))).toEqual(expected);
});

test('no layer is changed, and no key is more than a key', () => {
  const under = JSON.parse('{"pod":{"__proto__":{"a":1}}}');
  const merged = layered([under, { pod: { b: 2 } }]);
  expect(JSON.stringify(merged)).toBe('{"pod":{"__proto__":{"a":1},"b":2}}');
  expect(JSON.stringify(under)).toBe('{"pod":{"__proto__":{"a":1}}}');
});

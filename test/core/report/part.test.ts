import { expect, test } from 'vitest';
import { fluxFile, routesFolder, workloadsFolder } from '../../../src/core/model/places.ts';
import { numberedPart, partText } from '../../../src/core/report/part.ts';
import { echo } from '../support.ts';

test.each([
  [1, 1, 'switch routes to v2'],
  [2, 3, 'switch routes to v2 (2/3)'],
])('part %i of %i', (number, of, expected) => {
  expect(numberedPart('switch routes to v2', number, of)).toBe(expected);
});

test.each([
  ['change its routes', routesFolder(echo.id)],
  ['change its Services and backends', workloadsFolder(echo.id)],
  ['change how Flux follows it', fluxFile(echo.id)],
  ['change its files', 'README'],
])('a part that moves nothing that people know by name: %s', (expected, path) => {
  const before = new Map([['other', '']]);
  expect(partText(echo.id, { before, after: new Map(before).set(path, '') })).toBe(expected);
});

import { expect, test } from 'vitest';
import { createCache } from '../../src/github/cache.ts';

const one = (): number => 1;

test('loads a value once, and equal loads at the same time only once', async () => {
  const cache = createCache();
  let loads = 0;
  const load = async (): Promise<number> => ++loads;
  expect(await Promise.all([cache.fetch('a', load, one), cache.fetch('a', load, one)])).toEqual([1, 1]);
  expect(await cache.fetch('a', load, one)).toBe(1);
  expect(await cache.fetch('b', load, one)).toBe(2);
});

test('keeps neither a failure nor nothing', async () => {
  const cache = createCache();
  await expect(cache.fetch('a', () => Promise.reject(new Error('lost')), one)).rejects.toThrow('lost');
  expect(await cache.fetch<number | undefined>('a', async () => undefined, one)).toBeUndefined();
  expect(await cache.fetch('a', async () => 3, one)).toBe(3);
});

test('lets go of what was used longest ago when it is full', async () => {
  const cache = createCache(3);
  const unexpected = (): Promise<string> => Promise.reject(new Error('was let go'));
  for (const key of ['a', 'b', 'c']) await cache.fetch(key, async () => key, one);
  await cache.fetch('a', unexpected, one);
  cache.keep('d', 'd', 1);
  for (const key of ['a', 'c', 'd']) expect(await cache.fetch(key, unexpected, one)).toBe(key);
  await expect(cache.fetch('b', unexpected, one)).rejects.toThrow('was let go');
});

test('counts bytes: what is too large for it is not kept and pushes nothing out', async () => {
  const cache = createCache(10);
  cache.keep('a', 'small', 6);
  cache.keep('a', 'smaller', 4);
  cache.keep('b', 'other', 6);
  cache.keep('c', 'huge', 11);
  const again = async (): Promise<string> => 'loaded again';
  expect(await cache.fetch('a', again, one)).toBe('smaller');
  expect(await cache.fetch('b', again, one)).toBe('other');
  expect(await cache.fetch('c', again, () => 11)).toBe('loaded again');
});

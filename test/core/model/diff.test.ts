import { expect, test } from 'vitest';
import { diff, kindOf, patchOf } from '../../../src/core/model/diff.ts';

const before = new Map([
  ['same', 'x\n'],
  ['gone', 'old\n'],
  ['b/changed', 'one\ntwo\n'],
]);
const after = new Map([
  ['b/changed', 'one\n2\n'],
  ['added', 'new\n'],
  ['same', 'x\n'],
]);

test('two sets differ in what was added, changed and removed, by path', () => {
  const changes = diff(before, after);
  expect(changes.map((change) => [change.path, kindOf(change)])).toEqual([
    ['added', 'added'],
    ['b/changed', 'changed'],
    ['gone', 'removed'],
  ]);
  expect(changes.map(patchOf)).toEqual([
    '--- /dev/null\n+++ b/added\n@@ -0,0 +1,1 @@\n+new\n',
    '--- a/b/changed\n+++ b/b/changed\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n',
    '--- a/gone\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-old\n',
  ]);
  expect(diff(after, new Map(after))).toEqual([]);
});

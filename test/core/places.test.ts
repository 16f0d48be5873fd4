import { expect, test } from 'vitest';
import * as places from '../../src/core/places.ts';
import { identityOf, type ReleaseId } from '../../src/core/release.ts';

test.each<[ReleaseId, string]>([
  [{ namespace: 'team', name: 'echo' }, ''],
  [{ stage: 'dev', namespace: 'team', name: 'echo' }, 'dev/'],
])('a release has its places (%j)', (id, root) => {
  expect(places.releaseFolder(id)).toBe(`${root}apps/team/echo/`);
  expect(places.workloadsFolder(id)).toBe(`${root}apps/team/echo/workloads/`);
  expect(places.routesFolder(id)).toBe(`${root}apps/team/echo/routes/`);
  expect(places.fluxFile(id)).toBe(`${root}flux/team/echo.yaml`);
  expect(places.namespaceFile(id)).toBe(`${root}flux/team/_namespace.yaml`);
  expect(places.releaseIdFrom(identityOf(id))).toEqual(id);
});

test.each([
  ['apps/team/echo/workloads/service-echo.yaml', 'team/echo'],
  ['apps/team/echo/routes/kustomization.yaml', 'team/echo'],
  ['apps/team/echo', undefined],
  ['apps/README.md', undefined],
  ['flux/team/echo.yaml', 'team/echo'],
  ['flux/team/_namespace.yaml', undefined],
  ['flux/team/deep/echo.yaml', undefined],
  ['flux/team/echo.txt', undefined],
  ['domains/example/virtualservice-app.yaml', 'domains/example'],
  ['flux/domains/example.yaml', 'domains/example'],
  [places.FORMAT_FILE, undefined],
  ['README.md', undefined],
])('%s belongs to %s', (path, owner) => {
  expect(places.ownerOf(path)).toBe(owner);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Draft } from '../../../src/core/model/draft.ts';
import * as places from '../../../src/core/model/places.ts';
import { identityOf, type ReleaseId } from '../../../src/core/model/release.ts';
import { releaseName } from '../../../src/core/rules/release-name.ts';
import { defaults } from '../support.ts';

test.each<[ReleaseId, string]>([
  [{ namespace: 'team', name: 'echo' }, ''],
  [{ stage: 'dev', namespace: 'team', name: 'echo' }, 'dev/'],
])('a release has its places (%j)', (id, root) => {
  expect(places.releaseFolder(id)).toBe(`${root}apps/team/echo/`);
  expect(places.workloadsFolder(id)).toBe(`${root}apps/team/echo/workloads/`);
  expect(places.routesFolder(id)).toBe(`${root}apps/team/echo/routes/`);
  expect(places.fluxFile(id)).toBe(`${root}flux/team/echo.yaml`);
  expect(places.holdFile(id)).toBe(`${root}.coalmine/holds/team/echo.yml`);
  expect(places.placeOf(places.holdFile(id))).toMatchObject({ kind: 'hold', owner: identityOf(id) });
  expect(places.namespaceFile(id)).toBe(`${root}flux/team/_namespace.yaml`);
  expect(places.releaseIdFrom(identityOf(id))).toEqual(id);
});

test.each([
  ['apps/team/echo/workloads/service-echo.yaml', { kind: 'release', owner: 'team/echo' }],
  ['apps/team/echo/routes/kustomization.yaml', { kind: 'release', owner: 'team/echo' }],
  ['apps/team/echo', undefined],
  ['apps/README.md', undefined],
  ['flux/team/echo.yaml', { kind: 'release', owner: 'team/echo' }],
  ['flux/team/_namespace.yaml', { kind: 'namespace' }],
  ['flux/team/deep/echo.yaml', undefined],
  ['flux/team/echo.txt', undefined],
  ['domains/example/virtualservice-app.yaml', { kind: 'domain', owner: 'domains/example' }],
  ['flux/domains/example.yaml', { kind: 'domain', owner: 'domains/example' }],
  ['dev/apps/team/echo/routes/kustomization.yaml', { kind: 'release', stage: 'dev', owner: 'dev/team/echo' }],
  ['dev/flux/team/echo.yaml', { kind: 'release', stage: 'dev', owner: 'dev/team/echo' }],
  ['dev/flux/domains/example.yaml', { kind: 'domain', stage: 'dev', owner: 'dev/domains/example' }],
  ['dev/domains/example/kustomization.yaml', { kind: 'domain', stage: 'dev', owner: 'dev/domains/example' }],
  ['dev/README.md', undefined],
  [places.formatFile(), { kind: 'format' }],
  [places.formatFile('dev'), { kind: 'format', stage: 'dev' }],
  [places.outlinesFile('dev'), { kind: 'outlines', stage: 'dev' }],
  ['.coalmine/holds/team/echo.yml', { kind: 'hold', owner: 'team/echo' }],
  ['dev/.coalmine/holds/team/v1.2.yml', { kind: 'hold', stage: 'dev', owner: 'dev/team/v1.2' }],
  ['.coalmine/holds/team/echo.yaml', undefined],
  ['.coalmine/holds/team/.yml', undefined],
  ['.coalmine/holds/echo.yml', undefined],
  ['.coalmine/holds/team/deep/echo.yml', undefined],
  ['.coalmine/other/team/echo.yml', undefined],
  ['.coalmine/other.yml', undefined],
  ['README.md', undefined],
])('%s is %j', (path, place) => {
  expect(places.placeOf(path)).toEqual(place);
});

/** Names that a values file may have as the settings let it through, those that the layout uses among them. */
const names = fc.oneof(
  fc.constantFrom(
    'apps',
    'domains',
    'flux',
    'coalmine',
    'holds',
    'format',
    'outlines',
    'namespace',
    'x',
    'a-b',
    'workloads',
  ),
  fc.stringMatching(/^[a-z][a-z0-9-]{0,6}$/),
);
const ids = fc.record({ stage: fc.option(names, { nil: undefined }), namespace: names, name: names });

test('no two releases or domains that pass the rules have a path in common', () => {
  fc.assert(
    fc.property(ids, ids, names, fc.option(names, { nil: undefined }), (one, other, apiGroup, stage) => {
      const pathsOf = (id: ReleaseId) => [places.releaseFolder(id), places.fluxFile(id), places.holdFile(id)];
      const isTaken = (id: ReleaseId) => releaseName.check({ draft: { id } as Draft, settings: defaults }).length > 0;
      const [first, second] = [one, other].map(({ stage: own, ...id }) =>
        own === undefined ? id : { ...id, stage: own },
      );
      if (!first || !second || isTaken(first) || isTaken(second)) return;
      const [paths, others] = [pathsOf(first), pathsOf(second)];
      if (identityOf(first) !== identityOf(second)) expect(paths.filter((path) => others.includes(path))).toEqual([]);
      if (stage !== undefined && places.TOPS.includes(stage)) return;
      const domain = [places.domainFolder(apiGroup, stage), places.domainFluxFile(apiGroup, stage)];
      expect(paths.filter((path) => domain.includes(path))).toEqual([]);
      expect(places.placeOf(places.fluxFile(first))).toMatchObject({ kind: 'release', owner: identityOf(first) });
      expect(places.placeOf(places.holdFile(first))).toMatchObject({ kind: 'hold', owner: identityOf(first) });
      expect(places.placeOf(domain[1] ?? '')).toMatchObject({ kind: 'domain' });
    }),
    { numRuns: 2_000 },
  );
});

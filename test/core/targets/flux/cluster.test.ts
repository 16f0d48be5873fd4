import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { expect, test } from 'vitest';
import { targets } from '../../../../src/charts/targets.ts';
import { clusterManifests } from '../../../../src/core/targets/flux/cluster.ts';
import { defaults } from '../../support.ts';

const CASES = join(import.meta.dirname, '../../../cases');
const WRITING = ['create', 'update', 'patch', 'delete'];

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** `apps/deployments` of everything that Flux applies as a release, in all golden trees. */
function renderedKinds(): readonly string[] {
  const files = readdirSync(CASES, { recursive: true, encoding: 'utf8' }).filter(
    (path) =>
      /expected\/tree\/(?:[^/]+\/)?apps\//.test(path) && path.endsWith('.yaml') && !path.endsWith('kustomization.yaml'),
  );
  const objects = files.flatMap(
    (path) => loadAll(readFileSync(join(CASES, path), 'utf8')) as { apiVersion: string; kind: string }[],
  );
  const names = objects.map(({ apiVersion, kind }) => {
    const [group = '', version] = apiVersion.split('/');
    return `${version === undefined ? '' : group}/${kind.toLowerCase()}s`;
  });
  return [...new Set(names)].sort();
}

test("a release's ServiceAccount may write exactly the kinds that are rendered, and read what health is judged by", () => {
  const cluster = {
    flux: defaults.flux,
    stage: undefined,
    branch: 'gitops',
    url: 'https://x.example',
    isPrivate: false,
  };
  const role = clusterManifests(cluster, targets).find(({ kind }) => kind === 'ClusterRole');
  const { rules } = role as unknown as { readonly rules: readonly Rule[] };
  const named = (of: readonly Rule[]) =>
    of.flatMap(({ apiGroups, resources }) => apiGroups.flatMap((group) => resources.map((each) => `${group}/${each}`)));
  const writing = rules.filter(({ verbs }) => WRITING.every((verb) => verbs.includes(verb)));
  expect(named(writing).toSorted()).toEqual(renderedKinds());
  const others = rules.filter((rule) => !writing.includes(rule));
  expect(named(others).toSorted()).toEqual(['/pods', 'apps/replicasets']);
  expect(others.flatMap(({ verbs }) => verbs).filter((verb) => !['get', 'list', 'watch'].includes(verb))).toEqual([]);
});

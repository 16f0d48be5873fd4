import fc from 'fast-check';
import { expect, test } from 'vitest';
import { trafficOf } from '../../../src/core/targets/traffic.ts';
import type { FakeWorld } from '../../support/fakes.ts';
import { hear as hearFlux, later, sweep } from '../publish/parts-world.ts';
import { ECHO, FLUX, live, release, say, talkWorld } from './world.ts';

const ID = { namespace: 'echo', name: 'echo' };
const VERSIONS = ['v1', 'v2', 'v3'] as const;
const NEVER_READY = 'v9';

/** What people, Flux and accidents do to a release between the beginning and the incident. */
type Act =
  | { readonly kind: 'canary'; readonly version: string; readonly weight: number }
  | { readonly kind: 'primary'; readonly version: string }
  | { readonly kind: 'drop'; readonly version: string }
  | { readonly kind: 'broken'; readonly text: string }
  | { readonly kind: 'image'; readonly version: string }
  | { readonly kind: 'applied' | 'half applied' | 'failed' | 'time' | 'by hand' | 'kill' }
  | { readonly kind: 'said'; readonly line: string; readonly author: string };

const version = fc.constantFrom(...VERSIONS);
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ kind: fc.constant('canary' as const), version, weight: fc.constantFrom(0, 5, 50, 100) }),
  fc.record({ kind: fc.constant('primary' as const), version: fc.constantFrom(...VERSIONS, NEVER_READY) }),
  fc.record({ kind: fc.constant('drop' as const), version }),
  fc.record({ kind: fc.constant('broken' as const), text: fc.constantFrom('\t: {\n', 'version: v11', 'imagee: x') }),
  fc.record({ kind: fc.constant('image' as const), version }),
  fc.constantFrom<Act>(
    { kind: 'applied' },
    { kind: 'half applied' },
    { kind: 'failed' },
    { kind: 'time' },
    { kind: 'by hand' },
    { kind: 'kill' },
  ),
  fc.constantFrom<Act>({ kind: 'applied' }, { kind: 'applied' }),
  fc.record({
    kind: fc.constant('said' as const),
    line: fc.constantFrom(
      '/promote echo',
      '/rollback echo',
      '/promote echo full',
      '/hold echo',
      '/resume echo',
      '/promote echo to 5',
    ),
    author: fc.constantFrom('writer', 'other'),
  }),
);

/** What the values ask for, changed one thing at a time; as text only once they are pushed. */
interface Values {
  readonly versions: readonly string[];
  readonly primary: string;
  readonly canary?: { readonly version: string; readonly weight: number };
}

function textOf({ versions, primary, canary }: Values): string {
  const named = { versions, primary, ...(canary ? { canary: canary.version, weight: canary.weight } : {}) };
  return release(named);
}

/** The values of main, as far as they can be read back. */
function valuesOf(world: FakeWorld): Values {
  const text = world.repository.filesOf('main')[ECHO] ?? '';
  const versions = [...text.matchAll(/^ {2}(v\d+):/gm)].map(([, name = '']) => name);
  const primary = /primary:\n {4}version: (v\d+)/.exec(text)?.[1] ?? 'v1';
  const [, canary, weight] = /canary:\n {4}version: (v\d+)(?:\n {4}weight: (\d+))?/.exec(text) ?? [];
  return {
    versions,
    primary,
    ...(canary === undefined ? {} : { canary: { version: canary, weight: Number(weight ?? 0) } }),
  };
}

function withVersion(versions: readonly string[], name: string): readonly string[] {
  return versions.includes(name) ? versions : [...versions, name];
}

async function push(world: FakeWorld, text: string): Promise<void> {
  world.advance(5);
  world.repository.push({ branch: 'main', files: { [ECHO]: text } });
  await sweep(world);
}

async function perform(world: FakeWorld, { kind, ...more }: Act): Promise<void> {
  const values = valuesOf(world);
  const { versions, primary } = values;
  const rest = { version: 'v1', weight: 0, text: '', line: '', author: 'writer', ...more };
  const current = world.repository.filesOf('main')[ECHO] ?? '';
  switch (kind) {
    case 'canary':
      if (rest.version === primary) return;
      return push(world, textOf({ versions: withVersion(versions, rest.version), primary, canary: rest }));
    case 'primary':
      return push(world, textOf({ versions: withVersion(versions, rest.version), primary: rest.version }));
    case 'drop': {
      if (rest.version === primary || rest.version === values.canary?.version) return;
      return push(world, textOf({ ...values, versions: versions.filter((each) => each !== rest.version) }));
    }
    case 'broken':
      if (rest.text === 'version: v11')
        return push(world, current.replace(/(primary:\n {4})version: v\d+/, '$1version: v11'));
      return push(world, rest.text === 'imagee: x' ? current.replace('image:', 'imagee:') : current + rest.text);
    case 'image':
      return push(world, current.replace(new RegExp(`echo:${rest.version}\n`), `echo:${rest.version}.1\n`));
    case 'applied':
      return settle(world);
    case 'half applied':
      return report(world, 'workloads');
    case 'failed':
      return hearFlux(world, 'echo-workloads', { failed: `timeout waiting for: [Deployment/echo/echo-${primary}]` });
    case 'time':
      return later(world, 700);
    case 'by hand':
      world.repository.push({ branch: 'gitops', files: { 'README.md': `by hand at ${world.now().toISOString()}\n` } });
      return sweep(world);
    case 'kill':
      world.enqueued.splice(0);
      return sweep(world);
    case 'said':
      await say(world, rest.line, { author: rest.author });
  }
}

/** Flux reports one half: applied, or of a version that never becomes ready, failed. */
async function report(world: FakeWorld, half: 'workloads' | 'routes'): Promise<void> {
  const isStuck = deployments(world).includes(NEVER_READY) && half === 'workloads';
  await hearFlux(
    world,
    `echo-${half}`,
    isStuck ? { failed: `timeout waiting for: [Deployment/echo/echo-${NEVER_READY}]` } : {},
  );
}

/** Flux applies all there is, and what is published upon that, until nothing more is. */
async function settle(world: FakeWorld): Promise<void> {
  for (let before: string | undefined; before !== tipOf(world, 'gitops'); ) {
    before = tipOf(world, 'gitops');
    await report(world, 'workloads');
    await report(world, 'routes');
    await later(world, 31);
  }
}

const tipOf = ({ repository }: FakeWorld, branch: string) => repository.tipOf(branch)?.sha;

function deployments({ repository }: FakeWorld): readonly string[] {
  return Object.keys(repository.filesOf('gitops')).flatMap(
    (path) => /deployment-echo-(v\d+)\.yaml$/.exec(path)?.[1] ?? [],
  );
}

function served({ repository }: FakeWorld, sha = repository.tipOf('gitops')?.sha): readonly string[] {
  const traffic = trafficOf(ID, new Map(Object.entries(repository.filesAt(sha))));
  if (!traffic) return [];
  const tested = traffic.canary && traffic.canary.weight > 0 ? [traffic.canary.version] : [];
  return [...((traffic.canary?.weight ?? 0) < 100 ? [traffic.primary] : []), ...tested];
}

/** Versions that took traffic in any commit of the branch so far. */
async function everServed(world: FakeWorld): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (let at = world.repository.tipOf('gitops'); at; ) {
    for (const each of served(world, at.sha)) found.add(each);
    const [parent] = at.parents;
    at = parent === undefined ? undefined : await world.repository.fetchCommit(parent);
  }
  return found;
}

/** What is written, but for holds. */
function stateOf({ repository }: FakeWorld): unknown {
  const files = Object.entries(repository.filesOf('gitops')).filter(([path]) => !path.startsWith('.coalmine/holds/'));
  return [repository.filesOf('main')[ECHO], files];
}

// 2,000 seeds pass; a few are enough to see that a change has broken it.
const SEEDS = Number(process.env.ROLLBACK_SEEDS ?? 25);

test(`after whatever has happened, one /rollback is accepted and safe, and a second changes nothing (${SEEDS} seeds)`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 9 }), async (acts) => {
      const world = await talkWorld(FLUX, release());
      for (const each of acts) {
        await perform(world, each);
      }
      const [before, running, asked] = [await everServed(world), deployments(world), valuesOf(world).versions];
      const text = world.repository.filesOf('main')[ECHO];
      const answer = await say(world, '/rollback echo');
      expect(answer).not.toMatch(/not merged|has to wait|say which|can't be read|no way back/);
      expect(world.pulls.written.filter((line) => line.startsWith('react ')).at(-1)).toMatch(/^react rocket/);
      await live(world).catch(() => undefined);
      await settle(world);
      // What a person has dropped since an earlier rollback goes by that merge: no traffic changed, and this one does nothing.
      if (answer.includes('already rolled back')) expect(world.repository.filesOf('main')[ECHO]).toBe(text);
      const stay = answer.includes('already rolled back') ? running.filter((each) => asked.includes(each)) : running;
      for (const each of stay) expect(deployments(world), `${each} is gone`).toContain(each);
      const now = served(world);
      expect(now.length).toBeGreaterThan(0);
      for (const each of now) expect([...before], `${each} never served`).toContain(each);
      for (const each of now) expect(deployments(world), `${each} serves without pods`).toContain(each);

      const state = stateOf(world);
      await say(world, '/rollback echo', { author: 'other' });
      await settle(world);
      expect(stateOf(world)).toEqual(state);
    }),
    { numRuns: SEEDS },
  );
}, 3_600_000);

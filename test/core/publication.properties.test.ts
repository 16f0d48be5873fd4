import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diff } from '../../src/core/diff.ts';
import { next } from '../../src/core/publication.ts';
import { podTemplates } from '../../src/core/publication/pending.ts';
import { event, rendering, treeOf, values, World } from './publication/history.ts';
import { echo } from './support.ts';

const history = fc.record({
  clusters: fc.integer({ min: 1, max: 2 }),
  first: values,
  wishes: fc.array(fc.option(values, { freq: 6, nil: undefined }), { minLength: 1, maxLength: 5 }),
  events: fc.array(event, { minLength: 20, maxLength: 60 }),
});

/** Parts that any change may take, each with its wait. */
const MAX_TURNS = 12;

/** Looks at one publication: whatever the clusters stand at. */
function publish(world: World): void {
  const pending = world.pending();
  const step = world.publish();
  expect(next(pending, world.desired, rendering)).toEqual(step); // the same input, the same bytes
  if (step.kind !== 'tree') return;
  expect(diff(pending.published, step.tree)).not.toEqual([]);
  const [wanted, given] = [podTemplates(echo.id, world.desired), podTemplates(echo.id, step.tree)];
  for (const [key, template] of wanted) expect(given.get(key)).toBe(template); // a repair waits for nothing
  expect(next(world.pending(), world.desired, rendering).kind).not.toBe('tree'); // nor is it ever in two commits
}

test('every state that the clusters pass through is safe, and the end is desired', () => {
  fc.assert(
    fc.property(history, ({ clusters, first, wishes, events }) => {
      const world = new World(clusters);
      const breaches = () => world.clusters.flatMap((cluster) => cluster.breaches);
      world.desired = treeOf(first);
      const left = [...wishes];
      for (const each of events) {
        if (each.kind === 'publish') publish(world);
        else if (each.kind !== 'desire') world.happen(each);
        else if (left.length > 0) world.desired = treeOf(left.shift());
        expect(breaches()).toEqual([]);
      }
      world.takenOver = true;
      let turns = 0;
      while (world.publish().kind !== 'done') {
        world.settle();
        expect(breaches()).toEqual([]);
        expect(++turns).toBeLessThan(MAX_TURNS);
      }
      expect(diff(world.published, world.desired)).toEqual([]);
    }),
    { numRuns: Number(process.env.RUNS ?? 300) },
  );
});

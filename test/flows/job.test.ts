import { expect, test } from 'vitest';
import { joinJobs, keyOf } from '../../src/flows/job.ts';
import type { Job } from '../../src/flows/ports.ts';
import { SHOP } from '../support/fakes.ts';

const repository = SHOP;

test.each<[Job, string]>([
  [{ kind: 'review', repository, pull: 3 }, 'review/canary/shop/3'],
  [{ kind: 'review-group', repository, base: 'a', head: 'b' }, 'review-group/canary/shop/b'],
  [{ kind: 'command', repository, pull: 3, comment: 7 }, 'command/canary/shop/7'],
  [{ kind: 'publish', repository }, 'publish/canary/shop'],
  [{ kind: 'flux-events', repository, events: [] }, 'flux-events/canary/shop'],
  [{ kind: 'sweep', repository }, 'sweep/canary/shop'],
])('what is the same job: %j', (job, key) => expect(keyOf(job)).toBe(key));

test('a command that is heard of again keeps the head that was seen first', () => {
  const command = (head: string): Job => ({ kind: 'command', repository, pull: 3, comment: 7, head });
  expect(joinJobs(command('first'), command('second'))).toEqual(command('first'));
});

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Crowd, fileOf, serviceWith, settle, startCrowd } from './crowd.ts';
import { type Story, startStory } from './story.ts';

/** What the App asked GitHub for because of one thing that happened: `GET /repos/...`. */
export interface Measured {
  readonly action: string;
  readonly atOnce: readonly string[]; // until it was done
  readonly afterwards: readonly string[]; // because of what Flux said of it, until all was quiet
}

/** One release is worked on, while others have pull requests open about theirs. */
export interface Measurement {
  readonly story: Story;
  readonly crowd: Crowd;
  readonly measured: readonly Measured[];
  /** The pull request that commands are typed on. */
  readonly pull: number;
}

const RELEASE = 'shop';
const FROM_WRITER = '"sender":{"login":"writer"';

/** Starts with so many other pull requests open, and counts what each action takes. Flux has applied all of it each time. */
export async function measureRequests(others: number, dataDir?: string): Promise<Measurement> {
  const story = await startStory(dataDir);
  const crowd = await startCrowd(story, others, { [fileOf(RELEASE)]: serviceWith(20) });
  const { clone } = crowd;
  const measured: Measured[] = [];
  const measure = async (action: string, act: () => Promise<unknown>): Promise<void> => {
    story.takeRequests();
    await act();
    const atOnce = story.takeRequests();
    await settle(story, clone);
    measured.push({ action, atOnce, afterwards: story.takeRequests() });
  };
  const push = async (weight: number): Promise<void> => {
    await clone.git('checkout', '--quiet', '-B', 'shop-weight', 'origin/main');
    await writeFile(join(clone.folder, fileOf(RELEASE)), serviceWith(weight));
    await clone.git('commit', '--quiet', '--all', `--message=${RELEASE}: canary to ${weight} %`);
    await clone.git('push', '--quiet', '--force', 'origin', 'shop-weight');
  };
  let pull = 0;
  const say = (line: string) =>
    story.after(
      'issue_comment',
      () => story.request('writer', 'POST', `/issues/${pull}/comments`, { body: line }),
      FROM_WRITER,
    );

  await measure('first start', () => story.startApp());
  await push(50);
  const wanted = { title: 'Half of the traffic', head: 'shop-weight', base: 'main' };
  await measure('review of a new pull request', () =>
    story.after('pull_request', async () => {
      pull = ((await story.request('writer', 'POST', '/pulls', wanted)).body as { readonly number: number }).number;
    }),
  );
  await measure('review of a push', () => story.after('pull_request', () => push(55)));
  await measure('`/status`', () => say('/status'));
  await measure('publication of one weight', () =>
    story.after('push', () => story.request('writer', 'PUT', `/pulls/${pull}/merge`, {}), '"ref":"refs/heads/main"'),
  );
  await measure('`/promote`', () => say('/promote shop to 80'));
  await measure('`/rollback`', () => say('/rollback shop'));
  await measure('`/status` of a rollback', () => say('/status shop'));
  await story.sweep();
  await measure('idle sweep', () => story.sweep());
  return { story, crowd, measured, pull };
}

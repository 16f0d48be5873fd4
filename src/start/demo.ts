import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { printable } from '../core/report/escape.ts';
import { runGitText } from '../git/program.ts';
import { createClient } from './client.ts';
import { type Local, startLocal } from './local.ts';
import { fetchFollowing, fetchPublishCheck, fetchReviewComment, fetchSeededPull, showComment } from './story.ts';

/**
 * Tells the story from pull request to gitops commit and ends. With a data directory of its own it can be told again:
 * what has happened already is shown, not done twice.
 */
export async function runDemo(config: Config, log: Logger, print: (text: string) => void): Promise<void> {
  const dataDir = config.dataDir ?? (await mkdtemp(join(tmpdir(), 'coalmine-demo-')));
  const local = await startLocal({ ...config, dataDir }, log);
  try {
    await tell(local, dataDir, print);
  } finally {
    await local.close();
    if (config.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
  }
}

async function tell({ sandbox }: Local, dataDir: string, print: (text: string) => void): Promise<void> {
  const writer = createClient(sandbox.apiUrl, 'writer-token');
  const pull = await fetchSeededPull(writer);
  if (!pull) throw new Error('the sandbox has no pull request; remove its data directory to begin anew');
  print(
    `Pull request #${pull.number} by ${pull.user?.login ?? 'somebody'}: ${printable(pull.title)}\nThe App's comment:\n\n${showComment(await fetchReviewComment(writer, pull))}\n\n`,
  );

  const merge =
    pull.merged_at === null
      ? (await writer.put<{ readonly sha: string }>(`/pulls/${pull.number}/merge`, {})).sha
      : (pull.merge_commit_sha ?? '');
  const check = await fetchPublishCheck(writer, merge);
  print(
    `Merged as ${merge.slice(0, 7)}; coalmine/publish: ${check.conclusion}, ${printable(check.output.title ?? '')}\n\n`,
  );

  const bare = join(dataDir, 'canary', 'shop.git');
  const log = await runGitText(bare, [
    'log',
    '--format=%H',
    '--max-count=1',
    `--grep=^Source-Commit: ${merge}`,
    'gitops',
  ]);
  print(
    `The commit on gitops, for Flux to reconcile:\n\n${printable(await runGitText(bare, ['show', '--stat=100', '--format=commit %H%nAuthor: %an%n%n%w(0,4,4)%B', log])).trimEnd()}\n\n`,
  );
  print(
    `What changed in the RouteTable:\n\n${printable(await runGitText(bare, ['show', '--format=', log, '--', '*/routes/routetable-*.yaml']))}\n`,
  );
  const followed = await fetchFollowing(writer, pull);
  print(`Once Flux has applied it, the App's comment says so:\n\n${showComment(followed)}\n`);
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { printable } from '../core/model/printable.ts';
import { runGitText } from '../git/program.ts';
import { createClient } from './client.ts';
import { type Local, startLocal } from './local.ts';
import {
  commentOnce,
  fetchAnswer,
  fetchFollowing,
  fetchPublishCheck,
  fetchReviewComment,
  fetchSeededPull,
  formatAnswerText,
  formatCommentText,
} from './story.ts';

/**
 * Runs the demonstration from pull request to gitops commit, then `/promote` and `/rollback`, and ends. With a named data
 * directory it can run again: a second run shows the steps of the first and repeats none.
 */
export async function runDemo(config: Config, log: Logger, print: (text: string) => void): Promise<void> {
  const dataDir = config.dataDir ?? (await mkdtemp(join(tmpdir(), 'coalmine-demo-')));
  const local = await startLocal({ ...config, dataDir }, log);
  try {
    await showStory(local, dataDir, print);
  } finally {
    await local.close();
    if (config.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
  }
}

async function showStory({ sandbox }: Local, dataDir: string, print: (text: string) => void): Promise<void> {
  const writer = createClient(sandbox.apiUrl, 'writer-token');
  const pull = await fetchSeededPull(writer);
  if (!pull) throw new Error('the sandbox has no pull request; remove its data directory to start over');
  print(
    `Pull request #${pull.number} by ${pull.user?.login ?? 'ghost'}: ${printable(pull.title)}\nThe App's comment:\n\n${formatCommentText(await fetchReviewComment(writer, pull))}\n\n`,
  );

  const merge =
    pull.merged_at === null
      ? (await writer.put<{ readonly sha: string }>(`/pulls/${pull.number}/merge`, {})).sha
      : (pull.merge_commit_sha ?? '');
  const check = await fetchPublishCheck(writer, merge);
  print(
    `Merged as ${merge.slice(0, 7)}; coalmine/publish: ${check.conclusion}, ${printable(check.output.title ?? '')}\n\n`,
  );

  const gitops = gitopsOf(join(dataDir, 'canary', 'shop.git'));
  print(`The commit on gitops, for Flux to reconcile:\n\n${await gitops.show(`Source-Commit: ${merge}`)}\n\n`);
  print(`What changed in its routes:\n\n${await gitops.showRoutes(`Source-Commit: ${merge}`)}\n`);
  print(
    `Once Flux has applied it, the App's comment says so:\n\n${formatCommentText(await fetchFollowing(writer, pull))}\n\n`,
  );

  for (const line of ['/promote', '/rollback']) {
    const comment = await commentOnce(writer, pull, line);
    print(`${pull.user?.login ?? 'ghost'} comments ${line}; the App answers, and once Flux has applied it:\n\n`);
    print(`${formatAnswerText(await fetchAnswer(writer, pull, comment))}\n\n`);
    print(`The commit on gitops:\n\n${await gitops.show(`Command: ${comment}`)}\n\n`);
  }
}

/** Formats a publication's commit on the gitops branch, found by one of its trailers. */
function gitopsOf(bare: string) {
  const git = async (...args: readonly string[]) => printable(await runGitText(bare, args)).trimEnd();
  const find = (trailer: string) =>
    git('log', '--format=%H', '--max-count=1', `--grep=^${trailer}$`, 'gitops', '--', 'apps');
  const format = '--format=commit %H%nAuthor: %an%n%n%w(0,4,4)%B';
  return {
    show: async (trailer: string) => git('show', '--stat=100', format, await find(trailer)),
    showRoutes: async (trailer: string) => git('show', '--format=', await find(trailer), '--', '*/routes/*.yaml'),
  };
}

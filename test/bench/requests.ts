import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileOf, serviceWith, settle, startCrowd } from '../support/crowd.ts';
import { measureRequests } from '../support/requests.ts';
import { startStory } from '../support/story.ts';

/** Prints how many requests to GitHub each action takes until all is quiet, with so many other pull requests open. */
export async function printRequests(counts: readonly number[], print: (text: string) => void): Promise<void> {
  const rows = new Map<string, number[]>();
  for (const count of counts) {
    const folder = await mkdtemp(join(tmpdir(), 'coalmine-bench-'));
    const { story, measured } = await measureRequests(count, folder);
    await story.close();
    await rm(folder, { recursive: true, force: true });
    for (const { action, atOnce, afterwards } of measured)
      rows.set(action, [...(rows.get(action) ?? []), atOnce.length + afterwards.length]);
  }
  print(`| requests, with other pull requests open | ${counts.join(' | ')} |`);
  print(`| --- |${counts.map(() => ' ---: |').join('')}`);
  for (const [action, numbers] of rows) print(`| ${action} | ${numbers.join(' | ')} |`);
}

/** Prints how long it takes from a `/rollback` to its commit on the gitops branch, with so many other pull requests open. */
export async function printRollback(
  { runs, others }: { readonly runs: number; readonly others: number },
  print: (text: string) => void,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'coalmine-bench-'));
  const story = await startStory(folder);
  const { clone } = await startCrowd(story, others, { [fileOf('shop')]: serviceWith(20) });
  await story.startApp();
  const fetchTip = async () => (await story.request('reader', 'GET', '/git/ref/heads/gitops')).body as object;
  const pull = 1; // whichever it is typed on, the release is named
  const seconds: number[] = [];
  for (let run = 0; run < runs; run++) {
    await clone.git('fetch', '--quiet', 'origin');
    await clone.git('checkout', '--quiet', '-B', 'main', 'origin/main');
    await writeFile(join(clone.folder, fileOf('shop')), `# run ${run}\n${serviceWith(50)}`);
    await clone.git('commit', '--quiet', '--all', '--message=shop: half of the traffic');
    await story.after('push', () => clone.git('push', '--quiet', 'origin', 'main'), '"ref":"refs/heads/main"');
    await settle(story, clone);
    const before = JSON.stringify(await fetchTip());
    const ask = async () => {
      const started = performance.now();
      await story.request('writer', 'POST', `/issues/${pull}/comments`, { body: '/rollback shop' });
      while (JSON.stringify(await fetchTip()) === before) await new Promise((resolve) => setTimeout(resolve, 10));
      seconds.push((performance.now() - started) / 1000);
    };
    await story.after('issue_comment', ask, '"sender":{"login":"writer"');
    await settle(story, clone);
  }
  await story.close();
  await rm(folder, { recursive: true, force: true });
  const sorted = seconds.sort((a, b) => a - b);
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(2);
  print(
    `/rollback, from the comment to the commit on gitops, ${others} other pull requests open, ${runs} runs: ` +
      `median ${at(0.5)} s, p95 ${at(0.95)} s`,
  );
}

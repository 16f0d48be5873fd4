/**
 * npm run bench [-- --sizes 1,100,1000,10000] [--runs 3] [--no-helm]
 * npm run bench -- requests [--others 1,30,300]: requests to GitHub that each action takes, as an exact count in the sandbox
 * npm run bench -- rollback [--others 30] [--runs 50]: from the comment to the commit on gitops
 *
 * Times the terminal's commands as whole programs on generated repositories, beside Helm and beside the floor: what
 * reading and writing alone would take. Only ratios within one run mean anything; nothing fails by time.
 */

import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadAll } from 'js-yaml';
import { runGitText } from '../../src/git/program.ts';
import { fetchHelm, timeHelm } from './helm.ts';
import { timePhases } from './phases.ts';
import { makeRepository } from './repository.ts';
import { printRequests, printRollback } from './requests.ts';
import { median, type Run, runCoalmine, runScript } from './run.ts';

const CLI = join(import.meta.dirname, '../../src/cli.ts');
const FLOOR = join(import.meta.dirname, 'floor.ts');
const WRITE_FLOOR = join(import.meta.dirname, 'write-floor.ts');
const HELM_SAMPLE = 10;

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sizes: { type: 'string' },
    runs: { type: 'string' },
    others: { type: 'string' },
    'no-helm': { type: 'boolean' },
  },
});
const sizes = (flags.sizes ?? '1,100,1000,10000').split(',').map(Number);
const runs = Number(flags.runs ?? 3);
const print = (text: string) => process.stdout.write(`${text}\n`);

const [what] = positionals;
if (what === 'requests' || what === 'rollback') {
  const others = (flags.others ?? (what === 'requests' ? '1,30,300' : '30')).split(',').map(Number);
  if (what === 'requests') await printRequests(others, print);
  else await printRollback({ runs: Number(flags.runs ?? 50), others: others[0] ?? 30 }, print);
  process.exit();
}

const folder = await mkdtemp(join(tmpdir(), 'coalmine-bench-'));
try {
  const helm = flags['no-helm'] ? undefined : await fetchHelm(join(folder, 'helm'));
  const helmSeconds = helm === undefined ? undefined : await timeHelm(helm, folder, HELM_SAMPLE);
  print(
    helmSeconds === undefined
      ? 'Helm: not measured'
      : `Helm: ${(helmSeconds * 1000).toFixed(0)} ms for each release (mean of ${HELM_SAMPLE})`,
  );
  for (const size of sizes) await measure(size, helmSeconds);
  print(
    `\nWhere the time goes, warm, for each release: ${Object.entries(timePhases(2000))
      .map(([phase, time]) => `${phase} ${time.toFixed(3)} ms`)
      .join(', ')}`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measure(size: number, helmSeconds: number | undefined): Promise<void> {
  const repository = join(folder, String(size));
  await makeRepository(repository, size);
  const sample = join(folder, `${size}.json`);
  await writeFile(sample, JSON.stringify(sampleObjects(repository)));

  const commands = { floor: [], render: [], validate: [], diff: [] } as Record<string, Run[]>;
  for (let run = 0; run < runs; run++) {
    // in turn, so that a slow moment meets all of them
    commands.floor?.push(await runScript(FLOOR, [repository, sample]));
    for (const command of ['render', 'validate', 'diff'])
      commands[command]?.push(await runCoalmine([command, '-C', repository]));
  }
  const floor = median(commands.floor ?? []);
  print(
    `\n${size} release${size === 1 ? '' : 's'} (${(await runGitText(repository, ['ls-files'])).split('\n').length} files)`,
  );
  for (const [command, all] of Object.entries(commands)) {
    const { seconds, mebibytes } = median(all);
    const ratios = command === 'floor' ? '' : `  ${(seconds / floor.seconds).toFixed(2)} x floor`;
    const against =
      command === 'render' && helmSeconds !== undefined
        ? `  Helm/ours for each release: ${((helmSeconds * size) / seconds).toFixed(1)}`
        : '';
    print(
      `  ${command.padEnd(9)} ${seconds.toFixed(2).padStart(7)} s  ${mebibytes.toFixed(0).padStart(5)} MiB${ratios}${against}`,
    );
  }
  await measureOut(repository);
}

/** Times writing the whole tree beside only writing the same files, in turn, each into a new folder. */
async function measureOut(repository: string): Promise<void> {
  const tree = `${repository}-tree`;
  await runCoalmine(['render', '-C', repository, '--out', tree]);
  const [floor, out]: [Run[], Run[]] = [[], []];
  for (let run = 0; run < runs; run++) {
    floor.push(await runScript(WRITE_FLOOR, [tree, `${tree}-floor-${run}`]));
    out.push(await runCoalmine(['render', '-C', repository, '--out', `${tree}-${run}`]));
  }
  const [least, ours] = [median(floor), median(out)];
  print(`  write     ${least.seconds.toFixed(2).padStart(7)} s  (only writing the same files)`);
  print(
    `  render --out ${ours.seconds.toFixed(2).padStart(4)} s  ${ours.mebibytes.toFixed(0).padStart(5)} MiB  ${(ours.seconds / least.seconds).toFixed(2)} x write`,
  );
}

/** The objects of one release, as rendered. */
function sampleObjects(repository: string): readonly unknown[] {
  const { stdout } = spawnSync(process.execPath, [CLI, 'render', 'svc-00000', '-C', repository], { encoding: 'utf8' });
  return loadAll(stdout);
}

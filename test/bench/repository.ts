import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runGit } from '../../src/git/program.ts';

/** A values file as services have it: two versions, a canary half-way, some settings. */
export function valuesOf(index: number): string {
  return `# service ${index}
deployment:
  v1:
    image: registry.example.com/svc-${index}:1.0.${index % 7}
    replicas: ${1 + (index % 5)}
    env:
      LOG_LEVEL: info
      PORT: 8080
  v2:
    image: registry.example.com/svc-${index}:2.0.0
    replicas: 5
routes:
  apiGroup: example
  primary:
    version: v1
  canary:
    version: v2
    weight: ${index % 101}
    headers:
      stage: canary
`;
}

export function nameOf(index: number): string {
  return `svc-${String(index).padStart(5, '0')}`;
}

/** Makes a git repository with that many releases, one of them changed in the working tree. */
export async function makeRepository(folder: string, releases: number): Promise<void> {
  const values = join(folder, 'charts-values');
  await mkdir(values, { recursive: true });
  for (let index = 0; index < releases; index++)
    await writeFile(join(values, `${nameOf(index)}.yaml`), valuesOf(index));
  const who = ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost', '-c', 'commit.gpgsign=false'];
  await runGit(folder, ['init', '--quiet', '--initial-branch=main']);
  await runGit(folder, ['add', '.']);
  await runGit(folder, [...who, 'commit', '--quiet', '--message', 'bench']);
  await writeFile(join(values, `${nameOf(0)}.yaml`), valuesOf(0).replace(/weight: \d+/, 'weight: 99'));
}

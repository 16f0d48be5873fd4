import type { Probot } from 'probot';
import type { RepositoryRef } from '../flows/ports.ts';
import { unlessAbsent } from './absent.ts';

/** Every repository that the App may write to, over all its installations. */
export async function fetchRepositories(probot: Pick<Probot, 'auth'>): Promise<readonly RepositoryRef[]> {
  const octokit = await probot.auth();
  const installations = await octokit.paginate(octokit.rest.apps.listInstallations, { per_page: 100 });
  const found: RepositoryRef[] = [];
  for (const { id, suspended_at } of installations) {
    // One that was suspended or removed just now must not keep the others from being swept.
    if (!suspended_at) found.push(...((await unlessAbsent(fetchOfInstallation(probot, id), [401, 403, 404])) ?? []));
  }
  return found;
}

async function fetchOfInstallation(probot: Pick<Probot, 'auth'>, installation: number): Promise<RepositoryRef[]> {
  const octokit = await probot.auth(installation);
  const listed = octokit.rest.apps.listReposAccessibleToInstallation;
  const repositories = await octokit.paginate(listed, { per_page: 100 });
  const writable = repositories.filter(({ archived }) => !archived);
  return writable.map(({ owner, name }) => ({ installation, owner: owner.login, name }));
}

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

/** The installation that has a repository; it is asked each time, since the App may be installed anew. */
export async function fetchInstallation(
  probot: Pick<Probot, 'auth'>,
  { owner, name }: { readonly owner: string; readonly name: string },
): Promise<number> {
  const octokit = await probot.auth();
  const found = await unlessAbsent(octokit.rest.apps.getRepoInstallation({ owner, repo: name }), [404]);
  if (!found)
    throw new Error(`the App is not installed in ${owner}/${name}, which the address of Flux's Provider names`);
  return found.data.id;
}

async function fetchOfInstallation(probot: Pick<Probot, 'auth'>, installation: number): Promise<RepositoryRef[]> {
  const octokit = await probot.auth(installation);
  const listed = octokit.rest.apps.listReposAccessibleToInstallation;
  const repositories = await octokit.paginate(listed, { per_page: 100 });
  const writable = repositories.filter(({ archived }) => !archived);
  return writable.map(({ owner, name }) => ({ installation, owner: owner.login, name }));
}

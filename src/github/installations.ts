import type { Probot } from 'probot';
import type { Installed } from '../core/doctor/access.ts';
import type { RepositoryRef } from '../flows/ports.ts';
import { unlessAbsent } from './absent.ts';

/** Fetches every repository of all installations to which the App may write. */
export async function fetchRepositories(probot: Pick<Probot, 'auth'>): Promise<readonly RepositoryRef[]> {
  const octokit = await probot.auth();
  const installations = await octokit.paginate(octokit.rest.apps.listInstallations, { per_page: 100 });
  const found: RepositoryRef[] = [];
  for (const { id, suspended_at } of installations) {
    // An installation that was just suspended or removed must not stop the sweep of the others.
    if (!suspended_at) found.push(...((await unlessAbsent(fetchOfInstallation(probot, id), [401, 403, 404])) ?? []));
  }
  return found;
}

/** How long an installation is kept, in milliseconds: the App may be reinstalled. */
const KNOWN_FOR = 60_000;

/** Finds the installation of a repository; one that was found a moment ago is not fetched again. */
export function rememberInstallations(probot: Pick<Probot, 'auth'>) {
  const known = new Map<string, { readonly id: Promise<number>; readonly until: number }>();
  return {
    find(repository: { readonly owner: string; readonly name: string }): Promise<number> {
      const key = `${repository.owner}/${repository.name}`.toLowerCase();
      const found = known.get(key);
      if (found && found.until > performance.now()) return found.id;
      const id = fetchInstallation(probot, repository);
      known.set(key, { id, until: performance.now() + KNOWN_FOR });
      id.catch(() => known.delete(key));
      return id;
    },
  };
}

async function fetchInstallation(
  probot: Pick<Probot, 'auth'>,
  repository: { readonly owner: string; readonly name: string },
): Promise<number> {
  const found = await findInstallation(probot, repository);
  if (found) return found.id;
  throw new Error(
    `the App is not installed in ${repository.owner}/${repository.name}, the repository in the address of Flux's Provider`,
  );
}

/** Finds the installation of a repository, with the permissions granted there; undefined if the App is not installed. */
export async function findInstallation(
  probot: Pick<Probot, 'auth'>,
  { owner, name }: { readonly owner: string; readonly name: string },
): Promise<({ readonly id: number } & Installed) | undefined> {
  const octokit = await probot.auth();
  const found = await unlessAbsent(octokit.rest.apps.getRepoInstallation({ owner, repo: name }), [404]);
  if (!found) return undefined;
  const { id, permissions, events, suspended_at, html_url } = found.data;
  return { id, permissions: { ...permissions }, events, suspended: Boolean(suspended_at), page: html_url };
}

async function fetchOfInstallation(probot: Pick<Probot, 'auth'>, installation: number): Promise<RepositoryRef[]> {
  const octokit = await probot.auth(installation);
  const listed = octokit.rest.apps.listReposAccessibleToInstallation;
  const repositories = await octokit.paginate(listed, { per_page: 100 });
  const writable = repositories.filter(({ archived }) => !archived);
  return writable.map(({ owner, name }) => ({ installation, owner: owner.login, name }));
}

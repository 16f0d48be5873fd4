import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import type { Config } from '../config.ts';
import type { NeededAccess } from '../core/doctor/access.ts';
import { type Diagnosis, problem } from '../core/doctor/diagnosis.ts';
import { diagnoseHost } from '../flows/doctor.ts';
import { statusOf } from '../github/absent.ts';
import { githubAccess } from '../github/access.ts';
import { createCache } from '../github/cache.ts';
import { findInstallation } from '../github/installations.ts';
import type { RepositoryName } from '../github/octokit.ts';
import { githubPulls } from '../github/pulls.ts';
import { githubRepository } from '../github/repository.ts';
import { createLog } from '../start/log.ts';
import { createProbot } from '../start/probot.ts';

/** The App's configuration, with its credentials. */
export type AppConfig = Config & Required<Pick<Config, 'credentials'>>;

/** Checks a repository on GitHub as the App: credentials, installation, permissions, rules. */
export async function diagnoseGitHub(
  { credentials, apiUrl, fluxToken }: AppConfig,
  repository: RepositoryName,
): Promise<readonly Diagnosis[]> {
  const log = createLog('silent');
  const probot = await createProbot({ credentials, log, ...(apiUrl === undefined ? {} : { apiUrl }) });
  const installed = await findInstallation(probot, repository).catch((error: unknown) => {
    if (statusOf(error) === 401) return 'refused' as const;
    throw error;
  });
  if (installed === 'refused') {
    const remedy = "compare APP_ID and PRIVATE_KEY with the App's settings page, and check this machine's clock";
    return [problem('credentials', 'GitHub refuses them', remedy)];
  }
  if (!installed) {
    const remedy = "install it there (the App's settings page, Install App), or correct --repository";
    return [problem('installation', 'the App is not installed in this repository', remedy)];
  }
  const octokit = await probot.auth(installed.id);
  const ports = {
    repository: githubRepository(octokit, repository, createCache()),
    pulls: githubPulls(octokit, repository, { id: credentials.appId, slug: '' }),
    access: githubAccess(octokit, repository),
  };
  const facts = { installed, wanted: readAppManifest(), listens: fluxToken !== undefined, now: new Date() };
  return diagnoseHost(ports, facts);
}

/** The permissions and events with which the App is registered (app.yml). */
function readAppManifest(): NeededAccess {
  const manifest = load(readFileSync(join(import.meta.dirname, '../../app.yml'), 'utf8')) as {
    readonly default_permissions: NeededAccess['permissions'];
    readonly default_events: NeededAccess['events'];
  };
  return { permissions: manifest.default_permissions, events: manifest.default_events };
}

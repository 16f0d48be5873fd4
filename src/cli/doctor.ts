import { readConfig, SERVER_DEFAULTS } from '../config.ts';
import { diagnoseBranch } from '../core/doctor/branch.ts';
import { type Diagnosis, formatDiagnoses, ok, problem } from '../core/doctor/diagnosis.ts';
import { readRemote } from '../core/model/remote.ts';
import { diagnoseClusters, diagnoseTree, fetchBranchFacts } from '../flows/doctor.ts';
import { fetchRemoteAddress, fetchRemoteBranches } from '../git/branches.ts';
import { gitRepository } from '../git/repository.ts';
import type { RepositoryName } from '../github/octokit.ts';
import { type Command, EXIT, type Invocation, UsageError } from './command.ts';
import type { AppConfig } from './doctor-github.ts';
import { repositoryFrom } from './repository-name.ts';
import { openRepository, openTree } from './workspace.ts';

export const doctor: Command = {
  usage: 'doctor [--app] [--repository OWNER/NAME]',
  help: `Checks what publishing needs, and prints a checklist with what to do: whether this is a
repository with values files, whether the settings are valid, whether Coalmine wrote the
gitops branch, whether a cluster has ever reported.

With the App's credentials in the environment (APP_ID, PRIVATE_KEY or PRIVATE_KEY_PATH,
WEBHOOK_SECRET; FLUX_WEBHOOK_TOKEN) it checks GitHub too: whether the App is installed with
the permissions that it needs, and which ruleset keeps it from pushing to the gitops branch
or from merging. Writes nothing, neither here nor on GitHub.

  --app                    require the check of GitHub: refuse without credentials
  --repository OWNER/NAME  the repository on GitHub (default: read from the address of
                           the git remote)

The exit code is 1 if a check finds a problem.`,
  options: { app: { type: 'boolean' }, repository: { type: 'string' } },
  arguments: 0,
  async run(invocation) {
    const { folder, options, terminal, environment } = invocation;
    const config = configFrom(environment, options.app === true);
    const here = await diagnoseFolder(folder, { withClusters: !config });
    terminal.out(formatDiagnoses('Here', here));
    const there = config ? await diagnoseThere(config, invocation) : [];
    if (!config)
      terminal.out(
        "\nGitHub was not checked: the App's credentials are not in the environment (see coalmine doctor --help).\n",
      );
    const all = [...here, ...there];
    return all.some(({ state }) => state === 'problem') ? EXIT.findings : EXIT.fine;
  },
};

/** The App's configuration; undefined without credentials. Throws UsageError if only some of them are set. */
function configFrom(environment: Invocation['environment'], needed: boolean): AppConfig | undefined {
  const read = readConfig(environment, SERVER_DEFAULTS);
  if (!read.ok) throw new UsageError(read.problems.join('; '));
  const { credentials } = read.config;
  if (credentials) return { ...read.config, credentials };
  if (needed) {
    throw new UsageError(
      "--app needs the App's credentials in the environment: set APP_ID, PRIVATE_KEY (or PRIVATE_KEY_PATH) and WEBHOOK_SECRET as on the server",
    );
  }
  return undefined;
}

async function diagnoseFolder(
  folder: string,
  { withClusters }: { readonly withClusters: boolean },
): Promise<readonly Diagnosis[]> {
  const opened = await openRepository(folder).catch((error: unknown) => {
    if (error instanceof UsageError) return error;
    throw error;
  });
  if (opened instanceof UsageError) {
    return [problem('git', opened.message, 'run coalmine at the root of the repository, or name the root with -C DIR')];
  }
  const { root } = opened;
  const { settings, diagnoses } = await diagnoseTree(await openTree(root));
  const first = [ok('git', `a repository at ${root}`), ...diagnoses];
  if (!settings) return first;
  const repository = gitRepository(root);
  const [remote] = await fetchRemoteBranches(root, settings.gitops);
  const there = remote && {
    remote: remote.name,
    ...(await fetchBranchFacts(repository, settings.gitops, remote.tip.sha)),
  };
  return [
    ...first,
    diagnoseBranch(await fetchBranchFacts(repository, settings.gitops), there),
    ...(withClusters ? await diagnoseClusters(repository, settings, { isComplete: false, now: new Date() }) : []),
  ];
}

async function repositoryOf(folder: string, named: Invocation['options'][string]): Promise<RepositoryName> {
  const address = typeof named === 'string' ? undefined : await fetchRemoteAddress(folder).catch(() => undefined);
  const [owner = '', name = ''] = repositoryFrom(named, address === undefined ? undefined : readRemote(address)).split(
    '/',
  );
  return { owner, name };
}

/** Checks the repository on GitHub as the App. Loads the GitHub libraries only here. */
async function diagnoseThere(
  config: AppConfig,
  { folder, options, terminal }: Invocation,
): Promise<readonly Diagnosis[]> {
  const repository = await repositoryOf(folder, options.repository);
  const { diagnoseGitHub } = await import('./doctor-github.ts');
  const diagnoses = await diagnoseGitHub(config, repository);
  terminal.out(`\n${formatDiagnoses(`On GitHub, ${repository.owner}/${repository.name}`, diagnoses)}`);
  return diagnoses;
}

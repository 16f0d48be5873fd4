import { readConfig, SERVER_DEFAULTS } from '../config.ts';
import { diagnoseBranch } from '../core/doctor/branch.ts';
import { type Diagnosis, formatDiagnoses, ok, problem } from '../core/doctor/diagnosis.ts';
import { readRemote } from '../core/model/remote.ts';
import { diagnoseClusters, diagnoseTree, fetchBranchFacts } from '../flows/doctor.ts';
import { fetchRemoteAddress, fetchRemoteBranches } from '../git/branches.ts';
import { gitRepository } from '../git/repository.ts';
import type { RepositoryName } from '../github/octokit.ts';
import { type Command, EXIT, type Invocation, UsageError } from './command.ts';
import type { Complete } from './doctor-github.ts';
import { repositoryFrom } from './repository-name.ts';
import { openRepository, openTree } from './workspace.ts';

export const doctor: Command = {
  usage: 'doctor [--app] [--repository OWNER/NAME]',
  help: `Says what stands in the way of publishing, as a checklist with what to do: whether this
is a repository with values files, whether the settings read, whose the gitops branch
is, whether a cluster has ever answered.

With the App's credentials in the environment (APP_ID, PRIVATE_KEY or PRIVATE_KEY_PATH,
WEBHOOK_SECRET; FLUX_WEBHOOK_TOKEN) also on GitHub: whether the App is installed with the
permissions that it asks for, and which ruleset keeps it from pushing to the gitops branch
or from merging. Nothing is written, there or here.

  --app                    ask on GitHub, and refuse without credentials
  --repository OWNER/NAME  the repository on GitHub (default: what the remote's address
                           says)

The exit code is 1 where something must be done.`,
  options: { app: { type: 'boolean' }, repository: { type: 'string' } },
  arguments: 0,
  async run(invocation) {
    const { folder, options, terminal, environment } = invocation;
    const config = configFrom(environment, options.app === true);
    const here = await diagnoseFolder(folder, { withClusters: !config });
    terminal.out(formatDiagnoses('Here', here));
    const there = config ? await diagnoseThere(config, invocation) : [];
    if (!config) terminal.out("\nGitHub was not asked: the App's credentials are not in the environment (--help).\n");
    const all = [...here, ...there];
    return all.some(({ state }) => state === 'problem') ? EXIT.findings : EXIT.fine;
  },
};

/** The App's configuration, where it has credentials; refuses a part of them. */
function configFrom(environment: Invocation['environment'], needed: boolean): Complete | undefined {
  const read = readConfig(environment, SERVER_DEFAULTS);
  if (!read.ok) throw new UsageError(read.problems.join('; '));
  const { credentials } = read.config;
  if (credentials) return { ...read.config, credentials };
  if (needed) {
    throw new UsageError(
      '--app asks GitHub as the App, whose credentials are not in the environment: APP_ID, PRIVATE_KEY (or PRIVATE_KEY_PATH) and WEBHOOK_SECRET, as the server has them',
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
    return [problem('git', opened.message, 'go to the root of the repository, or give it with -C')];
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
    ...(withClusters ? await diagnoseClusters(repository, settings, { isComplete: false }) : []),
  ];
}

async function repositoryOf(folder: string, named: Invocation['options'][string]): Promise<RepositoryName> {
  const address = typeof named === 'string' ? undefined : await fetchRemoteAddress(folder).catch(() => undefined);
  const [owner = '', name = ''] = repositoryFrom(named, address === undefined ? undefined : readRemote(address)).split(
    '/',
  );
  return { owner, name };
}

/** What only the App is told. Its libraries are loaded only where they are needed. */
async function diagnoseThere(
  config: Complete,
  { folder, options, terminal }: Invocation,
): Promise<readonly Diagnosis[]> {
  const repository = await repositoryOf(folder, options.repository);
  const { diagnoseGitHub } = await import('./doctor-github.ts');
  const diagnoses = await diagnoseGitHub(config, repository);
  terminal.out(`\n${formatDiagnoses(`On GitHub, ${repository.owner}/${repository.name}`, diagnoses)}`);
  return diagnoses;
}

import { targets } from '../charts/targets.ts';
import type { Manifest } from '../core/model/manifest.ts';
import { nearest } from '../core/model/nearest.ts';
import { type Remote, readRemote } from '../core/model/remote.ts';
import type { ReportSource } from '../core/readiness/source.ts';
import { REPORT_SOURCES, sourceOf } from '../core/readiness/sources.ts';
import { faultsOf } from '../core/schema/fault.ts';
import { isStaged } from '../core/settings/pattern.ts';
import { SETTINGS_FILE, type Settings, type StageSettings, stageSettings } from '../core/settings/settings.ts';
import { type Cluster, clusterManifests, type Reports } from '../core/targets/flux/cluster.ts';
import { streamOf } from '../core/targets/manifest-set.ts';
import { errorsIn } from '../core/targets/schemas.ts';
import { releasesIn } from '../flows/gitops/snapshot.ts';
import { fetchRemoteAddress } from '../git/branches.ts';
import { orUndefined } from '../git/program.ts';
import { FLUX_PATH } from '../web/flux.ts';
import { type Command, EXIT, type Invocation, UsageError } from './command.ts';
import { formatManualSteps } from './flux-steps.ts';
import { repositoryFrom } from './repository-name.ts';
import { stageFrom } from './stage.ts';
import { describeFindings, openTree, openValuesSources, type ValuesSources } from './workspace.ts';

const TO_APP = REPORT_SOURCES.filter(({ sentTo }) => sentTo === 'app')
  .map(({ name }) => name)
  .join(', ');

const WIDTH = Math.max(...REPORT_SOURCES.map(({ name }) => name.length)) + 2;

function describePrinted({ name, wakesFlux }: ReportSource): string {
  return `  ${name.padEnd(WIDTH)}${wakesFlux ? 'a Receiver, a Provider and an Alert' : 'a Provider and an Alert'}`;
}

export const flux: Command = {
  usage: 'flux [--stage STAGE] [--cluster NAME] [--app URL] [--repository OWNER/NAME] [--private]',
  help: `Prints the objects with which a cluster follows the gitops branch, as one YAML stream:

  npx coalmine flux | kubectl apply -f -

They are the ClusterRole of the releases, a GitRepository and a root Kustomization; and,
if clusters report (readiness.by):

${REPORT_SOURCES.map(describePrinted).join('\n')}

The steps to do by hand, such as creating Secrets, go to stderr; no Secret is ever printed.

  --stage STAGE            the stage that the cluster runs; needed if there are several
  --cluster NAME           the name under which the cluster reports; needed if
                           readiness.clusters lists any
  --app URL                the address at which the cluster reaches the App; needed with
                           readiness.by ${TO_APP}
  --repository OWNER/NAME  the repository on GitHub (default: read from the address of
                           the git remote, or from flux.url)
  --private                the repository cannot be read without credentials`,
  options: {
    stage: { type: 'string' },
    cluster: { type: 'string' },
    app: { type: 'string' },
    repository: { type: 'string' },
    private: { type: 'boolean' },
  },
  arguments: 0,
  async run({ folder, options, terminal }) {
    const tree = await openTree(folder);
    const sources = await openValuesSources(tree, []);
    if (!sources.settings) {
      terminal.err(await describeFindings(sources.findings, tree));
      return EXIT.findings;
    }
    const stage = chooseStage(options.stage, sources, sources.settings);
    const settings = stageSettings(sources.settings, stage);
    const address = settings.flux.url ?? (await orUndefined(fetchRemoteAddress(folder)));
    const remote = requireRemote(address);
    const reports = reportsOf(settings, remote, options);
    const cluster: Cluster = {
      flux: settings.flux,
      stage,
      branch: sources.settings.gitops,
      url: remote.url,
      isPrivate: options.private === true || remote.url.startsWith('ssh:'),
      ...(reports ? { reports } : {}),
    };
    const manifests = clusterManifests(cluster, targets);
    manifests.forEach(requireValid);
    terminal.err(formatManualSteps(cluster));
    terminal.out(streamOf(manifests));
    return EXIT.fine;
  },
};

function chooseStage(
  named: Invocation['options'][string],
  { index }: ValuesSources,
  settings: Settings,
): string | undefined {
  const stage = stageFrom(named, [...releasesIn(index).map((release) => release.stage), ...settings.stages.keys()]);
  if (stage !== undefined || !isStaged(settings)) return stage;
  throw new UsageError(`there is no stage yet: no values file matches ${settings.values}`);
}

function requireRemote(address: string | undefined): Remote {
  const remote = address === undefined ? undefined : readRemote(address);
  if (remote) return remote;
  const reason =
    address === undefined ? 'there is no git remote here' : "the git remote's address works only on this machine";
  throw new UsageError(`${reason}; set the address that Flux clones in ${SETTINGS_FILE}: flux: { url: https://... }`);
}

/** How the cluster reports what it applied; undefined if no cluster reports (readiness.by: delay). */
function reportsOf(
  { readiness }: StageSettings,
  remote: Remote,
  { app, cluster, repository }: Invocation['options'],
): Reports | undefined {
  const source = sourceOf(readiness);
  const name = clusterFrom(cluster, readiness.clusters, source.waitsFor === 'reports');
  if (source.waitsFor === 'time') return undefined;
  const named = repositoryFrom(repository, remote);
  const address =
    source.sentTo === 'app'
      ? `${appFrom(app, source)}${FLUX_PATH}?repository=${named}`
      : `${remote.url.startsWith('http:') ? 'http' : 'https'}://${remote.host}/${named}`;
  return { by: source, address, repository: named, ...(name === undefined ? {} : { cluster: name }) };
}

const CLUSTER = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

function clusterFrom(
  named: Invocation['options'][string],
  clusters: readonly string[],
  needed: boolean,
): string | undefined {
  const listed = `readiness.clusters lists ${clusters.join(', ')}`;
  if (typeof named !== 'string') {
    if (clusters.length > 0 && needed) throw new UsageError(`${listed}; choose one with --cluster NAME`);
    return undefined;
  }
  if (clusters.includes(named) || (clusters.length === 0 && CLUSTER.test(named))) return named;
  if (clusters.length === 0) {
    throw new UsageError(`"${named}" is not a cluster name; use lower-case letters, digits and "-", at most 63`);
  }
  const meant = nearest(named, clusters);
  throw new UsageError(
    `unknown cluster "${named}"; ${listed}${meant === undefined ? '' : `; did you mean "${meant}"?`}`,
  );
}

function appFrom(app: Invocation['options'][string], { name }: ReportSource): string {
  if (typeof app !== 'string') {
    throw new UsageError(
      `readiness.by is ${name}; give the address at which the cluster reaches the App: --app https://HOST`,
    );
  }
  const url = URL.canParse(app) ? new URL(app) : undefined;
  const isPlain =
    url && /^https?:$/.test(url.protocol) && `${url.username}${url.password}${url.search}${url.hash}` === '';
  if (!isPlain) throw new UsageError(`--app takes an address such as https://coalmine.example.com, not "${app}"`);
  return url.href.replace(/\/+$/, '');
}

/** Throws UsageError for a manifest that Kubernetes would refuse, such as one with a bad name from a stage's folder. */
function requireValid(manifest: Manifest): void {
  const judged = { root: manifest, writtenAt: () => undefined, shownAt: (path: string) => path };
  const [fault] = faultsOf(errorsIn(manifest), judged);
  if (!fault) return;
  throw new UsageError(`Kubernetes would refuse the ${manifest.kind} "${manifest.metadata.name}": ${fault.message}`);
}

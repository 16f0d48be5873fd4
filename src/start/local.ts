import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { targets } from '../charts/targets.ts';
import type { Config } from '../config.ts';
import type { FluxEvent } from '../core/readiness/event.ts';
import { schemaText } from '../core/schema/text.ts';
import { recordFluxEvents } from '../flows/cluster/live.ts';
import { fetchWholeCommit } from '../flows/publish/whole-tree.ts';
import { gitRepository } from '../git/repository.ts';
import { bot, emailOf } from '../sandbox/accounts.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { type App, startApp } from './app.ts';

const EXAMPLES = join(import.meta.dirname, '../../charts-values');

const SETTINGS = `# yaml-language-server: $schema=../schemas/config.schema.json
# Coalmine's settings for this repository; every key has a default.
domains:
  example:
    render: true # this repository owns the domain's entry point
readiness:
  by: flux # its events at /api/flux say what is applied and ready
merge: all # the App may merge its own pull requests
`;

/** Schemas for an editor, at the paths that the first lines of the seeded files name. */
const SCHEMAS = (['values', 'config'] as const).map(
  (name) => [`schemas/${name}.schema.json`, schemaText(name)] as const,
);

/** Weight of echo's canary in the seeded pull request. */
const SEEDED_WEIGHT = 25;

/** The configuration of a start with the sandbox. */
export type LocalConfig = Omit<Config, 'dataDir'> & {
  readonly dataDir: string;
  readonly manualFlux?: boolean; // the sandbox's Flux waits for commands
};

/** Starts the sandbox on its data directory; a new one is seeded from the example values. */
export async function startLocalGitHub(config: LocalConfig, log: Logger): Promise<Sandbox> {
  const values = await readExampleValues();
  const echo = values.get('charts-values/echo.yaml') ?? '';
  return startSandbox({
    dataDir: config.dataDir,
    port: config.sandboxPort,
    ...(config.webhookUrl === undefined ? {} : { webhookUrl: config.webhookUrl }),
    manualFlux: config.manualFlux ?? false,
    log: (fields, message) => log.warn(fields, message),
    seed: {
      files: new Map([...values, ...SCHEMAS, ['.github/coalmine.yml', SETTINGS]]),
      publish: publishBranches,
      pull: {
        title: `echo: canary to ${SEEDED_WEIGHT} %`,
        body: 'The testers are content with version 2. A quarter of all requests may go there.',
        branch: `echo-canary-${SEEDED_WEIGHT}`,
        files: new Map([
          ['charts-values/echo.yaml', echo.replace(/^( +)headers:/m, `$1weight: ${SEEDED_WEIGHT}\n$1headers:`)],
        ]),
      },
    },
  });
}

/** Sandbox and App together, connected. */
export interface Local {
  readonly sandbox: Sandbox;
  readonly app: App;
  close(): Promise<void>;
}

/** Starts the sandbox and the App beside it, as on GitHub: signed webhooks in, Octokit out. */
export async function startLocal(config: LocalConfig, log: Logger): Promise<Local> {
  const sandbox = await startLocalGitHub(config, log);
  try {
    const app = await startApp({
      credentials: sandbox.app,
      fluxToken: sandbox.app.fluxToken,
      apiUrl: config.apiUrl ?? sandbox.apiUrl,
      port: config.port,
      host: '127.0.0.1',
      log,
      about: `Coalmine is running with its sandbox: ${sandbox.url}\n`,
    });
    sandbox.deliverTo(app.webhookUrl);
    await sandbox.openSeededPull();
    return {
      sandbox,
      app,
      close: async () => {
        sandbox.deliverTo(undefined); // later deliveries wait for the next start
        await app.close();
        await sandbox.close();
      },
    };
  } catch (error) {
    await sandbox.close();
    throw error;
  }
}

async function publishBranches(bareRepository: string): Promise<void> {
  const repository = gitRepository(bareRepository, { name: bot.login, email: emailOf(bot) });
  const source = await repository.fetchCommit('refs/heads/main');
  if (!source) throw new Error('the seeded repository has no main branch');
  // The state of a repository in use: everything was published and became ready long ago.
  const sha = await repository.commit(await fetchWholeCommit(repository, source, targets));
  const names = [...(await readExampleValues()).keys()].map((file) => /([^/]+)\.yaml$/.exec(file)?.[1] ?? '');
  const events = names.flatMap((name) =>
    ['workloads', 'routes'].map((part) =>
      appliedEvent({ name: `${name}-${part}`, namespace: name }, { sha, at: source.date }),
    ),
  );
  const pulls = { fetchDefaultBranch: async () => 'main' };
  for (const effect of await recordFluxEvents({ repository, pulls, now: () => source.date }, events))
    if (effect.kind === 'record') await repository.commit(effect);
}

/** Flux's event at the end of a successful reconciliation. */
function appliedEvent(
  kustomization: FluxEvent['kustomization'],
  { sha, at }: { readonly sha: string; readonly at: Date },
): FluxEvent {
  return {
    by: 'flux',
    kustomization,
    revision: { branch: 'gitops', sha },
    outcome: 'applied',
    reason: 'ReconciliationSucceeded',
    message: 'Applied revision',
    cluster: 'default',
    at: at.toISOString(),
  };
}

async function readExampleValues(): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(EXAMPLES)).filter((name) => name.endsWith('.yaml')).sort();
  return new Map(
    await Promise.all(
      names.map(async (name) => [`charts-values/${name}`, await readFile(join(EXAMPLES, name), 'utf8')] as const),
    ),
  );
}

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { charts } from '../charts/charts.ts';
import type { Config } from '../config.ts';
import { schemaText } from '../core/schema-text.ts';
import { publishLocally } from '../flows/publish.ts';
import { gitRepository } from '../git/repository.ts';
import { bot, emailOf } from '../sandbox/accounts.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { type App, startApp } from './app.ts';

const EXAMPLES = join(import.meta.dirname, '../../charts-values');

const SETTINGS = `# yaml-language-server: $schema=../schemas/config.schema.json
# Coalmine's settings for this repository; every key has a default.
domains:
  example:
    render: true # this repository owns the shared VirtualService
`;

/** For an editor, where the first lines of the seeded files say that they are. */
const SCHEMAS = (['values', 'config'] as const).map(
  (name) => [`schemas/${name}.schema.json`, schemaText(name)] as const,
);

/** The weight that the seeded pull request takes echo's canary to. */
const SEEDED_WEIGHT = 25;

/** What a start with the sandbox needs of the configuration. */
export type LocalConfig = Omit<Config, 'dataDir'> & {
  readonly dataDir: string;
  readonly manualFlux?: boolean; // the sandbox's Flux does nothing by itself
};

/** Starts the sandbox on its data directory; a new one is seeded from the example values. */
export async function startLocalGitHub(config: LocalConfig, log: Logger): Promise<Sandbox> {
  const values = await exampleValues();
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
        sandbox.deliverTo(undefined); // what comes now is for the next start
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
  const { plan } = await publishLocally(repository, { source }, charts);
  for (const effect of plan) if (effect.kind === 'publish') await repository.commit(effect);
}

async function exampleValues(): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(EXAMPLES)).filter((name) => name.endsWith('.yaml')).sort();
  return new Map(
    await Promise.all(
      names.map(async (name) => [`charts-values/${name}`, await readFile(join(EXAMPLES, name), 'utf8')] as const),
    ),
  );
}

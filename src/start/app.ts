import type { Logger } from 'pino';
import type { Probot } from 'probot';
import { targets } from '../charts/targets.ts';
import type { Credentials } from '../config.ts';
import { canWait, keyOf } from '../flows/job.ts';
import type { Job, Jobs, Ports } from '../flows/ports.ts';
import { runJob } from '../flows/run-job.ts';
import { watchAnswers } from '../github/answers.ts';
import { connect } from '../github/app.ts';
import { createCache } from '../github/cache.ts';
import { type Clock, createClock } from '../github/clock.ts';
import { redeliverFailed } from '../github/deliveries.ts';
import { fetchRepositories, rememberInstallations } from '../github/installations.ts';
import { githubPulls } from '../github/pulls.ts';
import { createQuotas, type Quotas } from '../github/quota.ts';
import { githubRepository } from '../github/repository.ts';
import { githubTips } from '../github/tips.ts';
import { memoryJobs } from '../jobs/memory.ts';
import { FLUX_PATH } from '../web/flux.ts';
import { createGuardedServer, guardListener } from '../web/guarded-server.ts';
import { createRoutes, listen, type WebhookHandlers } from '../web/server.ts';
import { WEBHOOK_PATH } from '../web/webhooks.ts';
import { createPlanner } from './planner/planner.ts';
import { createProbot } from './probot.ts';
import { startSweeping } from './sweeping.ts';

export interface AppOptions {
  readonly credentials: Credentials;
  readonly fluxToken?: string; // undefined: Flux's events are not accepted
  readonly apiUrl?: string;
  readonly port: number;
  readonly host: string;
  readonly about: string; // text of the server's front page
  readonly log: Logger;
}

/** A running App. */
export interface App {
  readonly url: string;
  readonly webhookUrl: string;
  readonly fluxUrl: string; // a repository's events go to it with `?repository=owner/name`
  /** Resolves when no job is waiting or running. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the App: receives webhooks, runs jobs, writes through Octokit. The same code serves GitHub and the sandbox. */
export async function startApp({ credentials, fluxToken, apiUrl, port, host, about, log }: AppOptions): Promise<App> {
  const probot = await createProbot({ credentials, log, ...(apiUrl === undefined ? {} : { apiUrl }) });
  const clock = createClock({ log });
  const quotas = createQuotas();
  const portsOf = createPorts(probot, clock, quotas);
  const planner = createPlanner();
  const jobs: Jobs = memoryJobs({
    run: async (job) => {
      const pause = canWait(job) ? quotas.pauseOf(job.repository.installation) : undefined;
      if (pause === undefined) return void (await runJob(job, await portsOf(job, jobs), planner.decide));
      log.warn({ job: keyOf(job), seconds: pause }, 'job postponed: the rest of the quota is reserved for commands');
      jobs.enqueueLater(job, pause);
    },
    log,
  });
  connect({ probot, appId: credentials.appId, jobs, log });

  const hooks: WebhookHandlers = {
    github: {
      secret: credentials.webhookSecret,
      take: (delivery) => probot.webhooks.receive(delivery as Parameters<typeof probot.webhooks.receive>[0]),
      warn: (data, message) => log.warn(data, message),
    },
    flux: {
      token: fluxToken,
      take: (repository, event) => jobs.enqueue({ kind: 'flux-events', repository, events: [event] }),
    },
  };
  const server = createGuardedServer();
  server.on(
    'request',
    guardListener(createRoutes(hooks, about), (data, message) => log.error(data, message)),
  );
  const { port: actual } = await listen(server, { port, host, variable: 'PORT' });
  const sweeper = startSweeping(() => sweep({ probot, jobs, clock, log }), log);
  const url = `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${actual}`;
  return {
    url,
    webhookUrl: `${url}${WEBHOOK_PATH}`,
    fluxUrl: `${url}${FLUX_PATH}`,
    idle: async () => {
      await sweeper.first;
      await jobs.idle();
    },
    close: async () => {
      await sweeper.stop();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      await jobs.close();
      await planner.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Creates the ports of a job's repository; fetches the App's own identity once. */
function createPorts(probot: Probot, clock: Clock, quotas: Quotas): (job: Job, jobs: Ports['jobs']) => Promise<Ports> {
  const cache = createCache();
  const installations = rememberInstallations(probot);
  let self: Promise<{ id: number; slug: string }> | undefined;
  return async ({ repository }, jobs) => {
    self ??= fetchSelf(probot);
    const app = await self.catch((error: unknown) => {
      self = undefined; // the next job asks again
      throw error;
    });
    const installation = repository.installation ?? (await installations.find(repository));
    const octokit = await probot.auth(installation);
    watchAnswers(octokit, (headers) => {
      clock.learn(headers);
      quotas.learn(installation, headers);
    });
    const tips = githubTips(octokit, repository, cache);
    return {
      repository: githubRepository(octokit, repository, cache, tips),
      pulls: githubPulls(octokit, repository, app, { tips, cache }),
      jobs,
      targets,
      now: clock.now,
    };
  };
}

async function fetchSelf(probot: Probot): Promise<{ id: number; slug: string }> {
  const { data } = await (await probot.auth()).rest.apps.getAuthenticated();
  if (!data) throw new Error('GitHub does not say which App these credentials belong to');
  return { id: data.id, slug: data.slug ?? '' };
}

interface SweepContext {
  readonly probot: Probot;
  readonly jobs: Jobs;
  readonly clock: Clock;
  readonly log: Logger;
}

async function sweep({ probot, jobs, clock, log }: SweepContext): Promise<void> {
  for (const repository of await fetchRepositories(probot)) jobs.enqueue({ kind: 'sweep', repository });
  const count = await redeliverFailed(probot, clock.now());
  if (count > 0) log.info({ count }, 'asked GitHub to redeliver failed webhooks');
}

import type { Logger } from 'pino';
import { Probot } from 'probot';
import type { Credentials } from '../config.ts';
import { CoalmineOctokit } from '../github/octokit.ts';
import { fetchWithin } from '../github/time-limit.ts';

export interface ProbotOptions {
  readonly credentials: Credentials;
  readonly apiUrl?: string;
  readonly log: Logger;
}

/** Creates the App's client, signed in with its credentials. */
export async function createProbot({ credentials, apiUrl, log }: ProbotOptions): Promise<Probot> {
  const probot = new Probot({
    appId: credentials.appId,
    privateKey: credentials.privateKey,
    secret: credentials.webhookSecret,
    Octokit: CoalmineOctokit,
    request: { fetch: fetchWithin() }, // also for requests of tokens
    log,
    ...(apiUrl === undefined ? {} : { baseUrl: apiUrl }),
  });
  await probot.ready();
  return probot;
}

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

/** The App, signed in with its credentials. */
export async function createProbot({ credentials, apiUrl, log }: ProbotOptions): Promise<Probot> {
  const probot = new Probot({
    appId: credentials.appId,
    privateKey: credentials.privateKey,
    secret: credentials.webhookSecret,
    Octokit: CoalmineOctokit,
    request: { fetch: fetchWithin() }, // tokens are asked for with it as well
    log,
    ...(apiUrl === undefined ? {} : { baseUrl: apiUrl }),
  });
  await probot.ready();
  return probot;
}

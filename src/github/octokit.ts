import { ProbotOctokit } from 'probot';
import { createLimiters, createRetrier } from './pace.ts';
import { renewTokens } from './renewal.ts';
import { fetchWithin } from './time-limit.ts';

/** A client of GitHub's REST API, signed in as the App or as one of its installations. */
export type GitHub = InstanceType<typeof ProbotOctokit>;

/** Names a repository as GitHub does. */
export interface RepositoryName {
  readonly owner: string;
  readonly name: string;
}

// GitHub takes 80 requests a minute from an installation that create content and tell people of it, and 900 points of
// others, where a write is 5. Probot's own groups wait a second before each write and three before each comment, which
// makes every answer slow to keep a limit that it is nowhere near.
const CLOUD = {
  write: createLimiters({ atOnce: 1, burst: 60, perMinute: 90 }), // those that tell people as well
  notifications: createLimiters({ atOnce: 1, burst: 20, perMinute: 60 }),
};

// An Enterprise Server has no such limits unless somebody sets some, and then says when it is asked too often.
const SERVER = { write: createLimiters({ atOnce: 1 }), notifications: createLimiters({ atOnce: 1 }) };

/** Anywhere: how many requests an installation has on their way. */
const ANYWHERE = { global: createLimiters({ atOnce: 10 }), auth: createLimiters({ atOnce: 1 }) };

/** Whether an address is GitHub's own: github.com, or an enterprise's part of it. */
function isCloud(baseUrl = 'https://api.github.com'): boolean {
  return /^api\.(?:github\.com|[^.]+\.ghe\.com)$/.test(new URL(baseUrl).hostname);
}

// 409 (no commit yet), 405 and 501 (an operation that this server lacks) are as final as the plugin's own; 429 is the
// other plugin's, which waits for as long as GitHub says.
const FINAL = [400, 401, 403, 404, 405, 409, 410, 422, 429, 451, 501];

interface LimitedRequest {
  readonly method: string;
  readonly url: string;
}

/** Waits once for as long as GitHub asks for; asking again sooner makes it worse. */
function onSecondaryRateLimit(seconds: number, request: LimitedRequest, octokit: GitHub, retries: number): boolean {
  octokit.log.warn(`secondary rate limit: ${request.method} ${request.url} must wait ${seconds} s`);
  return retries < 1;
}

/** The longest wait for GitHub's next hour inside a job, in seconds: a job that fails is tried again, or found by a sweep. */
const LONGEST_WAIT = 60;

function onRateLimit(seconds: number, request: LimitedRequest, octokit: GitHub, retries: number): boolean {
  octokit.log.warn(`quota used up: ${request.method} ${request.url} must wait ${seconds} s`);
  return seconds <= LONGEST_WAIT && retries < 1;
}

/** Probot's client with a time limit for each request, and writes that wait only where GitHub's limits ask for it. */
export const CoalmineOctokit = ProbotOctokit.plugin(renewTokens).defaults(
  (options: { baseUrl?: string; request?: object; throttle?: object; retry?: object }) => ({
    ...options,
    request: { fetch: fetchWithin(), ...options.request },
    throttle: {
      ...options.throttle,
      ...ANYWHERE,
      ...(isCloud(options.baseUrl) ? CLOUD : SERVER),
      retryLimiter: createRetrier(),
      onSecondaryRateLimit,
      onRateLimit,
    },
    retry: { doNotRetry: FINAL, ...options.retry },
  }),
);

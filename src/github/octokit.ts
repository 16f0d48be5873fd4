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

// GitHub allows an installation 80 content-creating requests a minute that notify people, and 900 points of other requests,
// where a write is 5 points. Probot's defaults wait one second before each write and three before each comment: that slows
// every answer, far below the limit.
const CLOUD = {
  write: createLimiters({ atOnce: 1, burst: 60, perMinute: 90 }), // includes requests that notify people
  notifications: createLimiters({ atOnce: 1, burst: 20, perMinute: 60 }),
};

// An Enterprise Server has no such limits unless its administrator sets them; then it answers when to ask again.
const SERVER = { write: createLimiters({ atOnce: 1 }), notifications: createLimiters({ atOnce: 1 }) };

/** Maximum numbers of concurrent requests of an installation, on any server. */
const ALL_SERVERS = { global: createLimiters({ atOnce: 10 }), auth: createLimiters({ atOnce: 1 }) };

/** Whether an address belongs to github.com or to an enterprise on ghe.com. */
function isCloud(baseUrl = 'https://api.github.com'): boolean {
  return /^api\.(?:github\.com|[^.]+\.ghe\.com)$/.test(new URL(baseUrl).hostname);
}

// Statuses without retry: the plugin's own, 409 (no commit yet), 405 and 501 (the server lacks the operation). The
// throttling plugin handles 429 and waits as long as GitHub says.
const NO_RETRY = [400, 401, 403, 404, 405, 409, 410, 422, 429, 451, 501];

interface LimitedRequest {
  readonly method: string;
  readonly url: string;
}

/** Waits once, as long as GitHub asks; an earlier request makes the limit worse. */
function onSecondaryRateLimit(seconds: number, request: LimitedRequest, octokit: GitHub, retries: number): boolean {
  octokit.log.warn(`secondary rate limit: ${request.method} ${request.url} must wait ${seconds} s`);
  return retries < 1;
}

/** Maximum wait for GitHub's quota inside a job, in seconds. A job that fails is retried, or found by a sweep. */
const MAX_WAIT = 60;

function onRateLimit(seconds: number, request: LimitedRequest, octokit: GitHub, retries: number): boolean {
  octokit.log.warn(`quota used up: ${request.method} ${request.url} must wait ${seconds} s`);
  return seconds <= MAX_WAIT && retries < 1;
}

/** Probot's client with a timeout for each request; writes wait only if GitHub's limits require it. */
export const CoalmineOctokit = ProbotOctokit.plugin(renewTokens).defaults(
  (options: { baseUrl?: string; request?: object; throttle?: object; retry?: object }) => ({
    ...options,
    request: { fetch: fetchWithin(), ...options.request },
    throttle: {
      ...options.throttle,
      ...ALL_SERVERS,
      ...(isCloud(options.baseUrl) ? CLOUD : SERVER),
      retryLimiter: createRetrier(),
      onSecondaryRateLimit,
      onRateLimit,
    },
    retry: { doNotRetry: NO_RETRY, ...options.retry },
  }),
);

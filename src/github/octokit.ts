import Bottleneck from 'bottleneck';
import { ProbotOctokit } from 'probot';
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
const NOTIFICATIONS = { burst: 20, perMinute: 60 };
const WRITES = { burst: 60, perMinute: 90 };

function limited(id: string, { burst, perMinute }: typeof WRITES): Bottleneck.Group {
  return new Bottleneck.Group({
    id,
    maxConcurrent: 1,
    reservoir: burst,
    reservoirIncreaseInterval: 2_000, // a multiple of 250, as the library asks for
    reservoirIncreaseAmount: (2_000 * perMinute) / 60_000,
    reservoirIncreaseMaximum: burst,
  });
}

const CLOUD = {
  write: limited('coalmine-write', WRITES), // those that tell people as well
  notifications: limited('coalmine-notifications', NOTIFICATIONS),
};

// An Enterprise Server has no such limits unless somebody sets some, and then says when it is asked too often.
const SERVER = {
  write: new Bottleneck.Group({ id: 'coalmine-server-write', maxConcurrent: 1 }),
  notifications: new Bottleneck.Group({ id: 'coalmine-server-notifications', maxConcurrent: 1 }),
};

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
      ...(isCloud(options.baseUrl) ? CLOUD : SERVER),
      onSecondaryRateLimit,
      onRateLimit,
    },
    retry: { doNotRetry: FINAL, ...options.retry },
  }),
);

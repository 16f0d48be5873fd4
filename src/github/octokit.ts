import Bottleneck from 'bottleneck';
import { ProbotOctokit } from 'probot';

/** A client of GitHub's REST API, signed in as the App or as one of its installations. */
export type GitHub = InstanceType<typeof ProbotOctokit>;

/** Names a repository as GitHub does. */
export interface RepositoryName {
  readonly owner: string;
  readonly name: string;
}

// GitHub takes 80 content-creating requests a minute from an installation. Probot's own groups wait a second before each
// write and three before each comment, which makes every review slow to keep a limit that it is nowhere near.
const BURST = 40;
const PER_MINUTE = 40;

const write = new Bottleneck.Group({
  id: 'coalmine-write',
  maxConcurrent: 1,
  reservoir: BURST,
  reservoirIncreaseInterval: 60_000 / PER_MINUTE,
  reservoirIncreaseAmount: 1,
  reservoirIncreaseMaximum: BURST,
});
const notifications = new Bottleneck.Group({ id: 'coalmine-notifications', maxConcurrent: 1 }); // each is a write, too

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

/** Probot's client with writes that wait only where GitHub's limits ask for it. */
export const CoalmineOctokit = ProbotOctokit.defaults((options: { throttle?: object; retry?: object }) => ({
  ...options,
  throttle: { ...options.throttle, write, notifications, onSecondaryRateLimit },
  retry: { doNotRetry: FINAL, ...options.retry },
}));

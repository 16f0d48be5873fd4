import { REVIEW_MARKER } from '../core/report/comment.ts';
import { printable } from '../core/report/escape.ts';
import { FOLLOWING_MARKER } from '../core/report/following.ts';
import { PUBLISH_CHECK } from '../flows/publish.ts';
import { type Client, waitFor } from './client.ts';

interface PullAnswer {
  readonly number: number;
  readonly title: string;
  readonly state: string;
  readonly merged_at: string | null;
  readonly merge_commit_sha: string | null;
  readonly html_url: string;
  readonly head: { readonly ref: string; readonly sha: string };
  readonly user: { readonly login: string } | null;
}

/** The seeded pull request, wherever its story stands. */
export async function fetchSeededPull(client: Client): Promise<PullAnswer | undefined> {
  const pulls = await client.get<readonly PullAnswer[]>('/pulls?state=all&sort=created&direction=asc&per_page=100');
  return pulls.find(({ head }) => head.ref.startsWith('echo-canary-'));
}

/** The App's comment on a pull request, as soon as it is there. */
export function fetchReviewComment(client: Client, pull: PullAnswer): Promise<string> {
  return waitFor("the App's comment", async () => {
    const comments = await client.get<readonly { readonly body: string }[]>(
      `/issues/${pull.number}/comments?per_page=100`,
    );
    return comments.find(({ body }) => body.startsWith(REVIEW_MARKER))?.body;
  });
}

interface CheckAnswer {
  readonly status: string;
  readonly conclusion: string | null;
  readonly output: { readonly title: string | null };
}

/** The check run of a publication, as soon as it is completed. */
export function fetchPublishCheck(client: Client, sha: string): Promise<CheckAnswer> {
  return waitFor('the publication', async () => {
    const path = `/commits/${sha}/check-runs?check_name=${encodeURIComponent(PUBLISH_CHECK)}`;
    const { check_runs: runs } = await client.get<{ readonly check_runs: readonly CheckAnswer[] }>(path);
    return runs.find(({ status }) => status === 'completed');
  });
}

/** What the App's comment says of the publication, once the cluster has it. */
export function fetchFollowing(client: Client, pull: PullAnswer): Promise<string> {
  return waitFor('the cluster', async () => {
    const [, section] = (await fetchReviewComment(client, pull)).split(FOLLOWING_MARKER);
    return section?.includes('serving') ? section : undefined;
  });
}

/** A comment for the terminal: its Markdown as it is, without markers and what follows the merge, indented. */
export function showComment(body: string): string {
  const [review = ''] = body.split(FOLLOWING_MARKER);
  return printable(review.replace(REVIEW_MARKER, '').trim()).replace(/^/gm, '    ').replace(/[ ]+$/gm, '');
}

import { printable } from '../core/model/printable.ts';
import { answerMarker } from '../core/report/answer.ts';
import { REVIEW_MARKER } from '../core/report/comment.ts';
import { FOLLOWING_MARKER } from '../core/report/following.ts';
import { PUBLISH_CHECK } from '../flows/publish/checks.ts';
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

interface CommentAnswer {
  readonly id: number;
  readonly body: string;
}

/** Says something on a pull request, unless that was said there before; the number of the comment. */
export async function sayOnce(client: Client, pull: PullAnswer, body: string): Promise<number> {
  const comments = await client.get<readonly CommentAnswer[]>(`/issues/${pull.number}/comments?per_page=100`);
  const said = comments.find((comment) => comment.body === body);
  return (said ?? (await client.post<CommentAnswer>(`/issues/${pull.number}/comments`, { body }))).id;
}

/** The App's answer to a comment, once the cluster has what was asked for. */
export function fetchAnswer(client: Client, pull: PullAnswer, comment: number): Promise<string> {
  return waitFor(`the answer to comment ${comment}, and the cluster`, async () => {
    const comments = await client.get<readonly CommentAnswer[]>(`/issues/${pull.number}/comments?per_page=100`);
    const answer = comments.find(({ body }) => body.startsWith(answerMarker(comment)))?.body;
    return answer?.includes('serving') ? answer : undefined;
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
  return indented(review);
}

/** The same of an answer, with what follows it. */
export function showAnswer(body: string): string {
  return indented(body);
}

function indented(body: string): string {
  const text = body.replace(/<!-- coalmine:[^>]*-->\n*/g, '').trim();
  return printable(text).replace(/^/gm, '    ').replace(/[ ]+$/gm, '');
}

import { printable } from '../core/model/printable.ts';
import { answerMarker } from '../core/report/answer.ts';
import { REVIEW_MARKER } from '../core/report/comment.ts';
import { FOLLOWING_MARKER } from '../core/report/following.ts';
import { splitSection } from '../core/report/section.ts';
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

/** Fetches the seeded pull request, open or merged. */
export async function fetchSeededPull(client: Client): Promise<PullAnswer | undefined> {
  const pulls = await client.get<readonly PullAnswer[]>('/pulls?state=all&sort=created&direction=asc&per_page=100');
  return pulls.find(({ head }) => head.ref.startsWith('echo-canary-'));
}

/** Waits for the App's comment on a pull request. */
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

/** Waits for the completed check run of a publication. */
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

/** Comments on a pull request unless it has that comment already. Returns the comment's id. */
export async function commentOnce(client: Client, pull: PullAnswer, body: string): Promise<number> {
  const comments = await client.get<readonly CommentAnswer[]>(`/issues/${pull.number}/comments?per_page=100`);
  const said = comments.find((comment) => comment.body === body);
  return (said ?? (await client.post<CommentAnswer>(`/issues/${pull.number}/comments`, { body }))).id;
}

/** The end of the line about a release that the clusters applied completely. */
const APPLIED = ', applied\n';

/** What a release says whose change a later one has replaced: in a story that is told again. */
const SUPERSEDED = ': superseded by ';

function isFinished(text: string | undefined): text is string {
  return text !== undefined && (text.includes(APPLIED) || text.includes(SUPERSEDED));
}

/** Waits for the App's answer to a comment, after the cluster applied the change. */
export function fetchAnswer(client: Client, pull: PullAnswer, comment: number): Promise<string> {
  return waitFor(`the answer to comment ${comment}, and the cluster`, async () => {
    const comments = await client.get<readonly CommentAnswer[]>(`/issues/${pull.number}/comments?per_page=100`);
    const answer = comments.find(({ body }) => body.startsWith(answerMarker(comment)))?.body;
    return isFinished(answer) ? answer : undefined;
  });
}

/** Waits for the part of the App's comment about the publication, after the cluster applied it. */
export function fetchFollowing(client: Client, pull: PullAnswer): Promise<string> {
  return waitFor('the cluster', async () => {
    const comment = await fetchReviewComment(client, pull);
    return isFinished(comment) ? splitSection(comment, FOLLOWING_MARKER).section : undefined;
  });
}

/** Formats a comment for the terminal: its Markdown, indented, without markers and without the part after the merge. */
export function formatCommentText(body: string): string {
  return indent(splitSection(body, FOLLOWING_MARKER).asked || body);
}

/** Formats an answer for the terminal, with the part that follows it. */
export function formatAnswerText(body: string): string {
  return indent(body);
}

function indent(body: string): string {
  const text = body.replace(/<!-- coalmine:[^>]*-->\n*/g, '').trim();
  return printable(text).replace(/^/gm, '    ').replace(/[ ]+$/gm, '');
}

import { invalid, notFound } from '../http.ts';
import { formatReviewComment } from '../payloads/review-comment.ts';
import { commitRange } from '../pull-life.ts';
import { fetchShownLines } from '../repository/line-places.ts';
import { isAncestor, resolveCommit } from '../repository/refs.ts';
import type { PullRow, ReviewCommentRow } from '../store/state.ts';
import { bodyOf, checkMayChange } from './comments.ts';
import { optionalChoice, requiredText } from './input.ts';
import { pullOf } from './pulls.ts';
import { actorOf, type Call, listing, numberParam, ok, type RestRoute, route } from './route.ts';

export const reviewCommentRoutes: readonly RestRoute[] = [
  route('GET /repos/{owner}/{repo}/pulls/{number}/comments', 'anyone', listComments),
  route('POST /repos/{owner}/{repo}/pulls/{number}/comments', 'user', createComment),
  route('DELETE /repos/{owner}/{repo}/pulls/comments/{id}', 'user', deleteComment),
];

const resource = 'PullRequestReviewComment';

function listComments(call: Call) {
  const pull = pullOf(call);
  const rows = call.world.state.reviewComments.all().filter((comment) => comment.pull === pull.id);
  return listing(call, rows, (comment) => formatReviewComment(call.world, pull, comment));
}

type DiffPlace = Pick<ReviewCommentRow, 'path' | 'line' | 'commit' | 'position' | 'hunk' | 'replyTo'>;

async function createComment(call: Call) {
  const { world } = call;
  const pull = pullOf(call);
  const body = bodyOf(call, resource);
  const place = call.body.in_reply_to === undefined ? await readPlace(call, pull) : readReply(call, pull);
  const author = actorOf(call).account.login;
  const comment = await world.state.reviewComments.add((id) => ({
    id,
    pull: pull.id,
    author,
    body,
    ...place,
    createdAt: world.now(),
  }));
  return ok(await formatReviewComment(world, pull, comment), 201);
}

/** Finds the line that a request names. Throws 422 if it is not in the pull request's diff. */
async function readPlace(call: Call, pull: PullRow): Promise<DiffPlace> {
  const { world, body } = call;
  const { folder } = world.repository;
  const path = requiredText(body, 'path', resource);
  const name = requiredText(body, 'commit_id', resource);
  optionalChoice(body, 'side', ['RIGHT'], resource); // the sandbox has no comments on removed lines
  const { base } = await commitRange(world, pull);
  const commit = /^[0-9a-f]{40}$/.test(name) ? await resolveCommit(folder, name) : undefined;
  const isPart =
    commit && (await isAncestor(folder, commit, pull.headSha)) && !(await isAncestor(folder, commit, base));
  if (!isPart) throw invalid(resource, 'commit_id', 'commit_id is not part of the pull request');
  const line = Number(body.line);
  const shown = (await fetchShownLines(folder, { base, commit, path })).get(line);
  if (!shown) {
    const field = 'pull_request_review_thread.line';
    throw invalid(resource, field, `${field} must be part of the diff`);
  }
  return { path, line, commit, ...shown, replyTo: null };
}

/** A reply has the place of the comment to which it replies. */
function readReply(call: Call, pull: PullRow): DiffPlace {
  const known = call.world.state.reviewComments.get(Number(call.body.in_reply_to));
  if (known?.pull !== pull.id) throw invalid(resource, 'in_reply_to', undefined, 'invalid');
  const { path, line, commit, position, hunk } = known;
  return { path, line, commit, position, hunk, replyTo: known.replyTo ?? known.id };
}

async function deleteComment(call: Call) {
  const comment = call.world.state.reviewComments.get(numberParam(call, 'id'));
  if (!comment) throw notFound();
  checkMayChange(call, comment);
  await call.world.state.reviewComments.remove(comment.id);
  return { status: 204 };
}

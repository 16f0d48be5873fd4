import { emitComment } from '../events.ts';
import { ApiError, invalid, notFound } from '../http.ts';
import { formatComment, formatIssue, formatReaction, reactionContents } from '../payloads/issue.ts';
import type { CommentRow } from '../store/state.ts';
import { optionalChoice, requiredText } from './input.ts';
import { pullOf } from './pulls.ts';
import { actorOf, type Call, listing, numberParam, ok, type RestRoute, route } from './route.ts';

const comments = '/repos/{owner}/{repo}/issues/comments';

export const commentRoutes: readonly RestRoute[] = [
  route(`GET ${comments}`, 'anyone', listAll),
  route(`GET ${comments}/{id}`, 'anyone', (call) => ok(formatComment(call.world, commentOf(call)))),
  route(`PATCH ${comments}/{id}`, 'user', updateComment),
  route(`DELETE ${comments}/{id}`, 'user', deleteComment),
  route(`GET ${comments}/{id}/reactions`, 'anyone', listReactions),
  route(`POST ${comments}/{id}/reactions`, 'user', createReaction),
  route(`DELETE ${comments}/{id}/reactions/{reaction}`, 'user', deleteReaction),
  route('GET /repos/{owner}/{repo}/issues/{number}', 'anyone', (call) => ok(formatIssue(call.world, pullOf(call)))),
  route('GET /repos/{owner}/{repo}/issues/{number}/comments', 'anyone', listOfIssue),
  route('POST /repos/{owner}/{repo}/issues/{number}/comments', 'user', createComment),
];

const longest = 65_536;

function commentOf(call: Call): CommentRow {
  const comment = call.world.state.comments.get(numberParam(call, 'id'));
  if (!comment) throw notFound();
  return comment;
}

/** The text of a comment in a request. */
export function bodyOf(call: Call, resource: string): string {
  const body = requiredText(call.body, 'body', resource);
  if ([...body].length > longest) {
    throw invalid(resource, 'body', `body is too long (maximum is ${longest} characters)`);
  }
  return body;
}

/** The comments that changed since a time, if one is given. */
function since(call: Call, rows: readonly CommentRow[]): CommentRow[] {
  const time = call.query.get('since');
  if (time && Number.isNaN(Date.parse(time))) throw invalid('IssueComment', 'since', undefined, 'invalid');
  return rows.filter(({ updatedAt }) => !time || Date.parse(updatedAt) >= Date.parse(time));
}

function listOfIssue(call: Call) {
  const { id } = pullOf(call);
  const rows = call.world.state.comments.all().filter(({ issue }) => issue === id);
  return listing(call, since(call, rows), (comment) => formatComment(call.world, comment));
}

function listAll(call: Call) {
  const { world, query } = call;
  const key = query.get('sort') === 'updated' ? 'updatedAt' : 'createdAt';
  const rows = since(call, world.state.comments.all());
  if (query.has('sort')) {
    rows.sort((one, other) => one[key].localeCompare(other[key]) || one.id - other.id);
    if (query.get('direction') !== 'asc') rows.reverse();
  }
  return listing(call, rows, (comment) => formatComment(world, comment));
}

async function createComment(call: Call) {
  const { world } = call;
  const { id: issue } = pullOf(call);
  const body = bodyOf(call, 'IssueComment');
  const { account } = actorOf(call);
  const now = world.now();
  const comment = await world.state.comments.add((id) => ({
    id,
    issue,
    body,
    author: account.login,
    createdAt: now,
    updatedAt: now,
  }));
  await emitComment(world, account, 'created', comment);
  return ok(formatComment(world, comment), 201);
}

/** Throws 403 unless the actor is the comment's author or may push. */
export function checkMayChange(call: Call, comment: Pick<CommentRow, 'author'>): void {
  const { account, permission } = actorOf(call);
  if (comment.author !== account.login && permission === 'read') {
    throw new ApiError(403, "Must have push access to edit another user's comment");
  }
}

async function updateComment(call: Call) {
  const { world } = call;
  const comment = commentOf(call);
  checkMayChange(call, comment);
  const body = bodyOf(call, 'IssueComment');
  const edited = await world.state.comments.put({ ...comment, body, updatedAt: world.now() });
  if (body !== comment.body) {
    await emitComment(world, actorOf(call).account, 'edited', edited, { changes: { body: { from: comment.body } } });
  }
  return ok(formatComment(world, edited));
}

async function deleteComment(call: Call) {
  const { world } = call;
  const comment = commentOf(call);
  checkMayChange(call, comment);
  await world.state.comments.remove(comment.id);
  const reactions = world.state.reactions.all().filter((reaction) => reaction.comment === comment.id);
  for (const { id } of reactions) await world.state.reactions.remove(id);
  await emitComment(world, actorOf(call).account, 'deleted', comment);
  return { status: 204 };
}

function listReactions(call: Call) {
  const { world, query } = call;
  const { id } = commentOf(call);
  const content = query.get('content');
  const rows = world.state.reactions.all().filter((row) => row.comment === id && (!content || row.content === content));
  return listing(call, rows, (reaction) => formatReaction(world, reaction));
}

/** Adds a reaction; a second one of the same kind and user has no effect. */
async function createReaction(call: Call) {
  const { world } = call;
  const { id: comment } = commentOf(call);
  const { login: author } = actorOf(call).account;
  const content = optionalChoice(call.body, 'content', reactionContents, 'Reaction');
  if (!content) throw invalid('Reaction', 'content', undefined, 'missing_field');
  const known = world.state.reactions
    .all()
    .find((row) => row.comment === comment && row.author === author && row.content === content);
  if (known) return ok(formatReaction(world, known));
  const row = { comment, author, content, createdAt: world.now() };
  return ok(formatReaction(world, await world.state.reactions.add((id) => ({ id, ...row }))), 201);
}

async function deleteReaction(call: Call) {
  const { world } = call;
  const reaction = world.state.reactions.get(numberParam(call, 'reaction'));
  if (!reaction || reaction.comment !== commentOf(call).id) throw notFound();
  if (reaction.author !== actorOf(call).account.login) throw new ApiError(403, 'Must be the author of the reaction');
  await world.state.reactions.remove(reaction.id);
  return { status: 204 };
}

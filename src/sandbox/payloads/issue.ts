import { bot } from '../accounts.ts';
import type { CommentRow, PullRow, ReactionRow } from '../store/state.ts';
import type { Json, SandboxWorld } from '../world.ts';
import { formatApp, nodeId } from './account.ts';
import { associationOf, formatLogin } from './pull.ts';
import { pageUrl, repositoryUrl } from './repository.ts';

export const reactionContents = ['+1', '-1', 'laugh', 'confused', 'heart', 'hooray', 'rocket', 'eyes'];

/** `issue`: a pull request as an issue. */
export function formatIssue(world: SandboxWorld, pull: PullRow): Json {
  const api = repositoryUrl(world);
  const url = `${api}/issues/${pull.id}`;
  const html = `${pageUrl(world)}/pull/${pull.id}`;
  return {
    url,
    repository_url: api,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: html,
    timeline_url: `${url}/timeline`,
    id: pull.id,
    node_id: nodeId('PullRequest', pull.id),
    number: pull.id,
    title: pull.title,
    user: formatLogin(world, pull.author),
    labels: [],
    state: pull.state,
    state_reason: null,
    locked: false,
    assignee: null,
    assignees: [],
    milestone: null,
    comments: world.state.comments.all().filter(({ issue }) => issue === pull.id).length,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt,
    author_association: associationOf(pull.author),
    active_lock_reason: null,
    draft: pull.draft,
    body: pull.body,
    performed_via_github_app: formatVia(world, pull.author),
    pull_request: {
      url: `${api}/pulls/${pull.id}`,
      html_url: html,
      diff_url: `${html}.diff`,
      patch_url: `${html}.patch`,
      merged_at: pull.merge?.at ?? null,
    },
    reactions: formatReactions(`${url}/reactions`, []),
  };
}

/** `issue-comment` */
export function formatComment(world: SandboxWorld, comment: CommentRow): Json {
  const api = repositoryUrl(world);
  const url = `${api}/issues/comments/${comment.id}`;
  const reactions = world.state.reactions.all().filter((reaction) => reaction.comment === comment.id);
  return {
    url,
    html_url: `${pageUrl(world)}/pull/${comment.issue}#issuecomment-${comment.id}`,
    issue_url: `${api}/issues/${comment.issue}`,
    id: comment.id,
    node_id: nodeId('IssueComment', comment.id),
    user: formatLogin(world, comment.author),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: associationOf(comment.author),
    body: comment.body,
    reactions: formatReactions(`${url}/reactions`, reactions),
    performed_via_github_app: formatVia(world, comment.author),
  };
}

/** `reaction` */
export function formatReaction(world: SandboxWorld, { id, author, content, createdAt }: ReactionRow): Json {
  return { id, node_id: nodeId('Reaction', id), user: formatLogin(world, author), content, created_at: createdAt };
}

function formatReactions(url: string, reactions: readonly ReactionRow[]): Json {
  const counts = reactionContents.map((name) => [name, reactions.filter(({ content }) => content === name).length]);
  return { url, total_count: reactions.length, ...Object.fromEntries(counts) };
}

function formatVia(world: SandboxWorld, author: string): Json | null {
  return author === bot.login ? formatApp(world) : null;
}

import type { Comment, Pulls } from '../flows/ports.ts';
import { unlessAbsent } from './absent.ts';
import type { Cache } from './cache.ts';
import { type AppIdentity, isOurs } from './comments.ts';
import type { GitHub, RepositoryName } from './octokit.ts';

interface RawComment {
  readonly id: number;
  readonly html_url: string;
  readonly body?: string | null;
  readonly user: { readonly id: number; readonly login: string; readonly type?: string } | null;
  readonly performed_via_github_app?: { readonly id: number } | null;
  readonly created_at: string;
  readonly updated_at: string;
}

/** Reads people's comments on pull requests, and adds reactions to them. */
export function githubConversation(
  octokit: GitHub,
  repository: RepositoryName,
  app: AppIdentity,
  cache: Cache,
): Pick<Pulls, 'fetchComment' | 'fetchComments' | 'fetchPullOf' | 'react'> {
  const { issues, reactions } = octokit.rest;
  const at = { owner: repository.owner, repo: repository.name };
  const keyOf = (comment: number): string => `${repository.owner}/${repository.name} comment ${comment}`;

  async function fetchComment(id: number): Promise<Comment | undefined> {
    const answer = await unlessAbsent(issues.getComment({ ...at, comment_id: id }), [404, 410]);
    const comment = answer && toComment(answer.data, app);
    if (comment?.pull !== undefined) cache.keep(keyOf(id), comment.pull, 100); // it never goes to another one
    return comment;
  }

  return {
    fetchComment,

    fetchPullOf: async (comment) => cache.find<number>(keyOf(comment)) ?? (await fetchComment(comment))?.pull,

    async fetchComments(since) {
      const asked = { ...at, since: since.toISOString(), per_page: 100 };
      return (await octokit.paginate(issues.listCommentsForRepo, asked)).map((comment) => toComment(comment, app));
    },

    async react({ comment, reaction }) {
      // The comment may have been deleted, and a server may lack reactions.
      const asked = { ...at, comment_id: comment, content: reaction };
      await unlessAbsent(reactions.createForIssueComment(asked), [404, 410, 501]);
    },
  };
}

function toComment(comment: RawComment, app: AppIdentity): Comment {
  const { id, html_url, body, user, created_at, updated_at } = comment;
  const pull = /\/pull\/(\d+)#/.exec(html_url)?.[1];
  const isBot = user?.type === 'Bot' || user?.login.endsWith('[bot]') || comment.performed_via_github_app;
  return {
    id,
    pull: pull === undefined ? undefined : Number(pull),
    author: user?.login ?? 'ghost',
    ...(user ? { authorId: user.id } : {}),
    by: isOurs(comment, app) ? 'us' : isBot || !user ? 'bot' : 'person',
    body: body ?? '',
    createdAt: new Date(created_at),
    edited: updated_at !== created_at,
  };
}

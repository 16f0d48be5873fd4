import type { Verb } from '../../core/commands/index.ts';
import { identityOf, type ReleaseId } from '../../core/model/release.ts';
import { formatMessage, type Message, parseMessage, trailers, writeSaid } from '../../core/model/trailers.ts';
import { shortened } from '../../core/report/check-run.ts';
import { decideReview } from '../../core/report/decide-review.ts';
import { formatProposal } from '../../core/report/proposal.ts';
import { FORCED_TRAILER, ROLLBACK_TRAILER } from '../../core/rollout/history.ts';
import type { Targets } from '../../core/targets/targets.ts';
import { type Effect, MERGED, mergeOf, proposalOf, REFUSAL } from '../effect.ts';
import type { Comment, Commit, Ports, Pull, Repository, RepositoryRef } from '../ports.ts';
import type { ValuesAfterStep } from './move.ts';

/** The commands that bring a pull request of their own. */
export type Kind = Extract<Verb, 'promote' | 'rollback' | 'deploy' | 'drop'>;

/** Who asked for it, and why. */
export interface Request {
  readonly comment: Pick<Comment, 'id' | 'author' | 'authorId'>;
  readonly pull: number; // where it was asked
  readonly line: string; // `/promote echo`
  readonly forced?: string; // why
}

/** The branch of ours that a command's edit of a release is made on. */
export function branchFor(kind: Kind, id: ReleaseId): string {
  return `coalmine/${kind}/${identityOf(id)}`;
}

/** The trailers of a values commit by which the publication knows who asked, and a redelivery that it is done. */
export function requestTrailers({ comment, forced }: Pick<Request, 'comment' | 'forced'>): Message['trailers'] {
  const { id, author, authorId } = comment;
  const at = authorId === undefined ? author : `${authorId}+${author}`;
  return [
    ['Requested-By', author],
    ['Command', String(id)],
    ...(forced === undefined ? [] : ([[FORCED_TRAILER, writeSaid(forced)]] as const)),
    ['Co-authored-by', `${author} <${at}@users.noreply.github.com>`],
  ];
}

/** Whether a commit was made for that comment. */
export function isFor({ message }: Pick<Commit, 'message'>, comment: Pick<Comment, 'id'>): boolean {
  return trailers(parseMessage(message), 'Command').includes(String(comment.id));
}

/** So many of a branch's pull requests are looked at, the newest first. */
const LOOKED_AT = 5;

/** The pull request that was made for a comment already. */
export async function fetchProposed(
  { repository, pulls }: Pick<Ports, 'repository' | 'pulls'>,
  branch: string,
  comment: Pick<Comment, 'id'>,
): Promise<Pull | undefined> {
  const made = (await pulls.fetchPullsFrom(branch)).filter(({ ours }) => ours).slice(0, LOOKED_AT);
  for (const pull of made) {
    // A head that was there already when it was asked for once more was made for another request; its merge was not.
    const said = [pull.head.sha, ...(pull.open ? [] : [pull.mergeCommit])].filter((sha) => sha !== undefined);
    const commits = await Promise.all(said.map((sha) => repository.fetchCommit(sha)));
    if (commits.some((commit) => commit && isFor(commit, comment))) return pull;
  }
  return undefined;
}

export interface Proposing {
  readonly ref: RepositoryRef;
  readonly kind: Kind;
  readonly name: string;
  readonly stepped: ValuesAfterStep;
  readonly request: Request;
  readonly source: Commit; // the default branch's tip
  readonly base: string; // the default branch
  readonly merges: boolean; // whether the settings let us merge it
  readonly targets: Targets;
}

/** A proposal that is made, or made again: the edit on a branch of its own, its pull request, and the merge. */
export async function planProposal(repository: Repository, proposing: Proposing): Promise<Effect> {
  const { kind, name, stepped, request, source, base, merges, targets } = proposing;
  const { id, file } = stepped.after;
  const branch = branchFor(kind, id);
  const tip = await repository.fetchCommit(`refs/heads/${branch}`);
  const rolledBack = kind === 'rollback' ? ([[ROLLBACK_TRAILER, identityOf(id)]] as const) : [];
  const message = formatMessage({
    subject: shortened(`${name}: ${stepped.headline}`),
    trailers: [...requestTrailers(request), ...rolledBack],
  });
  const [title = ''] = message.split('\n'); // of the pull request as well: a squash makes it a commit's subject
  const review = decideReview(
    {
      before: { builds: [stepped.before], domains: new Map() },
      after: { builds: [stepped.after], domains: new Map() },
      changedFiles: new Set([file]),
      besides: [],
      settingsFindings: [],
      holds: new Map(),
      base,
      head: source.sha,
      notes: [],
    },
    targets,
  );
  return {
    kind: 'propose',
    repository: proposing.ref,
    write: { branch, expectedHead: tip?.sha, onto: source.sha, files: new Map([[file, stepped.text]]), message },
    pull: { branch, base, title, body: formatProposal(request, review, stepped.step.note) },
    ...(merges
      ? {
          merge: {
            title,
            message: message.split('\n').slice(2).join('\n').trimEnd(),
            said: { merged: MERGED_TEXT, refused: REFUSED_TEXT },
          },
        }
      : {}),
  };
}

const MERGED_TEXT = `merged as ${MERGED}`;
const REFUSED_TEXT = `**not merged**: "${REFUSAL}"`;

/** Stand in the answer for the pull request, and for what came of merging it. */
export function proposalWords(kind: Kind, id: ReleaseId): { readonly pull: string; readonly merge: string } {
  const branch = branchFor(kind, id);
  return { pull: proposalOf(branch), merge: mergeOf(branch) };
}

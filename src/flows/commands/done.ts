import { identityOf } from '../../core/model/release.ts';
import { parseMessage, trailers } from '../../core/model/trailers.ts';
import { code, markdown } from '../../core/report/escape.ts';
import { fetchWrongEnd } from '../merge-end.ts';
import type { Pull } from '../ports.ts';
import { branchFor, fetchProposed, isFor, type Kind } from '../rollout/proposal.ts';
import type { ReleaseRequest } from './each-release.ts';
import { answerWith, type CommandOutcome, type CommandPorts, refuseWith } from './outcome.ts';
import { merges } from './writing.ts';

/** What has come of this very comment already, here or on a branch of ours; undefined where something is left to do. */
export async function fetchDone(
  ports: CommandPorts,
  about: ReleaseRequest,
  kind: Kind,
): Promise<CommandOutcome | undefined> {
  const { asked, entry, name } = about;
  const own = await fetchProposed(ports, branchFor(kind, entry.release), asked.comment);
  if (own?.open && merges(kind, about)) return undefined; // killed in between, or refused at the time: it is tried again
  if (own) {
    const { isDone, state } = await fetchState(ports, own, about.scene.base);
    const made = await ports.repository.fetchCommit(own.head.sha);
    const text = `**${markdown(made ? parseMessage(made.message).subject : name)}**: #${own.number}, ${state}.`;
    return isDone ? answerWith(text) : refuseWith(text);
  }
  const here = asked.pull.open && kind !== 'rollback' ? await fetchOwnCommit(ports, about) : undefined;
  return (
    here &&
    answerWith(
      `**${markdown(parseMessage(here.message).subject)}**: written to ${code(asked.pull.head.branch)} as ${here.sha}.`,
    )
  );
}

/** What became of a pull request of ours. */
async function fetchState(
  ports: CommandPorts,
  { number, open, mergeCommit: sha }: Pull,
  base: string,
): Promise<{ readonly isDone: boolean; readonly state: string }> {
  if (open || sha === undefined) return { isDone: true, state: open ? 'open' : 'closed' };
  const wrong = await fetchWrongEnd(ports, { pull: number, base, sha });
  return { isDone: wrong === undefined, state: wrong ?? `merged as ${sha}` };
}

/** So many commits of a pull request's branch are looked at, none of which is older than the comment. */
const COMMITS = 20;

/** The commit on this pull request's branch that this comment has led to. */
async function fetchOwnCommit({ repository, pulls }: CommandPorts, { asked, entry }: ReleaseRequest) {
  /** Anyone may write a commit like ours; where the host lists no pushes, the commit alone says whose it is. */
  const isPushedByUs = async (sha: string) => {
    const pushes = asked.pull.head.fork ? undefined : await pulls.fetchPushes(asked.pull.head.branch);
    return pushes === undefined || pushes.some(({ after, ours }) => ours && after === sha);
  };
  let at = await repository.fetchCommit(asked.pull.head.sha);
  for (let index = 0; at && at.date >= asked.comment.createdAt && index < COMMITS; index++) {
    const names = trailers(parseMessage(at.message), 'Release');
    if (isFor(at, asked.comment) && names.includes(identityOf(entry.release)) && (await isPushedByUs(at.sha)))
      return at;
    const [parent] = at.parents;
    at = parent === undefined ? undefined : await repository.fetchCommit(parent);
  }
  return undefined;
}

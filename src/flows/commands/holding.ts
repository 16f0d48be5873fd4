import type { Hold } from '../../core/model/hold.ts';
import { holdFile } from '../../core/model/places.ts';
import { identityOf, type ReleaseId } from '../../core/model/release.ts';
import { formatMessage, parseMessage, trailer, writeSaid } from '../../core/model/trailers.ts';
import { REASON_TRAILER } from '../../core/rollout/history.ts';
import { formatHold } from '../../core/rollout/hold.ts';
import type { Plan } from '../effect.ts';
import { HELD, HOLD_TRAILER, historyOf, LIFTED, releasesHeld } from '../gitops/history.ts';
import type { Commit } from '../ports.ts';
import type { PublicationState } from '../publish/publication-state.ts';
import { isFor } from '../rollout/proposal.ts';
import type { CommandFacts } from './command-facts.ts';
import type { CommandPorts, CommandRequest } from './outcome.ts';

/** Holds to set or to lift, in one commit of their own on the gitops branch. */
export interface Holding {
  readonly releases: readonly { readonly id: ReleaseId; readonly name: string }[];
  readonly why: string | undefined; // undefined: they are lifted
  readonly asked: CommandRequest;
}

/** Plans that commit, which no part of a publication waits for; nothing where there is no branch yet. */
export function planHolds({ branch, tip, ours, target }: PublicationState, { releases, why, asked }: Holding): Plan {
  if (!tip || releases.length === 0) return [];
  const { author, id: command } = asked.comment;
  const lifted = why === undefined;
  const hold: Hold = { who: author, why: why ?? '', when: target.now.toISOString() };
  const files = new Map(releases.map(({ id }) => [holdFile(id), lifted ? undefined : formatHold(hold)] as const));
  const what = lifted ? 'hold lifted' : 'hold';
  const names = releases.map(({ name }) => name);
  const message = formatMessage({
    subject: names.length === 1 ? `${names[0]}: ${what}` : `${what} of ${names.length} releases`,
    trailers: [
      ...(ours === undefined ? [] : ([['Source-Commit', ours]] as const)),
      ['Pull-Request', `#${asked.pull.number}`],
      ['Requested-By', author],
      ['Command', String(command)],
      ...releases.map(({ id }) => ['Release', identityOf(id)] as const),
      [HOLD_TRAILER, lifted ? LIFTED : HELD],
      ...(why === undefined || why === '' ? [] : ([[REASON_TRAILER, writeSaid(why)]] as const)),
    ],
  });
  return [{ kind: 'record', ref: `refs/heads/${branch}`, expectedHead: tip.sha, files, message }];
}

/** The commit by which a comment has set holds, or lifted some, already: of that release, or of any. */
export async function fetchHeldBy(
  { repository }: Pick<CommandPorts, 'repository'>,
  { tip }: Pick<PublicationState, 'tip'>,
  {
    comment,
    state,
    id,
  }: {
    readonly comment: CommandRequest['comment'];
    readonly state: typeof HELD | typeof LIFTED;
    readonly id?: ReleaseId;
  },
): Promise<Commit | undefined> {
  const isIt = (commit: Commit) =>
    trailer(parseMessage(commit.message), HOLD_TRAILER) === state &&
    isFor(commit, comment) &&
    (id === undefined || releasesHeld(commit).includes(identityOf(id)));
  return (await historyOf(repository, tip).backTo((commit) => isIt(commit) || commit.date < comment.createdAt)).find(
    isIt,
  );
}

/** The holds that are there, of these releases. */
export async function fetchHolds(
  { ends: { published } }: Pick<CommandFacts, 'ends'>,
  ids: readonly ReleaseId[],
): Promise<readonly { readonly id: ReleaseId; readonly hold: Hold }[]> {
  const found = await Promise.all(ids.map(async (id) => ({ id, hold: await published.fetchHold(id) })));
  return found.flatMap(({ id, hold }) => (hold ? [{ id, hold }] : []));
}

import { shortNames } from '../../core/model/names.ts';
import { nearest } from '../../core/model/nearest.ts';
import { releaseIdFrom, releasesOn } from '../../core/model/places.ts';
import { identityOf, type ReleaseId } from '../../core/model/release.ts';
import { parseMessage } from '../../core/model/trailers.ts';
import type { Decision, WaitStep } from '../../core/publication/decision.ts';
import { formatNothing, formatResumed, formatWaiting } from '../../core/report/answer.ts';
import { subjectOf } from '../../core/report/commit.ts';
import { code, markdown } from '../../core/report/escape.ts';
import { waitingRelease } from '../../core/report/part.ts';
import { PUBLISHED_COMMIT } from '../effect.ts';
import { type History, historyOf, isHold, LIFTED, pullsOf, releasesHeld, releasesOf } from '../gitops/history.ts';
import type { Commit, Pull } from '../ports.ts';
import { fetchDecision, fetchLastIndex } from '../publish/publication-facts.ts';
import type { PublicationState } from '../publish/publication-state.ts';
import { planPublication } from '../publish/publish.ts';
import { planReviewsAgain } from '../review/review-open.ts';
import { isFor } from '../rollout/proposal.ts';
import { type CommandFacts, fetchCommandFacts, fetchTouched, unknownName } from './command-facts.ts';
import { fetchHeldBy, fetchHolds, planHolds } from './holding.ts';
import { answerWith, type CommandOutcome, type CommandPorts, type CommandRequest, refuseWith } from './outcome.ts';
import { fetchRefusedHere } from './refused-here.ts';
import { fetchForbidden } from './rights.ts';

/** Lifts the holds that are meant; without any it approves what waits for a person. */
export async function resume(ports: CommandPorts, asked: CommandRequest): Promise<CommandOutcome> {
  const scene = await fetchCommandFacts(ports);
  if (typeof scene === 'string') return refuseWith(scene);
  const lifted = await fetchHeldBy(ports, scene.ends, { comment: asked.comment, state: LIFTED });
  if (lifted) return answerWith(liftedText(releasesHeld(lifted).map(releaseIdFrom).map(scene.nameOf)));
  const holds = await fetchHolds(scene, await fetchMeant(ports, scene, asked));
  return holds.length > 0 ? lift(ports, asked, { scene, holds }) : resumePublication(ports, asked, scene.ends);
}

/** The releases that are named, and where a line names none, those that this pull request changes. */
async function fetchMeant(
  { repository }: CommandPorts,
  scene: CommandFacts,
  { names, pull }: CommandRequest,
): Promise<readonly ReleaseId[]> {
  const words = names.flat();
  const all = [...scene.index.values()];
  const named = all.filter(
    ({ release }) => words.includes(identityOf(release)) || words.includes(scene.nameOf(release)),
  );
  const isUnnamed = names.some((line) => line.length === 0);
  const touched = isUnnamed ? (await fetchTouched(repository, pull, scene)).entries : [];
  return [...new Set([...named, ...touched])].map(({ release }) => release);
}

async function lift(
  ports: CommandPorts,
  asked: CommandRequest,
  { scene, holds }: { readonly scene: CommandFacts; readonly holds: Awaited<ReturnType<typeof fetchHolds>> },
): Promise<CommandOutcome> {
  const { ends, nameOf } = scene;
  const login = asked.comment.author;
  const stages = holds.map(({ id }) => id.stage);
  const forbidden = await fetchForbidden(ports, ends.settings, { verb: 'resume', login, stages });
  if (forbidden !== undefined) return refuseWith(forbidden);
  const releases = holds.map(({ id }) => ({ id, name: nameOf(id) }));
  const plan = planHolds(ends, { releases, why: undefined, asked });
  return {
    done: true,
    plan: [...plan, ...planReviewsAgain(asked.ref)],
    text: liftedText(releases.map(({ name }) => name)),
  };
}

function liftedText(names: readonly string[]): string {
  return `The hold on ${names.map((name) => `**${markdown(name)}**`).join(', ')} is lifted.`;
}

/** Approves what waits for a person: of the named releases, or what this pull request brought. */
async function resumePublication(
  ports: CommandPorts,
  asked: CommandRequest,
  ends: PublicationState,
): Promise<CommandOutcome> {
  const { comment } = asked;
  const { repository, targets } = ports;
  const history = historyOf(repository, ends.tip);
  const before = await fetchCommanded(history, comment);
  if (before) return resumed(ends, comment.author, before.sha, before.message);

  const decision = await fetchDecision(repository, ends, { since: await fetchLastIndex(repository, ends), targets });
  const found =
    decision.kind === 'refused'
      ? await fetchRefusedHere(ports, { ends, decision, asked })
      : await findWaiting(decision, { ends, history, asked });
  const stages =
    decision.kind === 'refused' ? [undefined, ...ends.settings.stages.keys()] : stagesOf(found, decision.waiting);
  const forbidden = await fetchForbidden(ports, ends.settings, { verb: 'resume', login: comment.author, stages });
  if (forbidden !== undefined) return refuseWith(forbidden);
  if (typeof found === 'string')
    return { ...refuseWith(found), plan: [{ kind: 'enqueue', job: { kind: 'publish', repository: asked.ref } }] };
  return letGo(ports, { ends, what: found, asked });
}

/** What this comment has published already: another of its commands may have left a hold. */
async function fetchCommanded(
  history: History,
  { id, createdAt }: CommandRequest['comment'],
): Promise<Commit | undefined> {
  const isOurs = (commit: Commit) => !isHold(commit) && isFor(commit, { id });
  const commits = await history.backTo((commit) => isOurs(commit) || commit.date < createdAt);
  return commits.find(isOurs);
}

function resumed({ branch }: PublicationState, by: string, commit: string, message: string): CommandOutcome {
  return { done: true, plan: [], text: formatResumed({ by, branch, commit, subject: parseMessage(message).subject }) };
}

async function letGo(
  ports: CommandPorts,
  {
    ends,
    what,
    asked,
  }: { readonly ends: PublicationState; readonly what: ReadonlySet<string>; readonly asked: CommandRequest },
): Promise<CommandOutcome> {
  const { ref, comment } = asked;
  const plan = await planPublication(ports, {
    ref,
    ends,
    resume: { what, by: comment.author, comment: comment.id },
  });
  const publication = plan.find((effect) => effect.kind === 'publish');
  if (!publication) return refuseWith(formatNothing('Nothing could be published.', titlesOf(plan)));
  return { ...resumed(ends, comment.author, PUBLISHED_COMMIT, publication.message), plan };
}

function titlesOf(plan: CommandOutcome['plan']): readonly string[] {
  return plan.flatMap((effect) => (effect.kind === 'check' ? `- ${markdown(effect.report.title)}` : []));
}

type Decided = Exclude<Decision, { kind: 'refused' }>;

/** The identities of the releases that are let go; a text where there are none, that says how it stands. */
async function findWaiting(
  decision: Decided,
  {
    ends,
    history,
    asked,
  }: { readonly ends: PublicationState; readonly history: History; readonly asked: CommandRequest },
): Promise<ReadonlySet<string> | string> {
  const { pull, comment, names: words } = asked;
  const waiting = decision.waiting.filter(({ waitsFor }) => waitsFor.kind === 'person');
  const unknown = words.flat().find((word) => !namesOf(ends, decision).has(word));
  if (unknown !== undefined) {
    const names = [...namesOf(ends, decision)];
    const near = nearest(unknown, names);
    return formatNothing(unknownName(unknown, names), [], near === undefined ? [] : [`/resume ${near}`]);
  }
  const named = waiting.filter((step) => words.flat().some((word) => isNamed(step, word)));
  const own = words.some((each) => each.length === 0) ? await fetchBroughtBy(history, waiting, pull) : [];
  const [late, due] = partition([...named, ...own], ({ standing: { publishedAt } }) => {
    return publishedAt !== undefined && publishedAt > comment.createdAt;
  });
  if (due.length > 0) return new Set(due.map(({ id }) => identityOf(id)));
  const [first] = late;
  if (first) {
    const why = `What ${code(first.name)} waits for has come up since this comment was written; it needs a new one.`;
    const states = late.map((step) => formatWaiting(waitingRelease(step)));
    return formatNothing(why, states, [`/resume ${late.map(({ name }) => name).join(' ')}`]);
  }
  const whose = words.flat().length > 0 ? 'of these releases' : 'that this pull request brought';
  const names = words.flat();
  const status = names.length > 0 ? `/status ${names.join(' ')}` : '/status';
  return formatNothing(`Nothing ${whose} waits for somebody's word.`, stateOf(decision, ends), [status]);
}

/** Every name that a release goes by here. */
function namesOf({ published }: PublicationState, { waiting }: Decided): ReadonlySet<string> {
  const releases = releasesOn(published.files);
  const ids = [...releases.values()];
  return new Set([
    ...ids.map(shortNames(ids)),
    ...releases.keys(),
    ...waiting.flatMap(({ id, name }) => [name, identityOf(id)]),
  ]);
}

function isNamed({ id, name }: WaitStep, word: string): boolean {
  return word === name || word === identityOf(id);
}

/** Those whose newest commit on the gitops branch says that it carries the pull request. */
async function fetchBroughtBy(
  history: History,
  waiting: readonly WaitStep[],
  { number }: Pull,
): Promise<readonly WaitStep[]> {
  const missing = new Set(waiting.map(({ id }) => identityOf(id)));
  if (missing.size === 0) return [];
  const commits = await history.backTo((commit) => {
    for (const owner of releasesOf(commit)) missing.delete(owner);
    return missing.size === 0;
  });
  return waiting.filter(({ id }) => {
    const newest = commits.find((commit) => releasesOf(commit).includes(identityOf(id)));
    return newest !== undefined && pullsOf(newest).includes(number);
  });
}

function partition<T>(list: readonly T[], isFirst: (each: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [list.filter(isFirst), list.filter((each) => !isFirst(each))];
}

function stateOf(decision: Decided, { branch, target }: PublicationState): readonly string[] {
  if (decision.kind === 'publish') return [`- The next part is on its way: ${markdown(subjectOf(decision))}.`];
  if (decision.waiting.length > 0) return decision.waiting.map((step) => formatWaiting(waitingRelease(step)));
  return [`- ${markdown(branch)} has all that can be published of ${target.source.sha}.`];
}

/** The stages whose rules on rights count: of what is let go, else what holds everywhere. */
function stagesOf(found: ReadonlySet<string> | string, waiting: readonly WaitStep[]): readonly (string | undefined)[] {
  if (typeof found === 'string') return [undefined];
  return waiting.filter(({ id }) => found.has(identityOf(id))).map(({ id }) => id.stage);
}

import { build } from '../../core/build.ts';
import { isError } from '../../core/finding.ts';
import { identityOf } from '../../core/release.ts';
import { code, markdown } from '../../core/report/escape.ts';
import { findingText } from '../../core/report/finding.ts';
import { formatByHand, formatMoved, formatStays } from '../../core/report/rollout.ts';
import { isReached } from '../../core/rollout.ts';
import { stageSettings } from '../../core/settings/settings.ts';
import { formatMessage, parseMessage, trailers } from '../../core/trailers.ts';
import { commitOn, type Plan } from '../effect.ts';
import { REVIEW_CHECK } from '../review.ts';
import type { Decided } from '../rollout/decide.ts';
import { fetchText, type RolloutFacts, rollingIn } from '../rollout/facts.ts';
import { type Stepped, stepped } from '../rollout/move.ts';
import {
  branchFor,
  fetchProposed,
  isFor,
  type Kind,
  planProposal,
  proposalWords,
  type Request,
  requestTrailers,
} from '../rollout/proposal.ts';
import type { About } from './each-release.ts';
import { type Asked, type CommandPorts, type Outcome, refused, told } from './outcome.ts';
import { fetchTouched } from './scene.ts';

/** A step that is decided, to be written where it belongs. */
export interface Writing {
  readonly kind: Kind;
  readonly facts: RolloutFacts;
  readonly stepped: Stepped;
  readonly notes: readonly string[]; // Markdown
  readonly below: readonly string[]; // Markdown, paragraphs
  readonly forced?: string;
}

/** No step: why not, or what somebody can do. */
export function notStepped(
  { name }: Pick<RolloutFacts, 'name'>,
  decided: Extract<Decided, { kind: 'stay' | 'by-hand' }>,
): Outcome {
  if (decided.kind === 'stay') return refused(formatStays(name, decided.why));
  return refused(formatByHand({ name, reason: decided.reason, patch: decided.patch }));
}

/** Whether the settings let us merge what such a command proposes. */
function merges(kind: Kind, { entry, scene }: About): boolean {
  const { merge } = stageSettings(scene.ends.settings, entry.release.stage);
  return merge === 'all' || (merge === 'rollback' && kind === 'rollback');
}

/** What has come of this very comment already, here or on a branch of ours; undefined where something is left to do. */
export async function fetchDone(ports: CommandPorts, about: About, kind: Kind): Promise<Outcome | undefined> {
  const { asked, entry, name } = about;
  const own = await fetchProposed(ports, branchFor(kind, entry.release), asked.comment);
  if (own?.open && merges(kind, about)) return undefined; // killed in between, or refused at the time: it is tried again
  if (own) {
    const merged = own.open || own.mergeCommit === undefined ? undefined : own.mergeCommit;
    const state = own.open ? 'open' : merged === undefined ? 'closed' : `merged as ${merged}`;
    const made = await ports.repository.fetchCommit(own.head.sha);
    return told(`**${markdown(made ? parseMessage(made.message).subject : name)}**: #${own.number}, ${state}.`);
  }
  const here = asked.pull.open && kind !== 'rollback' ? await fetchOwnCommit(ports, about) : undefined;
  return (
    here &&
    told(
      `**${markdown(parseMessage(here.message).subject)}**: written to ${code(asked.pull.head.branch)} as ${here.sha}.`,
    )
  );
}

/** So many commits of a pull request's branch are looked at. */
const COMMITS = 20;

/** The commit on this pull request's branch that this comment has led to. */
async function fetchOwnCommit({ repository }: CommandPorts, { asked, entry }: About) {
  let at = await repository.fetchCommit(asked.pull.head.sha);
  for (let index = 0; at && index < COMMITS; index++) {
    const names = trailers(parseMessage(at.message), 'Release');
    if (isFor(at, asked.comment) && names.includes(identityOf(entry.release))) return at;
    const [parent] = at.parents;
    at = parent === undefined ? undefined : await repository.fetchCommit(parent);
  }
  return undefined;
}

/** Writes a step to the open pull request that it was asked for on, if that is about the release; else to one of its own. */
export async function writeStep(ports: CommandPorts, about: About, writing: Writing): Promise<Outcome> {
  const { asked, scene, entry } = about;
  const { pull } = asked;
  const isHere =
    writing.kind !== 'rollback' &&
    pull.open &&
    pull.base === scene.base &&
    (await fetchTouched(ports.repository, pull, scene)).entries.some(({ file }) => file === entry.file);
  return isHere ? writeHere(ports, about, writing) : writeToOwn(ports, about, writing);
}

function requestOf({ comment, pull, names, options }: Asked, { kind, forced }: Writing): Request {
  const words = names.flat();
  const { to } = options;
  const line = [`/${kind}`, ...words, ...(to === undefined ? [] : to === 'full' ? ['full'] : ['to', String(to)])].join(
    ' ',
  );
  return { comment, pull: pull.number, line, ...(forced === undefined ? {} : { forced }) };
}

async function writeToOwn(ports: CommandPorts, about: About, writing: Writing): Promise<Outcome> {
  const { asked, scene, entry, name } = about;
  const { kind, stepped: step, notes, below } = writing;
  const may = merges(kind, about);
  const there = may ? undefined : await fetchSame(ports, branchFor(kind, entry.release), step);
  if (there !== undefined) {
    return refused(
      formatStays(name, `#${there} asks for that already (${markdown(step.headline)}); merging it publishes it`),
    );
  }
  const { source } = scene.ends.target;
  const request = requestOf(asked, writing);
  const proposal = await planProposal(ports.repository, {
    kind,
    name,
    stepped: step,
    request,
    source,
    base: scene.base,
    merges: may,
    charts: asked.charts,
  });
  const words = proposalWords(kind, entry.release);
  const open = `open: somebody who may merge it does (${code(`merge: ${stageSettings(scene.ends.settings, entry.release.stage).merge}`)})`;
  const moved = formatMoved({ name, headline: step.headline, where: [words.pull, may ? words.merge : open], notes });
  const plan: Plan = [
    proposal,
    ...(may ? [{ kind: 'enqueue', job: { kind: 'publish', repository: asked.ref } } as const] : []),
  ];
  return { done: true, plan, text: [moved, ...below].join('\n\n') };
}

/** The open pull request from that branch of ours whose values file has this text already. */
async function fetchSame(
  { repository, pulls }: CommandPorts,
  branch: string,
  { after, text }: Stepped,
): Promise<number | undefined> {
  const open = (await pulls.fetchPullsFrom(branch)).find((pull) => pull.open && pull.ours);
  const there = open && (await fetchText(repository.treeOf(open.head.sha), after.file));
  return there?.text === text ? open?.number : undefined;
}

async function writeHere(ports: CommandPorts, about: About, writing: Writing): Promise<Outcome> {
  const { asked, scene, entry, name } = about;
  const { pull, charts } = asked;
  const { settings } = scene.ends;
  const { facts, stepped: step, notes, below } = writing;
  const { file, release: id } = entry;
  const moved = await fetchMovedHead(ports, asked);
  if (moved !== undefined) return refused(moved);
  const written = await fetchText(ports.repository.treeOf(pull.head.sha), file);
  if (!written) return refused(formatStays(name, `this pull request takes ${code(file)} away`));
  const built = build({ file, id, bytes: new TextEncoder().encode(written.text) }, settings, charts);
  const { draft } = built;
  if (draft?.primary === undefined)
    return refused(formatStays(name, `no primary can be read in ${code(file)} on this branch`));
  const there = rollingIn(draft, draft.primary);
  const { target } = step.step;
  if (isReached(there, target)) {
    return refused(
      formatStays(
        name,
        `this pull request asks for that already, or for more (${markdown(step.headline)}): merging it publishes it`,
      ),
    );
  }
  const other = otherRollout(facts, there);
  if (other !== undefined && target.kind !== 'with') return refused(formatStays(name, other));

  const here = stepped({ built, text: written.text, entry, published: facts.published }, step.step, {
    settings,
    charts,
  });
  if (here.kind === 'by-hand')
    return refused(formatByHand({ ...here, name, patch: here.patch, headline: step.headline }));
  if (pull.head.fork) {
    const reason = 'its branch is in a fork, where we may not write';
    return refused(formatByHand({ name, reason, patch: here.patch, headline: step.headline }));
  }
  if (here.text === written.text) return refused(formatStays(name, 'this pull request says so already'));
  const [error] = here.after.findings.filter(isError);
  if (error) return refused(formatStays(name, `with the step this branch has an error: ${findingText(error)}`));
  const ref = `refs/heads/${pull.head.branch}`;
  const message = formatMessage({
    subject: `${name}: ${step.headline}`,
    trailers: [['Release', identityOf(id)], ...requestTrailers(requestOf(asked, writing))],
  });
  const text = formatMoved({
    name,
    headline: step.headline,
    where: [`written to ${code(pull.head.branch)} as ${commitOn(ref)}`, 'merging this pull request publishes it'],
    notes,
  });
  return {
    done: true,
    plan: [{ kind: 'record', ref, expectedHead: pull.head.sha, files: new Map([[file, here.text]]), message }],
    text: [text, ...below].join('\n\n'),
  };
}

/** A comment was written about the head that there was: one that we began to review later is another one. */
async function fetchMovedHead(
  { repository, pulls }: CommandPorts,
  { pull, comment }: Asked,
): Promise<string | undefined> {
  const head = await repository.fetchCommit(pull.head.sha);
  if (head && isFor(head, comment)) return undefined; // our own, for another release of the same comment
  const start = await pulls.fetchCheckStart(pull.head.sha, REVIEW_CHECK);
  if (!start || start <= comment.createdAt) return undefined;
  return `The branch has moved since this comment was written: its head is ${pull.head.sha} now. Look at it, and say it again. Nothing was done.`;
}

/** What a branch makes of a rollout, beside the step. */
function otherRollout({ rolling }: RolloutFacts, there: ReturnType<typeof rollingIn>): string | undefined {
  if (there.primary !== rolling?.primary)
    return `this pull request makes ${markdown(there.primary)} the primary; merge that first`;
  if (there.canary && rolling.canary && there.canary.version !== rolling.canary.version) {
    return `this pull request makes ${markdown(there.canary.version)} the canary; merge that first`;
  }
  return undefined;
}

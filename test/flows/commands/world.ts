import { parseMessage, trailers } from '../../../src/core/model/trailers.ts';
import { isHold } from '../../../src/flows/gitops/history.ts';
import type { Comment, Commit, Job, Pull } from '../../../src/flows/ports.ts';
import { REVIEW_CHECK } from '../../../src/flows/review/review.ts';
import { runJob } from '../../../src/flows/run-job.ts';
import { commentOf, type FakeWorld, SHOP } from '../../support/fakes.ts';
import { commitsSince, ECHO, later, runQueue, settle, settledWorld } from '../publish/parts-world.ts';

export { BETA, commitsSince, ECHO, subjectOf } from '../publish/parts-world.ts';

export const SETTINGS = '.github/coalmine.yml';
export const FLUX = 'merge: all\nreadiness: { by: flux }\n';
export const DELAY = 'merge: all\n';

/** The hold that a /rollback or a /hold leaves on echo. */
export const HOLD_FILE = '.coalmine/holds/echo/echo.yml';

export interface Shape {
  readonly versions?: readonly string[]; // deployed; default: all that are routed to
  readonly primary?: string;
  readonly canary?: string;
  readonly weight?: number; // none: no canary
  readonly more?: string; // lines at the end of the routes
}

/** Values in a given state of their rollout, with nothing to remark on. */
export function release({ primary = 'v1', canary = 'v2', weight, more = '', ...shape }: Shape = {}): string {
  const { versions = weight === undefined ? [primary] : [primary, canary] } = shape;
  const blocks = versions.map((version) => `  ${version}:\n    image: example.com/echo:${version}\n`);
  const route = weight === undefined ? '' : `  canary:\n    version: ${canary}\n    weight: ${weight}\n${HEADERS}`;
  return `deployment:\n${blocks.join('')}routes:\n  apiGroup: example\n  primary:\n    version: ${primary}\n${route}${more}`;
}

const HEADERS = '    headers:\n      stage: canary\n';

export const DARK = release({ versions: ['v1', 'v2'] });
export const HEADER = release({ weight: 0 });
export const HALF = release({ weight: 50 });
export const ALL = release({ weight: 100 });
export const DRAINING = release({ versions: ['v1', 'v2'], primary: 'v2' });
export const V2 = release({ primary: 'v2' });

/** All that is published is live: by the word of every cluster, or since the time has passed. */
export async function live(world: FakeWorld, names: readonly string[] = ['echo']): Promise<void> {
  if (world.repository.filesOf('main')[SETTINGS]?.includes('by: flux')) return settle(world, names);
  for (let part = 0; part < 3; part++) await later(world, 91);
}

/** A world that stands with these values of echo, and a pull request 1 about something else, to talk on. */
export async function talkWorld(
  settings: string,
  echo: string | Readonly<Record<string, string>> = release(),
): Promise<FakeWorld> {
  const text = echo === DRAINING ? HALF : echo;
  const world = await settledWorld(settings, typeof text === 'string' ? { [ECHO]: text } : text);
  if (echo === DRAINING) {
    // Only who was primary before is dropped next.
    world.repository.push({ branch: 'main', files: { [ECHO]: DRAINING } });
    await live(world);
  }
  for (const login of ['writer', 'other']) world.pulls.permissions.set(login, 'write');
  world.pulls.permissions.set('admin', 'admin');
  openPull(world, { 'README.md': 'about\n' });
  return world;
}

/** An open pull request with these changes, reviewed; its number. */
export function openPull(
  world: FakeWorld,
  files: Readonly<Record<string, string | undefined>>,
  { fork = false, ...more }: Partial<Pull> & { readonly fork?: boolean } = {},
): number {
  const number = Math.max(0, ...world.pulls.pulls.keys()) + 1;
  const { base = 'main' } = more;
  const branch = `change-${number}`;
  const sha = world.repository.push({ branch, files, onto: [world.repository.tipOf(base)?.sha ?? ''] });
  world.pulls.pulls.set(number, { number, open: true, ours: false, base, ...more, head: { sha, branch, fork } });
  beginReview(world, branch);
  return number;
}

/** The review of what a branch's head is now begins. */
export function beginReview(world: FakeWorld, branch: string): void {
  world.pulls.checkStarts.set(`${REVIEW_CHECK} ${world.repository.tipOf(branch)?.sha}`, world.now());
}

export function jobOf({ id, pull = 1 }: Pick<Comment, 'id'> & { readonly pull?: number | undefined }): Job {
  return { kind: 'command', repository: SHOP, pull, comment: id };
}

/** Somebody writes this comment, some time after all that was; nobody has heard of it yet. */
export function write(world: FakeWorld, body: string, more: Partial<Comment> = {}): Comment {
  world.advance(5);
  const id = 7 + world.pulls.conversation.size;
  const comment = commentOf({ id, body, createdAt: world.now(), ...more });
  world.pulls.conversation.set(id, comment);
  return comment;
}

/** The App hears of a comment, and does all that follows. */
export async function hear(world: FakeWorld, comment: Comment): Promise<string> {
  await runJob(jobOf(comment), world);
  await runQueue(world);
  return answerTo(world, comment);
}

/** Somebody says this, and the App does all that follows; the answer, without its marker. */
export async function say(world: FakeWorld, body: string, more: Partial<Comment> = {}): Promise<string> {
  return hear(world, write(world, body, more));
}

export function answerTo({ pulls }: FakeWorld, { id }: Pick<Comment, 'id'>): string {
  return (pulls.answers.get(id) ?? '').replace(/^<!-- coalmine:answer \d+ -->\n\n/, '');
}

export const echoOn = ({ repository }: FakeWorld, branch: string): string | undefined =>
  repository.filesOf(branch)[ECHO];

/** All that is written anywhere, but for what is said on pull requests. */
export function stateOf({ repository, pulls }: FakeWorld): unknown {
  const branches = [...new Set([...pulls.pulls.values()].map(({ head }) => head.branch)), 'main', 'gitops'];
  return {
    tips: Object.fromEntries(branches.map((branch) => [branch, repository.tipOf(branch)?.sha])),
    pulls: [...pulls.pulls],
  };
}

/** The commits that main got since, oldest first. */
export async function mergesSince({ repository }: FakeWorld, since: string | undefined): Promise<readonly Commit[]> {
  const tip = repository.tipOf('main')?.sha ?? '';
  return tip === since ? [] : (await repository.fetchFirstParents(since, tip, 50)).toReversed();
}

/** What was published since, but for holds, oldest first. */
export async function publishedSince(world: FakeWorld, since: string | undefined): Promise<readonly Commit[]> {
  return (await commitsSince(world, since)).filter((commit) => !isHold(commit));
}

/** The holds that were set or lifted since. */
export async function holdsSince(world: FakeWorld, since: string | undefined): Promise<readonly Commit[]> {
  return (await commitsSince(world, since)).filter(isHold);
}

/** What a commit's trailers of that key say. */
export function saysOf(commit: Pick<Commit, 'message'> | undefined, key: string): readonly string[] {
  return trailers(parseMessage(commit?.message ?? ''), key);
}

/** How often each comment was answered. */
export function answersIn({ pulls }: FakeWorld): readonly string[] {
  return pulls.written.filter((line) => line.startsWith('answer '));
}

/** The lines of a text that another hasn't got, and the other way round: `-old`, `+new`. */
export function linesBetween(before: string | undefined, after: string | undefined): readonly string[] {
  const [old, now] = [before, after].map((text) => (text ?? '').split('\n'));
  const left = [...(now ?? [])];
  const gone = (old ?? []).filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return [...gone.map((line) => `-${line}`), ...left.map((line) => `+${line}`)];
}

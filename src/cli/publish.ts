import { targets } from '../charts/targets.ts';
import { compare, isError } from '../core/model/finding.ts';
import { oneLine } from '../core/model/printable.ts';
import type { WaitStep } from '../core/publication/decision.ts';
import { waitingRelease } from '../core/report/part.ts';
import { refusalText } from '../core/report/refusal.ts';
import { toPlain } from '../core/report/sentence.ts';
import type { Effect } from '../flows/effect.ts';
import type { Repository } from '../flows/ports.ts';
import type { PublicationRequest } from '../flows/publish/publication-state.ts';
import { publishLocally } from '../flows/publish/publish.ts';
import { findCheckout, findRemote, isBranchName, type RemoteBranch, startBranch } from '../git/branches.ts';
import { gitRepository } from '../git/repository.ts';
import { type Command, EXIT, type Terminal, UsageError } from './command.ts';
import { fetchRemoteBranch } from './remote-branch.ts';
import { describeFindings, openRepository, requireCommit } from './workspace.ts';

export const publish: Command = {
  usage: 'publish [--source REF] [--branch gitops] [--resume] [--dry-run]',
  help: `Publishes the manifests of a commit into a branch of this repository, in as many
commits as are safe now, for any CI and any git host: new objects first, then the
traffic, removals last. Push that branch afterwards, and run the command again later for
the parts that still wait. In a fresh clone fetch the branch first
(git fetch origin gitops:gitops, and refs/coalmine/live); otherwise a new one is started.

  --source REF   the commit whose values are published (default HEAD)
  --branch NAME  the branch to publish to (default: the settings' gitops)
  --resume       approve what waits for your confirmation: a part that removes objects
                 where no cluster reports (readiness.by: delay), or a publication that
                 was refused because it removes or changes many releases at once
  --dry-run      print what would be published first, write nothing

A release with errors is named and keeps what was last published; the others are
published. Refused, with exit code 1: a branch with files that Coalmine did not write, a
branch that is checked out, removing all releases because no values file is left, and,
without --resume, removing or changing many releases at once.`,
  options: {
    source: { type: 'string' },
    branch: { type: 'string' },
    resume: { type: 'boolean' },
    'dry-run': { type: 'boolean' },
  },
  arguments: 0,
  async run({ folder, options, terminal }) {
    const { root } = await openRepository(folder);
    const sha = await requireCommit(root, typeof options.source === 'string' ? options.source : 'HEAD');
    const source = await gitRepository(root).fetchCommit(sha);
    if (!source) throw new UsageError(`git does not know the commit "${sha}"`);
    const { branch } = options;
    if (typeof branch === 'string' && !(await isBranchName(root, branch))) {
      throw new UsageError(`"${branch}" is not a valid branch name`);
    }
    const target = {
      source,
      ...(typeof branch === 'string' ? { branch } : {}),
      ...(options.resume === true ? { resumed: 'everything' as const } : {}),
    };
    const dryRun = options['dry-run'] === true;
    for (let part = 1; part <= MAX_PARTS; part++) {
      const result = await publishPart({ root, target, dryRun, first: part === 1, terminal });
      if (result !== 'published') return result;
    }
    throw new Error(`the publication did not end within ${MAX_PARTS} parts`);
  },
};

/** Maximum number of parts in one run; more than any publication has. */
const MAX_PARTS = 50;

/** Publishes one commit, planned again each time another process moved the branch first. Returns the exit code if none is left to make. */
async function publishPart(
  part: Omit<PublishAttempt, 'target'> & { readonly target: Omit<PublicationRequest, 'now'> },
) {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const result = await tryPublish({ ...part, target: { ...part.target, now: new Date() } });
    if (result !== 'moved') return result;
  }
  throw new Error(`another process moved the branch ${MAX_ATTEMPTS} times during this run; run it again`);
}

/** Maximum number of plans for one commit when other processes keep moving the branch. */
const MAX_ATTEMPTS = 5;

interface PublishAttempt {
  readonly root: string;
  readonly target: PublicationRequest;
  readonly dryRun: boolean;
  readonly first: boolean; // of this run
  readonly terminal: Terminal;
}

type PublishEffect = Extract<Effect, { kind: 'publish' }>;

/** Plans one commit and writes it; 'moved' if the branch moved first (nothing is printed then). */
async function tryPublish({
  root,
  target,
  dryRun,
  first,
  terminal,
}: PublishAttempt): Promise<number | 'moved' | 'published'> {
  const repository = gitRepository(root);
  const { decision, plan, started } = await fetchPlan(root, repository, target);
  const errors = decision.findings.filter(isError);
  const report = async () => {
    if (errors.length > 0) terminal.err(await describeFindings(errors, repository.treeOf(target.source.sha)));
    return errors.length > 0 ? EXIT.findings : EXIT.fine;
  };
  if (decision.kind === 'refused') return refuse(toPlain(refusalText(decision.refusal)), report, terminal);
  const [effect] = plan;
  if (decision.kind === 'equal' || effect?.kind !== 'publish') {
    const code = await report();
    if (first && decision.waiting.length === 0)
      terminal.out(`nothing to publish: ${await explainEqual(repository, target.source.sha, decision.branch)}\n`);
    for (const step of decision.waiting.slice(0, MAX_NAMED)) terminal.out(formatWait(step));
    const more = decision.waiting.length - MAX_NAMED;
    if (more > 0) terminal.out(`... and ${more} more releases wait\n`);
    const remote = first ? undefined : await findRemote(root);
    if (remote !== undefined) terminal.out(`\nnext: git push ${remote} ${decision.branch}\n`);
    return code;
  }
  if (!first && decision.last !== target.source.sha) {
    terminal.out(
      `another process published ${decision.last?.slice(0, 7) ?? 'something'} during this run; this run ends here\n`,
    );
    return report();
  }
  const checkout = await findCheckout(root, effect.branch);
  if (checkout !== undefined) {
    const reason = `the branch ${effect.branch} is checked out in ${checkout}; switch to another branch there first`;
    return refuse(reason, report, terminal);
  }
  if (started && !dryRun) await startBranch(root, effect.branch, started.tip.sha);
  const commit = dryRun ? undefined : await repository.commit(effect);
  if (commit === 'moved') return 'moved';
  const from = started ? ` (started from ${started.name})` : effect.expectedHead === undefined ? ' (a new branch)' : '';
  const done = commit === undefined ? 'would publish to' : 'published to';
  terminal.out(`${done} ${effect.branch}${from}${commit === undefined ? '' : ` as ${commit}`}:\n`);
  await printCommit(effect, repository, terminal);
  return commit === undefined ? report() : 'published';
}

function formatWait(step: WaitStep): string {
  const { name, until, person, number, of } = waitingRelease(step);
  const { standing } = step;
  const parts = of > 1 ? ` (${number} of ${of} parts are published)` : '';
  const assumed = standing.assumed && !person ? '; no cluster reports, so the time since the commit counts' : '';
  const way = person ? 'to confirm: coalmine publish --resume' : 'run coalmine publish again';
  const due = standing.dueIn === undefined || person ? '' : `, in ${standing.dueIn} s at the earliest`;
  return `${oneLine(`${name} waits until ${until}${parts}${assumed}: ${way}${due}`)}\n`;
}

interface LocalPlan extends Awaited<ReturnType<typeof publishLocally>> {
  readonly started?: RemoteBranch; // where the new branch starts
}

/** Plans a publication. If only a remote has the branch, the local branch starts from there, as with `git switch`. */
async function fetchPlan(root: string, repository: Repository, target: PublicationRequest): Promise<LocalPlan> {
  const fresh = await publishLocally(repository, target, targets);
  if (fresh.decision.kind !== 'publish' || fresh.decision.expectedHead !== undefined) return fresh;
  const { branch } = fresh.decision;
  const started = await fetchRemoteBranch(root, branch);
  return started
    ? { ...(await publishLocally(repository, { ...target, onto: { tip: started.tip } }, targets)), started }
    : fresh;
}

async function refuse(reason: string, report: () => Promise<number>, terminal: Terminal): Promise<number> {
  await report();
  terminal.err(`refused: ${oneLine(reason)}\n`);
  return EXIT.findings;
}

async function explainEqual(repository: Repository, sha: string, branch: string): Promise<string> {
  return (await repository.fetchCommit(`refs/heads/${branch}`))
    ? `${branch} already has what ${sha.slice(0, 7)} renders`
    : `${sha.slice(0, 7)} has no release to publish (coalmine validate shows why)`;
}

/** Maximum number of files or waiting releases named one by one. */
const MAX_NAMED = 50;

async function printCommit(
  { message, files, expectedHead }: PublishEffect,
  repository: Repository,
  terminal: Terminal,
) {
  const before = expectedHead === undefined ? new Map() : await repository.treeOf(expectedHead).list('');
  terminal.out(`\n${message.trimEnd().replace(/^(?=.)/gm, '    ')}\n\n`);
  const paths = [...files].sort(([a], [b]) => compare(a, b));
  for (const [path, text] of paths.slice(0, MAX_NAMED)) {
    const letter = text === undefined ? 'D' : before.has(path) ? 'M' : 'A';
    terminal.out(` ${letter} ${oneLine(path)}\n`);
  }
  if (paths.length > MAX_NAMED) terminal.out(` ... and ${paths.length - MAX_NAMED} more files\n`);
}

import { charts } from '../charts/charts.ts';
import { compare, isError } from '../core/finding.ts';
import { oneLine } from '../core/report/escape.ts';
import type { Effect } from '../flows/effect.ts';
import type { Repository } from '../flows/ports.ts';
import type { Target } from '../flows/publication-facts.ts';
import { publishLocally } from '../flows/publish.ts';
import {
  fetchRemoteBranches,
  findCheckout,
  findRemote,
  isBranchName,
  type RemoteBranch,
  startBranch,
} from '../git/branches.ts';
import { gitRepository } from '../git/repository.ts';
import { type Command, EXIT, type Terminal, UsageError } from './command.ts';
import { commitNamed, describeFindings, openRepository } from './workspace.ts';

export const publish: Command = {
  usage: 'publish [--source REF] [--branch gitops] [--dry-run]',
  help: `Publishes the manifests of a commit into a branch of this repository, as one
commit, for any CI and any git host. Push that branch afterwards. In a fresh clone
fetch it first (git fetch origin gitops:gitops), or it would begin anew.

  --source REF   the commit whose values are published (default HEAD)
  --branch NAME  the branch to publish to (default: the settings' gitops)
  --dry-run      say what would be published, write nothing

A release with errors is named and keeps what was last published; the others go out.
Refused, with exit code 1: a branch with files that aren't ours, a branch that is
checked out, and removing all releases because no values file is left.`,
  options: { source: { type: 'string' }, branch: { type: 'string' }, 'dry-run': { type: 'boolean' } },
  arguments: 0,
  async run({ folder, options, terminal }) {
    const { root } = await openRepository(folder);
    const sha = await commitNamed(root, typeof options.source === 'string' ? options.source : 'HEAD');
    const source = await gitRepository(root).fetchCommit(sha);
    if (!source) throw new UsageError(`git knows no commit "${sha}" here`);
    const { branch } = options;
    if (typeof branch === 'string' && !(await isBranchName(root, branch))) {
      throw new UsageError(`"${branch}" can't be the name of a branch`);
    }
    const target = { source, ...(typeof branch === 'string' ? { branch } : {}) };
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const code = await attemptOnce({ root, target, dryRun: options['dry-run'] === true, terminal });
      if (code !== 'moved') return code;
    }
    throw new Error(`somebody else moved the branch ${ATTEMPTS} times meanwhile; try again`);
  },
};

/** How often a publication is planned again because somebody else published meanwhile. */
const ATTEMPTS = 5;

interface Attempt {
  readonly root: string;
  readonly target: Target;
  readonly dryRun: boolean;
  readonly terminal: Terminal;
}

type Publish = Extract<Effect, { kind: 'publish' }>;

/** Plans once and carries it out; 'moved' when the branch moved first, and nothing was said yet. */
async function attemptOnce({ root, target, dryRun, terminal }: Attempt): Promise<number | 'moved'> {
  const repository = gitRepository(root);
  const { decision, plan, started } = await fetchPlan(root, repository, target);
  const errors = decision.findings.filter(isError);
  const report = async () => {
    if (errors.length > 0) terminal.err(await describeFindings(errors, repository.treeOf(target.source.sha)));
    return errors.length > 0 ? EXIT.findings : EXIT.fine;
  };
  if (decision.kind === 'refused') return refuse(decision.reason, report, terminal);
  const [effect] = plan;
  if (decision.kind === 'equal' || effect?.kind !== 'publish') {
    const code = await report();
    terminal.out(`nothing to publish: ${await whyEqual(repository, target.source.sha, decision.branch)}\n`);
    return code;
  }
  const checkout = await findCheckout(root, effect.branch);
  if (checkout !== undefined) {
    const reason = `the branch ${effect.branch} is checked out in ${checkout}; switch to another branch there first`;
    return refuse(reason, report, terminal);
  }
  if (started && !dryRun) await startBranch(root, effect.branch, started.tip.sha);
  const commit = dryRun ? undefined : await repository.commit(effect);
  if (commit === 'moved') return 'moved';
  const code = await report();
  const from = started ? ` (begun from ${started.name})` : effect.expectedHead === undefined ? ' (a new branch)' : '';
  const done = commit === undefined ? 'would publish to' : 'published to';
  terminal.out(`${done} ${effect.branch}${from}${commit === undefined ? '' : ` as ${commit}`}:\n`);
  await describe(effect, repository, terminal);
  const remote = commit === undefined ? undefined : await findRemote(root);
  if (remote !== undefined) terminal.out(`\nnext: git push ${remote} ${effect.branch}\n`);
  return code;
}

interface LocalPlan extends Awaited<ReturnType<typeof publishLocally>> {
  readonly started?: RemoteBranch; // the branch is to begin there
}

/** Where only a remote has the branch, it is begun from there, as `git switch` does. */
async function fetchPlan(root: string, repository: Repository, target: Target): Promise<LocalPlan> {
  const fresh = await publishLocally(repository, target, charts);
  if (fresh.decision.kind !== 'publish' || fresh.decision.expectedHead !== undefined) return fresh;
  const { branch } = fresh.decision;
  const [started, other] = await fetchRemoteBranches(root, branch);
  if (started && other) {
    throw new UsageError(
      `${branch} is on several remotes (${started.name}, ${other.name}): begin it yourself from the right one, git branch ${branch} ${started.name}`,
    );
  }
  return started
    ? { ...(await publishLocally(repository, { ...target, onto: { tip: started.tip } }, charts)), started }
    : fresh;
}

async function refuse(reason: string, report: () => Promise<number>, terminal: Terminal): Promise<number> {
  await report();
  terminal.err(`refused: ${oneLine(reason)}\n`);
  return EXIT.findings;
}

async function whyEqual(repository: Repository, sha: string, branch: string): Promise<string> {
  return (await repository.fetchCommit(`refs/heads/${branch}`))
    ? `${branch} equals what ${sha.slice(0, 7)} renders to`
    : `${sha.slice(0, 7)} has no release to publish (coalmine validate says more)`;
}

/** Files that are named one by one; of more, only how many. */
const NAMED = 50;

async function describe({ message, files, expectedHead }: Publish, repository: Repository, terminal: Terminal) {
  const before = expectedHead === undefined ? new Map() : await repository.treeOf(expectedHead).list('');
  terminal.out(`\n${message.trimEnd().replace(/^(?=.)/gm, '    ')}\n\n`);
  const paths = [...files].sort(([a], [b]) => compare(a, b));
  for (const [path, text] of paths.slice(0, NAMED)) {
    const letter = text === undefined ? 'D' : before.has(path) ? 'M' : 'A';
    terminal.out(` ${letter} ${oneLine(path)}\n`);
  }
  if (paths.length > NAMED) terminal.out(` ... and ${paths.length - NAMED} more files\n`);
}

import { charts } from '../charts/charts.ts';
import { isError } from '../core/finding.ts';
import type { Effect } from '../flows/effect.ts';
import { publishLocally } from '../flows/publish.ts';
import { gitRepository } from '../git/repository.ts';
import { type Command, EXIT, type Terminal, UsageError } from './command.ts';
import { commitNamed, describeFindings, openRepository } from './workspace.ts';

export const publish: Command = {
  usage: 'publish [--source REF] [--branch gitops] [--dry-run]',
  help: `Publishes the manifests of a commit into a branch of this repository, as one
commit, for any CI and any git host: push that branch afterwards.

  --source REF   the commit whose values are published (default HEAD)
  --branch NAME  the branch to publish to (default: the settings' gitops)
  --dry-run      say what would be published, write nothing`,
  options: { source: { type: 'string' }, branch: { type: 'string' }, 'dry-run': { type: 'boolean' } },
  arguments: 0,
  async run({ folder, options, terminal }) {
    const root = await openRepository(folder);
    const repository = gitRepository(root);
    const sha = await commitNamed(root, typeof options.source === 'string' ? options.source : 'HEAD');
    const source = await repository.fetchCommit(sha);
    if (!source) throw new UsageError(`git knows no commit "${sha}" here`);
    const branch = typeof options.branch === 'string' ? { branch: options.branch } : {};

    for (let attempt = 1; attempt <= 5; attempt++) {
      const { decision, plan } = await publishLocally(repository, { source, ...branch }, charts);
      const findings = decision.kind === 'current' ? [] : decision.findings;
      if (findings.some(isError))
        terminal.err(await describeFindings(findings.filter(isError), repository.treeOf(sha)));
      const code = findings.some(isError) ? EXIT.findings : EXIT.fine;
      switch (decision.kind) {
        case 'current':
          terminal.out(`nothing to publish: ${decision.branch} was published from ${sha.slice(0, 7)} already\n`);
          return code;
        case 'equal':
          terminal.out(`nothing to publish: ${decision.branch} equals what ${sha.slice(0, 7)} renders to\n`);
          return code;
        case 'refused':
          terminal.err(`refused: ${decision.reason}\n`);
          return EXIT.findings;
        case 'publish': {
          const [effect] = plan;
          if (effect?.kind !== 'publish') throw new Error('a publication plans one commit');
          const commit = options['dry-run'] === true ? undefined : await repository.commit(effect);
          if (commit === 'moved') continue; // somebody else published meanwhile: plan again
          terminal.out(
            `${commit === undefined ? `would publish to ${decision.branch}` : `published to ${decision.branch} as ${commit}`}:\n`,
          );
          describe(effect, terminal);
          return code;
        }
        default:
          decision satisfies never;
      }
    }
    throw new Error('the branch moved with every attempt');
  },
};

function describe({ message, files }: Extract<Effect, { kind: 'publish' }>, terminal: Terminal): void {
  terminal.out(`\n${message.trimEnd().replace(/^/gm, '    ')}\n\n`);
  const paths = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [path, text] of paths.slice(0, 50)) terminal.out(` ${text === undefined ? '-' : '+'} ${path}\n`);
  if (paths.length > 50) terminal.out(` ... and ${paths.length - 50} more files\n`);
}

import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { targets } from '../charts/targets.ts';
import { patchOf } from '../core/model/diff.ts';
import type { Finding } from '../core/model/finding.ts';
import { oneLine } from '../core/model/printable.ts';
import type { Refusal } from '../core/refusal.ts';
import { guardLines } from '../core/report/guards.ts';
import { noteText } from '../core/report/note.ts';
import { plain } from '../core/report/plain.ts';
import { refusalText } from '../core/report/refusal.ts';
import { toPlain, toTerminal } from '../core/report/sentence.ts';
import { formatFindings } from '../core/report/terminal.ts';
import type { Guard } from '../core/rollout/guards.ts';
import { FORCED_TRAILER } from '../core/rollout/history.ts';
import { lineOf, type Way } from '../core/rollout/way.ts';
import type { ValuesEntry } from '../flows/gitops/snapshot.ts';
import { fetchIndex } from '../flows/gitops/snapshot.ts';
import type { Deciding, ReleaseDecision } from '../flows/rollout/decide.ts';
import type { LocalRollout } from '../flows/rollout/local.ts';
import { folderTree } from '../git/folder.ts';
import { isEdited } from '../git/working-tree.ts';
import { EXIT, type Invocation, type Terminal, UsageError } from './command.ts';
import { formatPatch, formatPatchHint } from './patch.ts';
import { replaceFile } from './replace-file.ts';
import { fetchReleaseFacts, openRolloutWorkspace, printNotes, type RolloutWorkspace } from './rollout-workspace.ts';
import { chooseReleases, hasName, requireOnly } from './workspace.ts';

/** The facts from which a command decides. */
export interface DecisionFacts extends Deciding {
  readonly workspace: RolloutWorkspace;
  readonly facts: LocalRollout;
}

/** The decision of a command. */
export type RolloutDecision =
  | ReleaseDecision
  | { readonly kind: 'unclear'; readonly why: Refusal }
  | { readonly kind: 'nothing'; readonly why: Refusal; readonly ways: readonly Way[] };

/** Details of carrying out a decision. */
export interface MoveOptions {
  readonly force?: string; // the reason given
  readonly after?: readonly string[]; // notes to print after the change is written
}

/** Changes one release's values file in the working tree, starting from HEAD. Returns the exit code. */
export async function moveRelease(
  { folder, options, terminal }: Invocation,
  name: string,
  {
    decide,
    moveOptions,
  }: {
    readonly decide: (facts: DecisionFacts) => Promise<RolloutDecision>;
    readonly moveOptions: (name: string) => MoveOptions;
  },
): Promise<number> {
  const workspace = await openRolloutWorkspace(folder, terminal);
  if (typeof workspace === 'number') return workspace;
  if (workspace.bare)
    throw new UsageError(`${workspace.root} is a bare repository; this command writes into a working tree`);
  const entry = await findEntry(workspace, name);
  if (typeof entry === 'string') return refuse(entry, terminal);
  const path = join(workspace.root, entry.file);
  if (!(await lstat(path).catch(() => undefined))?.isFile())
    throw new UsageError(`${entry.file} is not a regular file of a working tree, so Coalmine cannot write it`);
  if (await isEdited(workspace.root, entry.file, entry.id))
    return refuse(
      `${entry.file} differs from HEAD, from which this command starts; commit or stash it first`,
      terminal,
    );

  const facts = await fetchReleaseFacts(workspace, entry);
  await printNotes(workspace, [entry], terminal);
  const decision = await decide({ workspace, facts, ends: workspace.ends, targets });
  return performMove(decision, {
    facts,
    path,
    terminal,
    dryRun: options['dry-run'] === true,
    ...moveOptions(facts.name),
  });
}

/** Finds the values file with this name in HEAD; returns a reason if it is only in the working tree. */
async function findEntry(
  { root, ends: { settings }, index }: RolloutWorkspace,
  name: string,
): Promise<ValuesEntry | string> {
  const entries = [...index.values()];
  if (!entries.some(({ release }) => hasName(release, name))) {
    const here = await fetchIndex(folderTree(root), settings);
    const fresh = [...here.values()].find(({ release }) => hasName(release, name));
    if (fresh) return `${fresh.file} is not in HEAD yet; commit it first`;
  }
  return requireOnly(chooseReleases(entries, [name], settings), name, ({ release }) => release);
}

interface MoveContext extends MoveOptions {
  readonly facts: LocalRollout;
  readonly path: string;
  readonly terminal: Terminal;
  readonly dryRun: boolean;
}

async function performMove(decision: RolloutDecision, context: MoveContext): Promise<number> {
  const { facts, terminal, force } = context;
  const { name } = facts;
  switch (decision.kind) {
    case 'nothing':
      terminal.out(
        `${oneLine(`${name}: ${toTerminal(refusalText(decision.why))}`)}${formatWays(name, decision.ways)}; nothing was written\n`,
      );
      return EXIT.fine;
    case 'stay':
      return refuse(`${name}: ${toTerminal(refusalText(decision.why))}${formatWays(name, decision.ways)}`, terminal);
    case 'unclear':
      return refuse(`${name}: ${toTerminal(refusalText(decision.why))}`, terminal);
    case 'by-hand': {
      if (decision.patch !== undefined) terminal.out(formatPatch(decision.patch));
      return refuse(`${name}: ${decision.reason}${formatPatchHint(decision.patch)}`, terminal);
    }
    case 'step':
      return write(decision, context);
    case 'wait': {
      const open = decision.guards.filter(({ state }) => state === 'unmet');
      const isPassable = open.every(({ passable }) => passable);
      if (open.length === 0 || (force !== undefined && isPassable)) return write(decision, context);
      terminal.out(formatChecklist(`${name}: ${decision.stepped.headline}`, decision.guards));
      const way = isPassable ? '; to override: --force REASON' : '';
      return refuse(
        `${name}: ${decision.stepped.headline} must wait until the checks marked ❌ above are met${way}`,
        terminal,
      );
    }
    default:
      return decision satisfies never;
  }
}

function refuse(reason: string, terminal: Terminal): number {
  terminal.err(`refused: ${oneLine(reason)}; nothing was written\n`);
  return EXIT.findings;
}

async function write(
  decision: Extract<RolloutDecision, { kind: 'step' | 'wait' }>,
  { facts, path, terminal, dryRun, force, after = [] }: MoveContext,
): Promise<number> {
  const { file } = facts.entry;
  const { stepped, guards } = decision;
  const { text, headline } = stepped;
  const title = `${facts.name}: ${headline}`;
  terminal.out(formatPatch(patchOf({ path: file, before: facts.text, after: text })));
  terminal.out(`\n${formatChecklist(title, guards)}`);
  const { note } = stepped.step;
  const notes = decision.kind === 'step' ? decision.notes : note ? [note] : [];
  for (const each of [...notes.map((each) => toTerminal(noteText(each))), ...after])
    terminal.out(`  ${oneLine(each)}\n`);
  const besides = stepped.after.findings.filter((finding) => !isGuarded(finding, guards));
  if (besides.length > 0) terminal.out(`\n${formatFindings(besides, () => text)}`);
  if (dryRun) {
    terminal.out('\ndry run: nothing was written\n');
    return EXIT.fine;
  }
  await replaceFile(path, text);
  const isForced = force !== undefined && guards.some(({ state }) => state === 'unmet');
  const why = isForced ? ` --trailer ${quoteForShell(`${FORCED_TRAILER}: ${force.replace(/\s+/g, ' ').trim()}`)}` : '';
  terminal.out(`
wrote ${oneLine(file)}
next: git commit -m ${quoteForShell(title)}${why} ${quoteForShell(file)}
  then push it or open a pull request; without the App, publish with: coalmine publish
`);
  return EXIT.fine;
}

/** Formats the commands to type instead, as a terminal takes them; only a comment lifts a hold. */
export function formatWays(name: string, ways: readonly Way[] = []): string {
  const lines = ways
    .filter(({ verb }) => verb !== 'resume')
    .map((way) => oneLine(`coalmine ${lineOf(name, way).slice(1)}`))
    .map((line) => (line.startsWith('coalmine promote ') ? withOptions(line) : line));
  return lines.length === 0 ? '' : `; to type: ${lines.join(' or ')}`;
}

function withOptions(line: string): string {
  return line.replace(/ to (\d+)$/, ' --to $1').replace(/ full$/, ' --full');
}

/** Formats a step and its checks, one line each. */
function formatChecklist(title: string, guards: readonly Guard[]): string {
  return [title, ...guardLines(guards).map((line) => `  ${toPlain(line)}`)]
    .map((line) => `${oneLine(line)}\n`)
    .join('');
}

/** Whether the checklist already has this finding. */
function isGuarded({ rule }: Finding, guards: readonly Guard[]): boolean {
  return guards.some(({ fact }) => 'finding' in fact && fact.finding.rule === rule);
}

/** Quotes a word for the shell. */
function quoteForShell(text: string): string {
  const line = oneLine(text);
  return /^[\w./-]+$/.test(line) ? line : `'${line.replaceAll("'", "'\\''")}'`;
}

/** Turns the Markdown answer to a comment into words for the terminal: commands instead of slash commands. */
export function toTerminalText(text: string): string {
  return plain(text)
    .replace(/(?<=^|[;,:] )\/(?=(?:promote|rollback|deploy|drop) [a-z])/g, 'coalmine ')
    .replace(/"(to \d+|full)"/g, '"--$1"');
}

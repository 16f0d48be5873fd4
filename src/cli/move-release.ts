import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { targets } from '../charts/targets.ts';
import { patchOf } from '../core/model/diff.ts';
import type { Finding } from '../core/model/finding.ts';
import { oneLine } from '../core/model/printable.ts';
import { code, markdown } from '../core/report/escape.ts';
import { guardLines } from '../core/report/guards.ts';
import { plain } from '../core/report/plain.ts';
import { toPlain } from '../core/report/sentence.ts';
import { formatFindings } from '../core/report/terminal.ts';
import type { Guard } from '../core/rollout/guards.ts';
import { FORCED_TRAILER } from '../core/rollout/history.ts';
import type { ValuesEntry } from '../flows/gitops/snapshot.ts';
import { fetchIndex } from '../flows/gitops/snapshot.ts';
import type { Decided, Deciding, Wording } from '../flows/rollout/decide.ts';
import type { LocalRollout } from '../flows/rollout/local.ts';
import { folderTree } from '../git/folder.ts';
import { isEdited } from '../git/working-tree.ts';
import { EXIT, type Invocation, type Terminal, UsageError } from './command.ts';
import { patchHint, shown } from './patch.ts';
import { replaceFile } from './replace-file.ts';
import { fetchRelease, openScene, type Scene, sayNotes } from './scene.ts';
import { choose, isCalled, onlyOne } from './workspace.ts';

/** The facts from which a command decides. */
export interface Moving extends Deciding {
  readonly scene: Scene;
  readonly facts: LocalRollout;
}

/** The decision of a command; `why` is Markdown. */
export type Moved = Decided | { readonly kind: 'unclear' | 'nothing'; readonly why: string };

/** Details of carrying out a decision. */
export interface Ways {
  readonly force?: string; // the reason given
  readonly after?: readonly string[]; // notes to print after the change is written
}

/** The terminal's words for a promotion's answer. */
export const IN_TERMINAL: Wording = {
  desired: 'what HEAD has',
  waits: `${code('coalmine publish')} publishes it, unless the App does`,
};

/** Changes one release's values file in the working tree, starting from HEAD. Returns the exit code. */
export async function moveRelease(
  { folder, options, terminal }: Invocation,
  name: string,
  { decide, ways }: { readonly decide: (moving: Moving) => Promise<Moved>; readonly ways: (name: string) => Ways },
): Promise<number> {
  const scene = await openScene(folder, terminal);
  if (typeof scene === 'number') return scene;
  if (scene.bare) throw new UsageError(`${scene.root} is a bare repository; this command writes into a working tree`);
  const entry = await entryNamed(scene, name);
  if (typeof entry === 'string') return refuse(entry, terminal);
  const path = join(scene.root, entry.file);
  if (!(await lstat(path).catch(() => undefined))?.isFile())
    throw new UsageError(`${entry.file} is not a regular file of a working tree, so Coalmine cannot write it`);
  if (await isEdited(scene.root, entry.file, entry.id))
    return refuse(
      `${entry.file} differs from HEAD, from which this command starts; commit or stash it first`,
      terminal,
    );

  const facts = await fetchRelease(scene, entry);
  await sayNotes(scene, [entry], terminal);
  const moved = await decide({ scene, facts, ends: scene.ends, targets });
  return carryOut(moved, { facts, path, terminal, dryRun: options['dry-run'] === true, ...ways(facts.name) });
}

/** Finds the values file with this name in HEAD; returns a reason if it is only in the working tree. */
async function entryNamed({ root, ends: { settings }, index }: Scene, name: string): Promise<ValuesEntry | string> {
  const entries = [...index.values()];
  if (!entries.some(({ release }) => isCalled(release, name))) {
    const here = await fetchIndex(folderTree(root), settings);
    const fresh = [...here.values()].find(({ release }) => isCalled(release, name));
    if (fresh) return `${fresh.file} is not in HEAD yet; commit it first`;
  }
  return onlyOne(choose(entries, [name], settings), name, ({ release }) => release);
}

interface CarryingOut extends Ways {
  readonly facts: LocalRollout;
  readonly path: string;
  readonly terminal: Terminal;
  readonly dryRun: boolean;
}

async function carryOut(moved: Moved, carrying: CarryingOut): Promise<number> {
  const { facts, terminal, force } = carrying;
  const { name } = facts;
  switch (moved.kind) {
    case 'nothing':
      terminal.out(`${oneLine(`${name}: ${said(moved.why)}`)}; nothing was written\n`);
      return EXIT.fine;
    case 'stay':
    case 'unclear':
      return refuse(`${name}: ${said(moved.why)}`, terminal);
    case 'by-hand': {
      if (moved.patch !== undefined) terminal.out(shown(moved.patch));
      return refuse(`${name}: ${moved.reason}${patchHint(moved.patch)}`, terminal);
    }
    case 'step':
      return write(moved, carrying);
    case 'wait': {
      const open = moved.guards.filter(({ state }) => state === 'unmet');
      const isPassable = open.every(({ passable }) => passable);
      if (open.length === 0 || (force !== undefined && isPassable)) return write(moved, carrying);
      terminal.out(checklist(`${name}: ${moved.stepped.headline}`, moved.guards));
      const way = isPassable ? '; to override: --force REASON' : '';
      return refuse(
        `${name}: ${moved.stepped.headline} must wait until the checks marked ❌ above are met${way}`,
        terminal,
      );
    }
    default:
      return moved satisfies never;
  }
}

function refuse(reason: string, terminal: Terminal): number {
  terminal.err(`refused: ${oneLine(reason)}; nothing was written\n`);
  return EXIT.findings;
}

async function write(
  moved: Extract<Moved, { kind: 'step' | 'wait' }>,
  { facts, path, terminal, dryRun, force, after = [] }: CarryingOut,
): Promise<number> {
  const { file } = facts.entry;
  const { stepped, guards } = moved;
  const { text, headline } = stepped;
  const title = `${facts.name}: ${headline}`;
  terminal.out(shown(patchOf({ path: file, before: facts.text, after: text })));
  terminal.out(`\n${checklist(title, guards)}`);
  const { note } = stepped.step;
  const notes = moved.kind === 'step' ? moved.notes : note === undefined ? [] : [markdown(note)];
  for (const each of [...notes.map(said), ...after]) terminal.out(`  ${oneLine(each)}\n`);
  const besides = stepped.after.findings.filter((finding) => !isGuarded(finding, guards));
  if (besides.length > 0) terminal.out(`\n${formatFindings(besides, () => text)}`);
  if (dryRun) {
    terminal.out('\ndry run: nothing was written\n');
    return EXIT.fine;
  }
  await replaceFile(path, text);
  const isForced = force !== undefined && guards.some(({ state }) => state === 'unmet');
  const why = isForced ? ` --trailer ${quoted(`${FORCED_TRAILER}: ${force.replace(/\s+/g, ' ').trim()}`)}` : '';
  terminal.out(`
wrote ${oneLine(file)}
next: git commit -m ${quoted(title)}${why} ${quoted(file)}
  then push it or open a pull request; without the App, publish with: coalmine publish
`);
  return EXIT.fine;
}

/** Formats a step and its checks, one line each. */
function checklist(title: string, guards: readonly Guard[]): string {
  return [title, ...guardLines(guards).map((line) => `  ${toPlain(line)}`)]
    .map((line) => `${oneLine(line)}\n`)
    .join('');
}

/** Whether the checklist already has this finding. */
function isGuarded({ rule }: Finding, guards: readonly Guard[]): boolean {
  return guards.some(({ fact }) => 'finding' in fact && fact.finding.rule === rule);
}

/** Quotes a word for the shell. */
function quoted(text: string): string {
  const line = oneLine(text);
  return /^[\w./-]+$/.test(line) ? line : `'${line.replaceAll("'", "'\\''")}'`;
}

/** Turns the Markdown answer to a comment into words for the terminal: commands instead of slash commands. */
export function said(text: string): string {
  return plain(text)
    .replace(/(?<=^|[;,:] )\/(?=(?:promote|rollback|deploy|drop) [a-z])/g, 'coalmine ')
    .replace(/"(to \d+|full)"/g, '"--$1"');
}

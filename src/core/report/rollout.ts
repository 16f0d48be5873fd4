import { brief } from '../model/printable.ts';
import type { Refusal, StepNote } from '../refusal.ts';
import type { Guard } from '../rollout/guards.ts';
import type { Way } from '../rollout/way.ts';
import { lineOf } from '../rollout/way.ts';
import type { Right } from '../settings/settings.ts';
import { whoText } from './answer.ts';
import { sizeOf } from './budget.ts';
import { code, fenced, markdown } from './escape.ts';
import { formatGuards } from './guards.ts';
import { noteText } from './note.ts';
import { refusalText } from './refusal.ts';
import { toMarkdown } from './sentence.ts';

/** Something of one release was done: `**echo: canary v2 0% -> 50%**: #5, merged as 1a2b3c4`. */
export function formatMoved({
  name,
  headline,
  where,
  notes,
}: {
  readonly name: string;
  readonly headline: string;
  readonly where: readonly string[]; // Markdown
  readonly notes: readonly StepNote[];
}): string {
  const line = `**${titleOf(name, headline)}**: ${where.join(', ')}.`;
  return [line, ...notes.map((note) => `- ${toMarkdown(noteText(note))}`)].join('\n');
}

/** Nothing was done with one release, why, and last the lines that a person can type instead. */
export function formatStays(name: string, why: Refusal, ways: readonly Way[] = []): string {
  const lines = ways.map((way) => code(lineOf(name, way)));
  const type = lines.length > 0 ? ` To type: ${lines.join(' or ')}` : '';
  return `${markdown(name)}: ${toMarkdown(refusalText(why))}. Nothing was done.${type}`;
}

/** What a promotion asks for, folded: all of it is met, or a person overrode what is not. */
export function foldGuards(guards: readonly Guard[]): string {
  const met = guards.filter(({ state }) => state === 'met').length;
  const summary = met === guards.length ? `All ${met} checks are met` : `${met} of ${guards.length} checks are met`;
  return `<details><summary>${summary}</summary>\n\n${list(formatGuards(guards))}\n\n</details>`;
}

/** A promotion that has to wait; the way past it is offered only where there is one, with those who may take it. */
export function formatUnmet({
  name,
  headline,
  guards,
  force,
}: {
  readonly name: string;
  readonly headline: string;
  readonly guards: readonly Guard[];
  readonly force: Right; // who may override
}): string {
  const open = guards.filter(({ state }) => state !== 'met');
  const isOffered = open.every(({ passable }) => passable) && hasAny(force);
  const way = isOffered
    ? `\n\nOverride: ${code(`/promote ${name} --force "reason"`)} (allowed: ${whoText(force)}).`
    : '';
  const again = `Once all of it is met, type: ${code(`/promote ${name}`)}`;
  return `**${titleOf(name, headline)}** has to wait. Nothing was done.\n\n${list(formatGuards(guards))}${way}\n\n${again}`;
}

function hasAny({ permission, users, teams }: Right): boolean {
  return permission !== undefined || users.length + teams.length > 0;
}

/** What the author has to do by hand, since an edit would touch more of the file than is meant. */
export function formatByHand({
  name,
  reason,
  patch,
  headline,
}: {
  readonly name: string;
  readonly reason: string;
  readonly patch: string | undefined;
  readonly headline?: string;
}): string {
  const said = `**${titleOf(name, headline)}** has to be written by hand: ${markdown(brief(reason))}. Nothing was done.`;
  if (patch === undefined) return said;
  const block = fenced('diff', patch);
  return sizeOf(block) > PATCH
    ? `${said} The patch is too long for a comment.`
    : `${said} This patch does it:\n\n${block}`;
}

/** A longer patch leaves no room for anything else; half of one is of no use. */
const PATCH = 30_000;

function titleOf(name: string, headline: string | undefined): string {
  return markdown(brief(headline === undefined ? name : `${name}: ${headline}`));
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

import type { Owner } from '../commands/codeowners.ts';
import type { Command } from '../commands/command.ts';
import { COMMANDS, type Verb } from '../commands/index.ts';
import { NAMED_NEED } from '../commands/rights.ts';
import { brief } from '../model/printable.ts';
import { type Permission, type Right, type RightName, SETTINGS_FILE } from '../settings/settings.ts';
import { COMMENT_LIMIT } from './budget.ts';
import { code, markdown } from './escape.ts';
import { heardLines, type WaitingRelease } from './publication.ts';
import { cutLines } from './section.ts';

/** By this our answer to a comment is found again. */
export function answerMarker(comment: number): string {
  return `<!-- coalmine:answer ${comment} -->`;
}

/** The comment that one of ours answers. */
export function answeredBy(body: string): number | undefined {
  const id = /^<!-- coalmine:answer (\d+) -->/.exec(body)?.[1];
  return id === undefined ? undefined : Number(id);
}

/** Room for what is only known once it is done: the number of a pull request, or why GitHub wouldn't merge it. */
const WORDS = 5_000;

/** The answer to a comment: a paragraph for each of its commands, as far as there is room. */
export function formatAnswer(comment: number, texts: readonly string[]): string {
  const marker = answerMarker(comment);
  return cutLines(`${[marker, ...texts].join('\n\n')}\n`, COMMENT_LIMIT - WORDS) ?? `${marker}\n`;
}

/** What a mistyped word was most likely meant to be. */
export function formatUnknown(word: string, meant: Verb): string {
  const command = COMMANDS.find(({ verb }) => verb === meant);
  return `There is no command ${code(`/${word}`)}. Nothing was done; an edited comment isn't read again, a new one is. Did you mean this, which ${command?.help}? ${code(command?.usage ?? `/${meant}`)}`;
}

/** What is wrong with how a command was written. */
export function formatMisused(verb: Verb, problem: string): string {
  const command = COMMANDS.find((each) => each.verb === verb);
  return `${code(`/${verb}`)}: ${markdown(brief(problem))}. Nothing was done. It is written ${code(command?.usage ?? `/${verb}`)}`;
}

/** What becomes of the commands of a comment that are too many. */
export function formatLeftCommands(most: number, left: number): string {
  return `A comment may have ${most} commands; ${left} more ${left === 1 ? 'was' : 'were'} not run. Write ${left === 1 ? 'it' : 'them'} in a new comment.`;
}

/** What the host doesn't take of what a command would write. */
export function formatHostRefusal(why: string): string {
  return `The host doesn't let the App write this: "${markdown(why)}". Nothing more was done; ${code('coalmine doctor')} says what stands in the way.`;
}

/** The values files take too long, or too much memory, for a command. */
export function formatExhausted(limit: 'time' | 'memory'): string {
  return `Stopped: the values files take too much ${limit} to read. Nothing more was done. Make them smaller (fewer versions, paths or repetitions in one file), then comment again.`;
}

/** Files that a command needs can't be read. */
export function formatUnreadable(why: string): string {
  return `Coalmine can't read the repository's files: ${markdown(why)}. Nothing more was done.`;
}

/** Why nothing comes of commands while the settings of the default branch can't be read. */
export function formatUnreadableSettings(verbs: readonly Verb[]): string {
  const commands = verbs.map((verb) => code(`/${verb}`)).join(', ');
  return `${code(SETTINGS_FILE)} of the default branch has errors, so Coalmine can't tell who may use ${commands}. Nothing was done. Fix the file (${code('coalmine validate')} lists its errors), then comment again.`;
}

/** All commands; and who may use each, where the settings can be read. */
export function formatHelp(
  commands: readonly Command[],
  rights: Readonly<Record<RightName, Right>> | undefined,
): string {
  const rows = [
    ['line', 'what it does', ...(rights ? ['who may'] : [])],
    ['---', '---', ...(rights ? ['---'] : [])],
    ...commands.map(({ verb, usage, help }) => [code(usage), help, ...(rights ? [inCell(whoText(rights[verb]))] : [])]),
  ];
  return [
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
    '',
    `Without the name of a release, a command is about those that this pull request changes. ${code('--force')} is for ${rights ? whoText(rights.force) : 'those whom the settings name'}.`,
  ].join('\n');
}

/** A stroke ends a cell, even within code. */
function inCell(text: string): string {
  return text.replaceAll('|', '\\|');
}

/** Who has a right, in Markdown: a permission, logins, teams; `nobody`. */
export function whoText({ permission, users, teams }: Right): string {
  const who = [
    ...(permission === undefined ? [] : [code(permission)]),
    ...users.map(code),
    ...teams.map((team) => `the team ${code(team)}`),
  ];
  return who.length > 0 ? who.join(', ') : 'nobody';
}

/** Who may use a command, for a commenter who may not. */
export function formatForbidden(
  verb: RightName,
  { right, login, permission }: { readonly right: Right; readonly login: string; readonly permission: Permission },
): string {
  const who = [
    ...(right.permission === undefined ? [] : [`the permission ${code(right.permission)}`]),
    ...(right.users.length > 0 ? [`one of ${right.users.map(code).join(', ')} who may ${code(NAMED_NEED)}`] : []),
    ...(right.teams.length > 0 ? [`the team ${right.teams.map(code).join(' or ')}`] : []),
  ];
  const needed = who.length > 0 ? who.join(', or ') : 'somebody whom the settings name, and they name nobody';
  return `${code(verb === 'force' ? '--force' : `/${verb}`)} takes ${needed}; ${code(login)} has ${code(permission)} here. Nothing was done. Who may use what: ${code('/help')}`;
}

/** A values file that has owners, and where that is said. */
export interface Owned {
  readonly file: string;
  readonly owners: readonly Owner[];
  readonly says: string; // file
  readonly line: number;
}

/** So many owners are named: a line may have thousands. */
const OWNERS = 10;

/** Who owns a file, for a commenter who does not. */
export function formatNotOwner(
  { file, owners, says, line }: Owned,
  {
    login,
    address, // undefined: they show none
    typed,
  }: { readonly login: string; readonly address: string | undefined; readonly typed: string },
): string {
  const names = owners.map(ownerText).map(code);
  const more = names.length - OWNERS;
  const shown = more > 0 ? [...names.slice(0, OWNERS), `${more} more`] : names;
  const who = [shown.slice(0, -1).join(', '), ...shown.slice(-1)].filter((part) => part !== '').join(' or ');
  const verdict = owners.length > 1 ? `${code(login)} is none of them` : `not by ${code(login)}`;
  const unknown =
    address === undefined && owners.some(({ kind }) => kind === 'email')
      ? `, as far as can be seen: ${code(login)} shows no e-mail address on the profile that could be one of these`
      : '';
  return `${code(file)} is owned by ${who} (${code(says)}, line ${line}); ${verdict}${unknown}. Nothing was done. An owner may type it: ${code(typed)}`;
}

function ownerText(owner: Owner): string {
  switch (owner.kind) {
    case 'user':
      return `@${owner.login}`;
    case 'team':
      return `@${owner.org}/${owner.slug}`;
    case 'email':
      return owner.address;
    default:
      return owner satisfies never;
  }
}

/** A part that a person approved. */
export interface ApprovedPart {
  readonly by: string;
  readonly branch: string;
  readonly commit: string;
  readonly subject: string;
}

export function formatResumed({ by, branch, commit, subject }: ApprovedPart): string {
  return `Published to ${markdown(branch)} as ${commit}, in the name of ${code(by)}:\n\n- ${markdown(subject)}`;
}

/** Why nothing was done, how things stand instead, and last the lines that a person can type. */
export function formatNothing(why: string, state: readonly string[], lines: readonly string[] = []): string {
  const type = lines.length > 0 ? `To type: ${lines.map(code).join(' or ')}` : '';
  if (state.length === 0) return `${why} Nothing was done.${type === '' ? '' : ` ${type}`}`;
  return [`${why} Nothing was done.`, state.join('\n'), ...(type === '' ? [] : [type])].join('\n\n');
}

/** How it stands with a release that waits, and whose word is of use. */
export function formatWaiting({ name, until, person, standing }: WaitingRelease): string {
  const way = person ? `; ${code(`/resume ${name}`)} confirms it` : ', and goes on by itself then';
  return [`- ${markdown(`${name} waits until ${until}`)}${way}.`, ...heardLines(standing)].join('\n  ');
}

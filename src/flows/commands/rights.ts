import { CODEOWNERS_BYTES, CODEOWNERS_FILES, type Owner, ownersOf } from '../../core/commands/codeowners.ts';
import { isGranted } from '../../core/commands/rights.ts';
import { formatForbidden, formatNotOwner } from '../../core/report/answer.ts';
import {
  type Permission,
  type Right,
  type RightName,
  type Settings,
  stageSettings,
} from '../../core/settings/settings.ts';
import type { FileTree, Ports, RepositoryRef } from '../ports.ts';

/** Why a commenter may not use a command in all of these stages, as of now; undefined where they may. */
export async function fetchForbidden(
  { pulls }: Pick<Ports, 'pulls'>,
  settings: Settings,
  {
    verb,
    login,
    stages,
  }: { readonly verb: RightName; readonly login: string; readonly stages: readonly (string | undefined)[] },
): Promise<string | undefined> {
  const permission = await pulls.fetchPermission(login);
  for (const stage of new Set(stages)) {
    const right = stageSettings(settings, stage).commands[verb];
    const may = isGranted(right, { login, permission }) || (await isInOne(pulls, right, login));
    if (!may) return formatForbidden(verb, { right, login, permission });
  }
  return undefined;
}

/** The same pull requests, asked once what each person may do: a comment may have ten commands. */
export function withRightsAskedOnce(pulls: Ports['pulls']): Ports['pulls'] {
  const [permissions, teams] = [new Map<string, Promise<Permission>>(), new Map<string, Promise<boolean>>()];
  return {
    ...pulls,
    fetchPermission: (login) => once(permissions, login, () => pulls.fetchPermission(login)),
    isInTeam: (team, login) => once(teams, `${team} ${login}`, () => pulls.isInTeam(team, login)),
  };
}

function once<T>(known: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  const answer = known.get(key) ?? ask();
  known.set(key, answer);
  return answer;
}

async function isInOne(pulls: Ports['pulls'], { teams }: Right, login: string): Promise<boolean> {
  for (const team of teams) if (await pulls.isInTeam(team, login)) return true;
  return false;
}

export interface Owning {
  readonly tree: FileTree; // whose CODEOWNERS counts
  readonly ref: Pick<RepositoryRef, 'owner'>;
  readonly file: string;
  readonly login: string;
  readonly typed: string; // what an owner may type
}

/** Why a commenter may not move a file's release; undefined where they own the file, or it has no owner. */
export async function fetchNotOwner(
  { pulls }: Pick<Ports, 'pulls'>,
  { tree, ref, file, login, typed }: Owning,
): Promise<string | undefined> {
  const found = await fetchCodeowners(tree);
  const { owners, line } = (found && ownersOf(found.text, file)) ?? { owners: [], line: 0 };
  if (!found || owners.length === 0 || owners.some((owner) => isUser(owner, login))) return undefined;
  for (const owner of owners) {
    if (owner.kind !== 'team' || !isSame(owner.org, ref.owner)) continue; // another organization's team of that name
    if (await pulls.isInTeam(owner.slug, login)) return undefined;
  }
  const addresses = owners.flatMap((owner) => (owner.kind === 'email' ? [owner.address] : []));
  const address = addresses.length > 0 ? await pulls.fetchEmail(login) : undefined;
  if (address !== undefined && addresses.some((each) => isSame(each, address))) return undefined;
  return formatNotOwner({ file, owners, says: found.file, line }, { login, address, typed });
}

function isUser(owner: Owner, login: string): boolean {
  return owner.kind === 'user' && isSame(owner.login, login);
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** The one file that counts; undefined where there is none that GitHub would load. */
async function fetchCodeowners(tree: FileTree): Promise<{ readonly file: string; readonly text: string } | undefined> {
  for (const file of CODEOWNERS_FILES) {
    const entry = (await tree.list(file.slice(0, Math.max(0, file.lastIndexOf('/'))))).get(file);
    if (!entry) continue;
    if (entry.size >= CODEOWNERS_BYTES) return undefined;
    return { file, text: new TextDecoder().decode((await tree.read([entry.id])).get(entry.id)) };
  }
  return undefined;
}

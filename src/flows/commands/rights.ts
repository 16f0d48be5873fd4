import type { Verb } from '../../core/commands/index.ts';
import { isGranted } from '../../core/commands/rights.ts';
import { formatForbidden } from '../../core/report/answer.ts';
import { type Right, type Settings, stageSettings } from '../../core/settings/settings.ts';
import type { Ports } from '../ports.ts';

/** Why somebody may not use a command in all of these stages, as of now; undefined where they may. */
export async function fetchForbidden(
  { pulls }: Pick<Ports, 'pulls'>,
  settings: Settings,
  {
    verb,
    login,
    stages,
  }: { readonly verb: Verb; readonly login: string; readonly stages: readonly (string | undefined)[] },
): Promise<string | undefined> {
  const permission = await pulls.fetchPermission(login);
  for (const stage of new Set(stages)) {
    const right = stageSettings(settings, stage).commands[verb];
    const may = isGranted(right, { login, permission }) || (await isInOne(pulls, right, login));
    if (!may) return formatForbidden(verb, { right, login, permission });
  }
  return undefined;
}

async function isInOne(pulls: Ports['pulls'], { teams }: Right, login: string): Promise<boolean> {
  for (const team of teams) if (await pulls.isInTeam(team, login)) return true;
  return false;
}

import { COMMANDS } from '../../core/commands/index.ts';
import { formatHelp } from '../../core/report/answer.ts';
import { fetchSettings } from '../gitops/snapshot.ts';
import { fetchTarget } from '../publish/publish.ts';
import { type Asked, type CommandPorts, type Outcome, refused, told } from './outcome.ts';
import { fetchForbidden } from './rights.ts';

/** Lists the commands, and who may use each here. */
export async function help(ports: CommandPorts, { comment }: Asked): Promise<Outcome> {
  const target = await fetchTarget(ports);
  const read = target && (await fetchSettings(ports.repository.treeOf(target.source.sha)));
  if (!read?.ok) return told(formatHelp(COMMANDS, undefined));
  const forbidden = await fetchForbidden(ports, read.value, {
    verb: 'help',
    login: comment.author,
    stages: [undefined],
  });
  return forbidden === undefined ? told(formatHelp(COMMANDS, read.value.commands)) : refused(forbidden);
}

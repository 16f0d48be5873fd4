import { COMMANDS } from '../../core/commands/index.ts';
import { formatHelp } from '../../core/report/answer.ts';
import { fetchSettings } from '../gitops/snapshot.ts';
import { fetchPublicationRequest } from '../publish/publish.ts';
import { answerWith, type CommandOutcome, type CommandPorts, type CommandRequest, refuseWith } from './outcome.ts';
import { fetchForbidden } from './rights.ts';

/** Lists the commands, and who may use each here. */
export async function help(ports: CommandPorts, { comment }: CommandRequest): Promise<CommandOutcome> {
  const target = await fetchPublicationRequest(ports);
  const read = target && (await fetchSettings(ports.repository.treeOf(target.source.sha)));
  if (!read?.ok) return answerWith(formatHelp(COMMANDS, undefined));
  const forbidden = await fetchForbidden(ports, read.value, {
    verb: 'help',
    login: comment.author,
    stages: [undefined],
  });
  return forbidden === undefined ? answerWith(formatHelp(COMMANDS, read.value.commands)) : refuseWith(forbidden);
}

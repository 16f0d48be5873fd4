import { historyMarkdown } from '../../core/report/history.ts';
import { formatStatus } from '../../core/report/status.ts';
import { fetchHistory } from '../rollout/history.ts';
import { fetchStatus } from '../rollout/status.ts';
import { eachRelease, type ReleaseRequest } from './each-release.ts';
import { answerWith, type CommandOutcome, type CommandPorts, type CommandRequest } from './outcome.ts';

/** So many of the newest things that happened are told; `coalmine history` tells all. */
const HAPPENINGS = 10;

/** Says how each release that is meant stands. */
export function status(ports: CommandPorts, asked: CommandRequest): Promise<CommandOutcome> {
  return eachRelease(ports, asked, { verb: 'status', words: 0 }, (about) => statusOf(ports, about));
}

async function statusOf(
  ports: CommandPorts,
  { scene, entry, name, fetchFacts }: ReleaseRequest,
): Promise<CommandOutcome> {
  const { ends } = scene;
  const facts = await fetchFacts();
  const [now, past] = await Promise.all([
    fetchStatus(facts, { ends, targets: ports.targets, fetchStatuses: (sha) => ports.pulls.fetchStatuses(sha) }),
    fetchHistory(ports.repository, { tip: ends.tip, id: entry.release, name }, HAPPENINGS),
  ]);
  return answerWith(formatStatus(now, past.map(historyMarkdown)));
}

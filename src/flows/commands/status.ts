import { historyMarkdown } from '../../core/report/history.ts';
import { formatStatus } from '../../core/report/status.ts';
import { fetchHistory } from '../rollout/history.ts';
import { fetchStatus } from '../rollout/status.ts';
import { type About, eachRelease } from './each-release.ts';
import { type Asked, type CommandPorts, type Outcome, told } from './outcome.ts';

/** So many of the newest things that happened are told; `coalmine history` tells all. */
const HAPPENINGS = 10;

/** Says how each release that is meant stands. */
export function status(ports: CommandPorts, asked: Asked): Promise<Outcome> {
  return eachRelease(ports, asked, { verb: 'status', words: 0 }, (about) => statusOf(ports, about));
}

async function statusOf(ports: CommandPorts, { scene, entry, name, fetchFacts }: About): Promise<Outcome> {
  const { ends } = scene;
  const facts = await fetchFacts();
  const [now, past] = await Promise.all([
    fetchStatus(facts, { ends, targets: ports.targets, fetchStatuses: (sha) => ports.pulls.fetchStatuses(sha) }),
    fetchHistory(ports.repository, { tip: ends.tip, id: entry.release, name }, HAPPENINGS),
  ]);
  return told(formatStatus(now, past.map(historyMarkdown)));
}

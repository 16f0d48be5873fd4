import { releaseIdFrom, releasesOn } from '../core/model/places.ts';
import { oneLine } from '../core/model/printable.ts';
import { identityOf, type ReleaseId } from '../core/model/release.ts';
import { historyText } from '../core/report/history.ts';
import type { HistoryEntry } from '../core/rollout/history.ts';
import { fetchHistory } from '../flows/rollout/history.ts';
import { type Command, EXIT, readChoice, readWholeNumber, UsageError } from './command.ts';
import { openRolloutWorkspace, printNotes, type RolloutWorkspace } from './rollout-workspace.ts';
import { chooseReleases, hasName, requireOnly } from './workspace.ts';

export const history: Command = {
  usage: 'history RELEASE [--limit N] [--format text|json]',
  help: `Lists what happened to a release on the gitops branch, newest first: when, the traffic
before and after, who did it, the pull request, why, and the commit.

  --limit N      maximum number of entries (default 20)
  --format text  one line per entry (default)
  --format json  {"release": "echo/echo", "branch": "gitops", "history": [{"commit", "at",
                 "what", "from", "to", "who": [], "why", "pulls": []}]}

Works for a release whose values file was removed, and in a bare repository.`,
  options: { limit: { type: 'string' }, format: { type: 'string' } },
  arguments: 1,
  async run({ folder, args: [name], options, terminal }) {
    if (name === undefined) throw new UsageError(`usage: coalmine ${this.usage}`);
    const format = readChoice('format', options.format, 'text', 'json');
    const limit = readWholeNumber('limit', options.limit, MAX_LIMIT) ?? DEFAULT_LIMIT;
    if (limit === 0) throw new UsageError('--limit takes a whole number from 1');
    const workspace = await openRolloutWorkspace(folder, terminal);
    if (typeof workspace === 'number') return workspace;
    const id = await findReleaseId(workspace, name);
    await printNotes(workspace, [], terminal);
    const happenings = await fetchHappenings(workspace, id, limit);
    const { published, ends } = workspace;
    if (format === 'json') {
      const report = { release: identityOf(id), branch: published ?? null, history: happenings.map(toJson) };
      terminal.out(`${JSON.stringify(report)}\n`);
    } else if (happenings.length > 0) terminal.out(historyText(happenings));
    else {
      const text =
        published === undefined
          ? `is unknown: there is no branch ${ends.branch} here`
          : 'is empty: it was never published';
      terminal.out(`${oneLine(`the history of ${name} ${text}`)}\n`);
    }
    return EXIT.fine;
  },
};

/** Number of entries shown without --limit. */
const DEFAULT_LIMIT = 20;

/** Maximum value of --limit; more commits than any branch has. */
const MAX_LIMIT = 1_000_000;

/** Finds the release with this name: one with a values file, else one that was published once. */
async function findReleaseId(workspace: RolloutWorkspace, name: string): Promise<ReleaseId> {
  const { index, ends } = workspace;
  const entries = [...index.values()];
  if (!entries.some(({ release }) => hasName(release, name))) {
    const called = [...releasesOn(ends.published.files).values()].filter((id) => hasName(id, name));
    if (called.length > 0) return requireOnly(called, name, (id) => id);
    const gone = releaseIdFrom(name.includes('/') ? name : `${name}/${name}`);
    if ((await fetchHappenings(workspace, gone, 1)).length > 0) return gone;
  }
  return requireOnly(chooseReleases(entries, [name], ends.settings), name, ({ release }) => release).release;
}

/** Fetches one entry more than it returns: the traffic before the oldest entry is known only from the entry before it. */
async function fetchHappenings(
  { repository, ends: { tip }, nameOf }: RolloutWorkspace,
  id: ReleaseId,
  limit: number,
): Promise<readonly HistoryEntry[]> {
  return (await fetchHistory(repository, { tip, id, name: nameOf(id) }, limit + 1)).slice(0, limit);
}

/** The JSON on which scripts may rely; every key is always present. */
function toJson({ commit, at, what, from, to, who, why, pulls }: HistoryEntry): object {
  return { commit, at: at.toISOString(), what, from: from ?? null, to: to ?? null, who, why: why ?? null, pulls };
}

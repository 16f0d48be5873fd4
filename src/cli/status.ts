import { targets } from '../charts/targets.ts';
import { oneLine } from '../core/model/printable.ts';
import { identityOf } from '../core/model/release.ts';
import { sharesOf, type Traffic } from '../core/model/traffic.ts';
import { trafficBar } from '../core/report/comment.ts';
import { guardSentence } from '../core/report/guards.ts';
import { refusalText } from '../core/report/refusal.ts';
import { toPlain, toTerminal } from '../core/report/sentence.ts';
import { type ReleaseStatus, stateText, statusLines } from '../core/report/status.ts';
import type { LiveCondition } from '../core/rollout/guards.ts';
import { decidePromotion, type ReleaseDecision } from '../flows/rollout/decide.ts';
import { type LocalRollout, whyDoubtful } from '../flows/rollout/local.ts';
import { statusOf } from '../flows/rollout/status.ts';
import { type Command, EXIT, readChoice } from './command.ts';
import { formatWays, toTerminalText } from './move-release.ts';
import { fetchReleaseFacts, openRolloutWorkspace, printNotes, type RolloutWorkspace } from './rollout-workspace.ts';
import { chooseReleases, warnIfEmpty } from './workspace.ts';

export const status: Command = {
  usage: 'status [RELEASE...] [--format text|json]',
  help: `Shows the state of releases, as /status does in a comment: what HEAD has (desired), what
is on the gitops branch (published), what clusters have reported (live), and what the next
promotion would do. Without names: one line per release, at most 50.

  --format text  a bar of the published traffic, and one line for each of these (default)
  --format json  {"branch": "gitops", "releases": [{"release": "echo/echo", "name", "state",
                 "primary", "desired", "published", "live", "hold", "next"}], "omitted": 0}

Works in a bare repository. The exit code is 0 in every state.`,
  options: { format: { type: 'string' } },
  arguments: Number.POSITIVE_INFINITY,
  async run({ folder, args, options, terminal }) {
    const format = readChoice('format', options.format, 'text', 'json');
    const workspace = await openRolloutWorkspace(folder, terminal);
    if (typeof workspace === 'number') return workspace;
    const { ends, index } = workspace;
    warnIfEmpty({ settings: ends.settings, index }, folder, terminal);
    const chosen = chooseReleases([...index.values()], args, ends.settings);
    const entries = args.length > 0 ? chosen : chosen.slice(0, MAX_RELEASES);
    await printNotes(workspace, entries, terminal);
    const releases: ReleaseReport[] = [];
    for (const entry of entries) releases.push(await fetchReport(workspace, await fetchReleaseFacts(workspace, entry)));
    const omitted = chosen.length - entries.length;
    if (format === 'json') {
      const report = { branch: workspace.published ?? null, releases: releases.map(toJson), omitted };
      terminal.out(`${JSON.stringify(report)}\n`);
    } else {
      const texts =
        args.length > 0 ? releases.map((report) => formatReport(report, workspace)) : [formatList(releases, workspace)];
      terminal.out(texts.join('\n'));
      if (omitted > 0) terminal.out(`... and ${omitted} more releases; name a release to see it\n`);
    }
    return EXIT.fine;
  },
};

/** Maximum number of releases shown without names. */
const MAX_RELEASES = 50;

/** The state of a release, and what its next promotion would do. */
interface ReleaseReport {
  readonly facts: LocalRollout;
  readonly status: ReleaseStatus;
  readonly next: NextStep;
}

type NextStep =
  | { readonly step: string; readonly checks: readonly { readonly state: string; readonly text: string }[] }
  | { readonly step: null; readonly why: string };

async function fetchReport({ ends }: RolloutWorkspace, facts: LocalRollout): Promise<ReleaseReport> {
  const doubt = whyDoubtful(facts, 'promote', undefined);
  const asking = { ends, targets, place: 'clone' as const, fetchStatuses: async () => undefined };
  const next =
    doubt === undefined
      ? nextStepOf(facts.name, await decidePromotion(facts, {}, asking))
      : ({ step: null, why: toTerminal(refusalText(doubt)) } as const);
  return { facts, next, status: statusOf(facts, { source: ends.target.source.sha, next: '' }) };
}

function nextStepOf(name: string, decided: ReleaseDecision): NextStep {
  switch (decided.kind) {
    case 'stay':
      return { step: null, why: `${toTerminal(refusalText(decided.why))}${formatWays(name, decided.ways)}` };
    case 'by-hand':
      return { step: null, why: `edit the values file by hand: ${decided.reason}` };
    default:
      return {
        step: decided.stepped.headline,
        checks: decided.guards.map((guard) => ({ state: guard.state, text: toPlain(guardSentence(guard)) })),
      };
  }
}

function formatReport({ facts, status, next }: ReleaseReport, { ends, published }: RolloutWorkspace): string {
  const { name, state, desired } = status;
  const shown = status.published?.traffic ?? desired;
  const unseen = `unknown: there is no branch ${ends.branch} here`;
  const lines = statusLines(status).map(([what, text]) => {
    if (what === 'Next') return [what, nextText(facts, next)];
    if (published === undefined && ['Published', 'Live'].includes(what)) return [what, unseen];
    return [what, what === 'Published' && !status.published ? 'not published yet' : toTerminalText(text)];
  });
  return [
    `${name}: ${stateText(state)}`,
    ...(shown ? trafficBar({ after: shown }).split('\n') : []).map((line) => `  ${line}`),
    ...lines.map(([what = '', text]) => `  ${what.toLowerCase().padEnd('published'.length)}  ${text}`),
  ]
    .map((line) => `${oneLine(line)}\n`)
    .join('');
}

function nextText({ name }: LocalRollout, next: NextStep): string {
  if (next.step === null) return next.why;
  const open = next.checks.filter(({ state }) => state === 'unmet');
  const texts = open.map(({ text }) => `❌ ${text}`);
  return `coalmine promote ${name}: ${next.step}${open.length > 0 ? `, once this is met: ${texts.join('; ')}` : ''}`;
}

/** Formats one line per release. */
function formatList(releases: readonly ReleaseReport[], { published }: RolloutWorkspace): string {
  const width = Math.max(0, ...releases.map(({ status }) => status.name.length));
  return releases
    .map(({ status }) => {
      const where = published === undefined ? 'published state unknown' : publishedText(status);
      return `${oneLine(`${status.name.padEnd(width)}  ${stateText(status.state)}; ${where}`)}\n`;
    })
    .join('');
}

function publishedText({ published, isPublished, live, hold }: ReleaseStatus): string {
  if (!published) return 'not published yet';
  const parts = [isPublished ? 'published' : 'not fully published', LIVE_TEXT[liveState(live)]];
  return [...parts, ...(hold ? ['on hold'] : [])].join(', ');
}

type LiveState = 'live' | 'assumed' | 'waiting' | 'failed' | 'unknown';

const LIVE_TEXT: Readonly<Record<LiveState, string>> = {
  live: 'live',
  assumed: 'assumed live',
  waiting: 'not live yet',
  failed: 'failed',
  unknown: 'live state unknown',
};

function liveState({ failures, isLive, assumed, heard, overdue }: LiveCondition): LiveState {
  if (failures.length > 0) return 'failed';
  if (isLive) return assumed ? 'assumed' : 'live';
  return heard && !overdue ? 'waiting' : 'unknown';
}

/** The JSON on which scripts may rely; every key is always present. */
function toJson({ facts, status, next }: ReleaseReport): object {
  const { state, desired, source, published, isPublished, live, hold } = status;
  return {
    release: identityOf(facts.entry.release),
    name: status.name,
    state: state ?? null,
    primary: facts.rolling?.primary ?? null,
    desired: desired ? { commit: source, shares: sharesIn(desired) } : null,
    published: published
      ? {
          commit: published.commit,
          at: published.at.toISOString(),
          shares: sharesIn(published.traffic),
          equal: isPublished,
        }
      : null,
    live: published ? { state: liveState(live), since: live.since?.toISOString() ?? null } : null,
    hold: hold ?? null,
    next,
  };
}

function sharesIn(traffic: Traffic | undefined): readonly object[] {
  return (traffic ? sharesOf(traffic) : []).map(([version, percent]) => ({ version, percent }));
}

import { type Finding, isError } from '../model/finding.ts';
import { brief } from '../model/printable.ts';
import { durationText, timeText } from '../model/time.ts';
import type { Failure } from '../readiness/live.ts';
import { code, markdown } from '../report/escape.ts';
import { findingText } from '../report/finding.ts';
import { holdText } from '../report/hold.ts';
import { wordsOf } from '../report/publication.ts';
import type { Rollout } from '../settings/settings.ts';
import type { Hold } from './hold.ts';

/** One thing that has to be so before a rollout goes on. */
export interface Guard {
  /** What nobody can tell counts as unmet, but for somebody in a terminal, who sees that it is unknown. */
  readonly state: 'met' | 'unmet' | 'unknown';
  readonly text: string; // Markdown, one line
  readonly passable: boolean; // whether --force passes it
}

/** Where the clusters stand with what is published of a release. */
export interface LiveFacts {
  readonly isLive: boolean; // everywhere
  readonly since?: Date;
  readonly assumed: boolean;
  readonly heard: boolean;
  readonly overdue: boolean;
  readonly failures: readonly Failure[];
  /** What the clusters said isn't to be seen from here: it is written down elsewhere. */
  readonly untold?: true;
}

/** What a promotion is judged by. */
export interface GuardFacts {
  readonly name: string; // of the release
  readonly file: string;
  readonly commit: string | undefined; // of the gitops branch: the last that changed the release
  readonly before: readonly Finding[]; // of the values as they are
  readonly after: readonly Finding[]; // of the values after the step, and of the step itself
  readonly live: LiveFacts;
  readonly rollout: Pick<Rollout, 'soak' | 'gates' | 'maxStep'>;
  readonly statuses: ReadonlyMap<string, string> | undefined; // by name; undefined: nobody can be asked
  readonly hold: Hold | undefined;
  readonly skipsSoak: boolean;
  readonly now: Date;
}

/** The rules that judge a step; any other error means that there is nothing to render. */
const STEP_RULE = 'step-too-large';
const REPLICAS_RULE = 'too-few-replicas';

/** Everything that a promotion asks for, met or not, in the order in which people read it. */
export function guardsOf(facts: GuardFacts): readonly Guard[] {
  return [
    reviewGuard(facts),
    liveGuard(facts.live),
    ...soakGuards(facts),
    ...gateGuards(facts),
    ...stepGuards(facts),
    ...replicasGuards(facts),
    ...resultGuards(facts),
    holdGuard(facts),
  ];
}

function reviewGuard({ before, file }: GuardFacts): Guard {
  const [error] = before.filter(isError);
  if (!error) return guard('met', `the values have no errors (${code(file)})`);
  return { ...guard('unmet', `the values have errors: ${findingText(error)}`), passable: false };
}

function liveGuard({ isLive, since, assumed, heard, overdue, failures, untold }: LiveFacts): Guard {
  const [failure] = failures;
  if (failure) {
    const { cluster, part, message } = failure;
    return guard(
      'unmet',
      `the last step failed: Flux (${markdown(cluster)}, ${part}) says ${code(brief(wordsOf(message)))}`,
    );
  }
  if (untold) return guard('unknown', "whether the last step is live can't be seen here");
  if (isLive) {
    const when = since ? `, since ${timeText(since)}` : '';
    return guard(
      'met',
      assumed ? `the last step is taken for live${when}: no cluster is heard` : `the last step is live${when}`,
    );
  }
  if (!heard) {
    const way = `${code('coalmine doctor')} says what is missing`;
    return guard('unknown', `whether the last step is live is unknown: no cluster has ever answered; ${way}`);
  }
  if (overdue) return guard('unmet', 'whether the last step is live is unknown: nothing was heard of it for too long');
  return guard('unmet', 'the last step is not live yet');
}

function soakGuards({ live, rollout: { soak }, skipsSoak, now }: GuardFacts): readonly Guard[] {
  if (soak === 0) return [];
  const wanted = durationText(soak);
  if (skipsSoak) return [guard('met', `the soak of ${wanted} is skipped (${code('full')})`)];
  if (!live.isLive) {
    const state = live.untold || !live.heard ? 'unknown' : 'unmet';
    return [guard(state, `the soak of ${wanted} begins when the last step is live`)];
  }
  if (!live.since)
    return [guard('unknown', `whether it has soaked for ${wanted} is unknown: nobody saw it become live`)];
  const passed = Math.floor((now.getTime() - live.since.getTime()) / 1000);
  if (passed >= soak) return [guard('met', `it has soaked for ${wanted}`)];
  const until = new Date(live.since.getTime() + soak * 1000);
  return [
    guard('unmet', `it has soaked for ${durationText(passed)} of ${wanted}; the time is up at ${timeText(until)}`),
  ];
}

function gateGuards({ rollout: { gates }, statuses, commit }: GuardFacts): readonly Guard[] {
  const at = commit === undefined ? '' : ` on ${commit.slice(0, 7)}`;
  return gates.map((gate) => {
    if (!statuses) return guard('unknown', `whether the gate ${code(gate)} is open can't be seen here`);
    const state = statuses.get(gate);
    if (state === 'success') return guard('met', `the gate ${code(gate)} is open`);
    return guard('unmet', `the gate ${code(gate)} ${state === undefined ? 'is not reported' : gateText(state)}${at}`);
  });
}

function gateText(state: string): string {
  return state === 'failure' || state === 'error' ? `has failed (${state})` : `is ${state}`;
}

/** Of values with errors nothing is rendered, and no step judged. */
function stepGuards({ rollout: { maxStep }, before, after }: GuardFacts): readonly Guard[] {
  if (maxStep === undefined || before.some(isError)) return [];
  const found = after.find(({ rule }) => rule === STEP_RULE);
  if (!found) return [guard('met', `the step is no larger than ${maxStep}%`)];
  return [guard(isError(found) ? 'unmet' : 'met', findingText(found))]; // the settings may make a warning of it
}

/** Where the settings make an error of it nothing is rendered, so that nobody can pass it. */
function replicasGuards({ before, after }: GuardFacts): readonly Guard[] {
  if (before.some(isError)) return [];
  const found = after.find(({ rule }) => rule === REPLICAS_RULE);
  if (!found) return [guard('met', 'it has the pods for its share')];
  return [{ ...guard('unmet', findingText(found)), passable: !isError(found) }];
}

/** What else would be wrong with the values after the step. */
function resultGuards({ after, before }: GuardFacts): readonly Guard[] {
  if (before.some(isError)) return []; // said already
  const [error] = after.filter((finding) => isError(finding) && ![STEP_RULE, REPLICAS_RULE].includes(finding.rule));
  return error ? [{ ...guard('unmet', `the step would bring an error: ${findingText(error)}`), passable: false }] : [];
}

function holdGuard({ hold, name }: GuardFacts): Guard {
  if (!hold) return guard('met', 'there is no hold');
  return guard('unmet', `${holdText(hold)}; ${code(`/resume ${name}`)} lifts it`);
}

function guard(state: Guard['state'], text: string): Guard {
  return { state, text, passable: true };
}

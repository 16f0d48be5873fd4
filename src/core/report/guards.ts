import { brief } from '../model/printable.ts';
import { durationText, timeText } from '../model/time.ts';
import type { Guard, GuardFact } from '../rollout/guards.ts';
import { silenceSentence, waitsSentence } from './clusters.ts';
import { findingSentence } from './finding.ts';
import { holdSentence } from './hold.ts';
import { wordsOf } from './publication.ts';
import { code, commit, type Sentence, toMarkdown } from './sentence.ts';

type Words = { readonly [C in GuardFact['code']]: (fact: Extract<GuardFact, { code: C }>) => Sentence };

const WORDS: Words = {
  'values-valid': ({ file }) => ['the values have no errors (', code(file), ')'],
  'values-broken': ({ finding }) => ['the values have errors: ', ...findingSentence(finding)],
  'step-failed': ({ failure: { cluster, part, message } }) => [
    `the last step failed: Flux (${cluster}, ${part}) says `,
    code(brief(wordsOf(message))),
  ],
  live: ({ since, assumed }) => {
    const when = since ? `, since ${timeText(since)}` : '';
    return [assumed ? `the last step is taken for live${when}: no cluster is heard` : `the last step is live${when}`];
  },
  'live-unseen': () => ["whether the last step is live can't be seen here"],
  'live-unheard': () => [
    'whether the last step is live is unknown: no cluster has ever answered; ',
    code('coalmine doctor'),
    ' says what is missing',
  ],
  'live-overdue': ({ waitsFor, confirmedBy }) => [
    'whether the last step is live is unknown: ',
    ...silenceSentence(waitsFor, confirmedBy),
  ],
  'not-live': ({ waitsFor, confirmedBy }) => [
    'the last step is not live yet',
    ...(waitsFor.length > 0 ? [': it waits for ', ...waitsSentence(waitsFor, confirmedBy)] : []),
  ],
  'soak-skipped': ({ soak }) => [`the soak of ${durationText(soak)} is skipped (`, code('full'), ')'],
  'soak-not-begun': ({ soak }) => [`the soak of ${durationText(soak)} begins when the last step is live`],
  'soak-unknown': ({ soak }) => [
    `whether it has soaked for ${durationText(soak)} is unknown: nobody saw it become live`,
  ],
  soaked: ({ soak }) => [`it has soaked for ${durationText(soak)}`],
  soaking: ({ soak, passed, until }) => [
    `it has soaked for ${durationText(passed)} of ${durationText(soak)}; the time is up at ${timeText(until)}`,
  ],
  'gate-unseen': ({ gate }) => ['whether the gate ', code(gate), " is open can't be seen here"],
  'gate-open': ({ gate }) => ['the gate ', code(gate), ' is open'],
  'gate-closed': ({ gate, status, commit: sha }) => {
    const at = sha === undefined ? [] : [' on ', commit(sha.slice(0, 7))];
    return ['the gate ', code(gate), ` ${status === undefined ? 'is not reported' : statusText(status)}`, ...at];
  },
  'step-within': ({ maxStep }) => [`the step is no larger than ${maxStep}%`],
  'enough-pods': () => ['it has the pods for its share'],
  found: ({ finding }) => findingSentence(finding),
  'brings-error': ({ finding }) => ['the step would bring an error: ', ...findingSentence(finding)],
  'no-hold': () => ['there is no hold'],
  hold: ({ hold, release }) => [...holdSentence(hold), '; ', code(`/resume ${release}`), ' lifts it'],
};

function statusText(status: string): string {
  return status === 'failure' || status === 'error' ? `has failed (${status})` : `is ${status}`;
}

/** What a guard says, without its state. */
export function guardSentence<C extends GuardFact['code']>({
  fact,
}: {
  readonly fact: Extract<GuardFact, { code: C }>;
}): Sentence {
  return WORDS[fact.code as C](fact);
}

const MARKS: Readonly<Record<Guard['state'], string>> = { met: '✅', unmet: '❌', unknown: '❓' };

/** The guards of a step, a line each, with a mark for each one's state. */
export function guardLines(guards: readonly Guard[]): readonly Sentence[] {
  return guards.map((guard) => [`${MARKS[guard.state]} `, ...guardSentence(guard)]);
}

/** The same as Markdown. */
export function formatGuards(guards: readonly Guard[]): readonly string[] {
  return guardLines(guards).map(toMarkdown);
}

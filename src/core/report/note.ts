import type { CancelledChange, StepNote } from '../refusal.ts';
import { findingSentence } from './finding.ts';
import { code, type Sentence } from './sentence.ts';
import { named, servesText } from './versions.ts';

const WORDS: { readonly [C in StepNote['code']]: (note: Extract<StepNote, { code: C }>) => Sentence } = {
  'replaces-canary': ({ version, weight }) => [
    `${named(version)} was the canary with ${weight}%, which the primary takes again`,
  ],
  'begins-again': ({ version, weight }) => [`${named(version)} was the canary with ${weight}%: it begins again at 0%`],
  'old-primary-stays': ({ version }) => [`${named(version)} stays deployed until a later promotion drops it`],
  'no-way-back': ({ version }) => [
    `${named(version)} was the primary, and `,
    code('/rollback'),
    " can't go back to that at once any more",
  ],
  'in-place': ({ version }) => [
    `${named(version)} runs what it ran before: its pods are replaced in place, since there was no other version`,
  ],
  cancels: ({ change, serving }) => [
    `${changeText(change)} was not published yet, and is taken back: ${servesText(serving)}`,
  ],
  'stay-deployed': ({ versions }) => [
    `${versions.map(named).join(' and ')} ${versions.length > 1 ? 'stay' : 'stays'} deployed, without traffic`,
  ],
  'goes-forward': ({ version, primary }) => [
    `${named(version)} doesn't run any more, so this is a rollout forward: it is started first, and takes the traffic once it is ready. ${named(primary)} stays deployed`,
  ],
  'promotion-open': ({ pull }) => [{ pull }, ' still asks for a promotion: close it, unless it is wanted later'],
  restores: ({ file, finding }) => [
    code(file),
    ' has errors',
    ...(finding ? [' (', ...findingSentence(finding), ')'] : []),
    ', so it is taken back to how it was last published',
  ],
};

function changeText(change: CancelledChange): string {
  switch (change.kind) {
    case 'primary':
      return `the primary ${named(change.version)}`;
    case 'canary':
      return `the canary ${named(change.version)} with ${change.weight}%`;
    case 'no-canary':
      return 'the end of the canary';
    default:
      return change satisfies never;
  }
}

/** What a person should know of a step. */
export function noteText<C extends StepNote['code']>(note: Extract<StepNote, { code: C }>): Sentence {
  return WORDS[note.code as C](note);
}

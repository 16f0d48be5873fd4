import type { Refusal } from '../refusal.ts';
import { code, type Sentence } from './sentence.ts';

const APPROVE: Sentence = [
  'if that is meant, say ',
  code('/resume'),
  ' on the pull request, or run ',
  code('coalmine publish --resume'),
];

const WORDS: { readonly [C in Refusal['code']]: (facts: Extract<Refusal, { code: C }>) => Sentence } = {
  'settings-errors': ({ file }) => [code(file), ' has errors; nothing is published until they are fixed'],
  'foreign-branch': ({ branch, mark }) => [
    `Coalmine does not manage the branch ${branch}: it has files and no `,
    code(mark),
    '; name another branch in the settings (gitops), or empty this one',
  ],
  'lost-branch': ({ branch, commit, reports }) => [
    `the branch ${branch} is gone, though clusters run what it had: `,
    ...(commit === undefined
      ? ['bring it back from a clone that has it']
      : ['bring it back with ', code(`git fetch origin ${commit} && git push origin ${commit}:refs/heads/${branch}`)]),
    ' (or delete ',
    code(reports),
    ' as well, to begin anew)',
  ],
  'no-values': ({ branch }) => [
    `there is no values file any more, but ${branch} holds releases: publishing would remove all of them; check the pattern in the settings (values)`,
  ],
  'mass-removal': ({ count, of }) => [`it would remove ${count} of ${of} releases at once; `, ...APPROVE],
  'mass-change': ({ count, of }) => [
    `${count} of ${of} releases would change though neither their values nor the settings did: this version renders differently; look at the difference (`,
    code('coalmine diff'),
    '), and ',
    ...APPROVE,
  ],
};

/** Why something was declined, and the way out. */
export function refusalText<C extends Refusal['code']>(refusal: Extract<Refusal, { code: C }>): Sentence {
  return WORDS[refusal.code as C](refusal);
}

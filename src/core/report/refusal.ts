import { sharesText } from '../model/traffic.ts';
import type { Refusal } from '../refusal.ts';
import { findingSentence } from './finding.ts';
import { holdSentence } from './hold.ts';
import { code, ref, type Sentence } from './sentence.ts';
import { knownVersions, named, servesText, unknownVersionText } from './versions.ts';

const APPROVE: Sentence = [
  'if that is meant, say ',
  code('/resume'),
  ' on the pull request, or run ',
  code('coalmine publish --resume'),
];

const toText = (to: number | 'full'): string => (to === 'full' ? to : `to ${to}`);

/** What to do in a clone that does not know enough. */
const UNCLEAR: Readonly<Record<'promote' | 'rollback', string>> = {
  promote: 'name the version to make it the canary, or fetch more history',
  rollback: 'fetch more history, or make the change with coalmine set',
};

/** What is to be published, and what tells why it waits, by the place where a person reads it. */
const PLACES: Readonly<Record<'comment' | 'clone', { readonly desired: string; readonly waits: Sentence }>> = {
  comment: {
    desired: 'what the default branch has',
    waits: ['the check ', code('coalmine/publish'), ' on that commit says what it waits for'],
  },
  clone: { desired: 'what HEAD has', waits: [code('coalmine publish'), ' publishes it, unless the App does'] },
};

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
  'unknown-version': ({ version, versions }) => [unknownVersionText(version, versions)],
  'nothing-to-promote': ({ primary }) => [
    `it runs ${named(primary)} alone, so there is nothing to promote; a version beside it comes with a pull request, or with `,
    code('/deploy'),
  ],
  'is-primary': ({ primary, others }) => [
    others.length === 0
      ? `${named(primary)} is the primary already, and runs alone`
      : `${named(primary)} is the primary already; it has ${knownVersions(others)} beside it`,
  ],
  'which-version': ({ versions }) => [`several versions run without traffic: ${knownVersions(versions)}; say which`],
  'other-canary': ({ canary, version, to }) => [
    `${named(canary)} is the canary, so ${named(version)} begins with weight 0: say it without "`,
    code(toText(to)),
    '"',
  ],
  'has-weight': ({ version, weight }) => [
    `${named(version)} takes ${weight}% already; `,
    code('/promote'),
    ` without a number ${weight >= 100 ? 'makes it the primary' : 'takes the next step'}, `,
    code('/rollback'),
    ' goes to none',
  ],
  'waits-to-be-dropped': ({ version, to }) => [
    `${named(version)} was the primary, and only waits to be dropped: `,
    code('/drop'),
    ' does that, not "',
    code(toText(to)),
    '"; ',
    code('/rollback'),
    ' makes it the primary again',
  ],
  'changes-primary': ({ version }) => [
    `${named(version)} is the primary, and what changes in it reaches all of its traffic at once; add a version of another name beside it, and promote that`,
  ],
  'is-deployed': ({ version }) => [`${named(version)} is deployed already; with an image it would run that one`],
  'runs-image': ({ version }) => [`${named(version)} runs that image already`],
  'never-primary': ({ version }) => [
    `${named(version)} was never the primary as it is now, so it is no way back; a promotion gives it all the traffic`,
  ],
  'drops-canary': ({ version }) => [`${named(version)} is the canary; take it off traffic first`],
  'no-such-primary': ({ version }) => [`the gitops branch knows no primary ${named(version)} with other pods than now`],
  'drops-primary': ({ version, idle }) => [
    `${named(version)} is the primary, which is never dropped${idle.length > 0 ? `; idle: ${knownVersions(idle)}` : ', and no version is idle'}`,
  ],
  'nothing-serves': () => ['nothing of it is published yet, so no version serves'],
  'rolled-back': ({ by, serving, hasFurther }) => [
    'already rolled back in ',
    ref(by),
    `, ${servesText(serving)}${hasFurther ? '; to go further back, name the version' : ''}`,
  ],
  'serves-already': ({ version }) => [`${named(version)} serves everything already`],
  'always-served': ({ version, since }) => [
    `${named(version)} has served everything${since === undefined ? '' : ` since ${since}`}, and there was never another primary`,
  ],
  'not-published': ({ isFirst, in: place, commit, wanted, branch, published }) => [
    isFirst ? 'nothing of it is published yet' : `${PLACES[place].desired} is not published yet`,
    ' (',
    ref(commit.slice(0, 7)),
    ` has ${sharesText(wanted)}, ${branch} has ${sharesText(published)}); `,
    ...PLACES[place].waits,
  ],
  'no-primary': ({ file, finding, onBranch }) => [
    'no primary can be read in ',
    code(file),
    onBranch ? ' on this branch' : '',
    ...(finding ? [': ', ...findingSentence(finding)] : []),
  ],
  'brings-error': ({ finding }) => ['the values would have an error: ', ...findingSentence(finding)],
  'keeps-error': ({ finding }) => [
    'the values would still have an error, and nothing of them be published: ',
    ...findingSentence(finding),
  ],
  'branch-error': ({ finding }) => ['with the step this branch has an error: ', ...findingSentence(finding)],
  'asked-for': ({ pull, headline }) =>
    pull === 'this'
      ? [`this pull request asks for that already, or for more (${headline}): merging it publishes it`]
      : [{ pull }, ` asks for that already (${headline}); merging it publishes it`],
  'removes-file': ({ file }) => ['this pull request removes ', code(file)],
  'written-already': () => ['this pull request says so already'],
  'merge-first': ({ role, version }) => [`this pull request makes ${named(version)} the ${role}; merge that first`],
  'moved-since': ({ subject, by }) => [
    `it has moved since this comment was written (${subject}`,
    ...(by === undefined ? [] : [', by ', code(by)]),
    '); if one more step is meant, say it again',
  ],
  'on-hold': ({ hold }) => holdSentence(hold),
  'on-hold-here': ({ hold, release }) => [
    ...holdSentence(hold),
    '; ',
    code(`/resume ${release}`),
    ' in a comment lifts it',
  ],
  'nothing-to-hold': () => ['nothing of it is published yet, so there is nothing to hold'],
  unclear: ({ versions, verb }) => [
    `whether ${versions.map(named).join(', ')} waits for its turn or was the primary before can't be told here; ${UNCLEAR[verb]}`,
  ],
};

/** Why something was declined, and the way out. */
export function refusalText<C extends Refusal['code']>(refusal: Extract<Refusal, { code: C }>): Sentence {
  return WORDS[refusal.code as C](refusal);
}

import { timeText } from '../model/time.ts';
import type { SilentCluster } from '../publication/decision.ts';
import { SETTINGS_FILE } from '../settings/settings.ts';
import { code, type Sentence } from './sentence.ts';

/** The clusters that something waits for, each with when it was last heard: `cluster eu (last heard ...)`. */
function clustersSentence(clusters: readonly SilentCluster[]): Sentence {
  return clusters.flatMap(({ cluster, heardAt }, index) => [
    index === 0 ? 'cluster ' : ', cluster ',
    code(cluster),
    ` (${heardText(heardAt)})`,
  ]);
}

function heardText(heardAt: string | undefined): string {
  const at = heardAt === undefined ? undefined : new Date(heardAt);
  return at === undefined || Number.isNaN(at.getTime()) ? 'never heard' : `last heard ${timeText(at)}`;
}

/** What else is known while clusters are waited for: those that have confirmed it already. */
export function waitsSentence(waitsFor: readonly SilentCluster[], confirmedBy: readonly string[]): Sentence {
  const others = confirmedBy.flatMap((cluster, index): Sentence => [index === 0 ? '; ' : ', ', code(cluster)]);
  const has = confirmedBy.length > 1 ? ' have' : ' has';
  return [...clustersSentence(waitsFor), ...(others.length > 0 ? [...others, `${has} confirmed it`] : [])];
}

/** Clusters that have been silent for longer than the settings allow, and the way out. */
export function silenceSentence(waitsFor: readonly SilentCluster[], confirmedBy: readonly string[]): Sentence {
  const who = waitsFor.length === 0 ? ['no cluster'] : clustersSentence(waitsFor);
  const has = waitsFor.length > 1 ? ' have' : ' has';
  return [
    ...who,
    waitsFor.length === 0 ? ' has' : `${has} not`,
    ' confirmed it within ',
    code('readiness.deadline'),
    '; a later report goes on by itself. ',
    ...silenceRemedy(confirmedBy),
  ];
}

/** What a person can do about a silent cluster: the line to write where others are left, else where to look. */
function silenceRemedy(left: readonly string[]): Sentence {
  const look: Sentence = ['To see why: ', code('flux get kustomizations -A'), ' there, and ', code('coalmine doctor')];
  if (left.length === 0) return look;
  return [
    'If it was renamed or removed, write ',
    code(`clusters: [${left.join(', ')}]`),
    ' under ',
    code('readiness'),
    ' in ',
    code(SETTINGS_FILE),
  ];
}

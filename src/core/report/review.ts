import type { Change } from '../model/diff.ts';
import type { Finding } from '../model/finding.ts';
import type { Hold } from '../model/hold.ts';
import { SETTINGS_FILE } from '../settings/settings.ts';
import type { Meaning } from './meaning.ts';

/** One release as a review sees it. */
export interface ReviewedRelease {
  readonly name: string; // short where unambiguous
  readonly meaning?: Meaning; // none: broken, or nothing changes
  readonly changes: readonly Change[];
  readonly parts?: readonly string[]; // in which it will be published, in words; none: not counted
  readonly findings: readonly Finding[];
  readonly hold?: Hold;
}

/** Which of the changed values files a review is about, where they are too many for one: the first ones by path. */
export interface Excerpt {
  readonly files: number;
  readonly of: number;
}

/** Everything that a review has to say, as data. */
export interface Review {
  readonly base: string; // branch
  readonly head: string; // SHA
  readonly releases: readonly ReviewedRelease[]; // sorted by name
  readonly others: readonly Change[]; // domains and the like
  readonly findings: readonly Finding[]; // all, sorted
  readonly notes: readonly string[]; // plain text
  readonly excerpt?: Excerpt; // none: it is about all files
}

/** `showing the first 500 of 4500 changed values files`. */
export function excerptText({ files, of }: Excerpt): string {
  return `showing the first ${files} of ${of} changed values files`;
}

/** What an excerpt means, and the way out; plain text. */
export function excerptAdvice({ files }: Excerpt): string {
  return `The others were not checked, so the check fails. Split this into pull requests of at most ${files} values files.`;
}

/** `2 errors, 1 warning`; empty without any. */
export function countText(findings: readonly Finding[]): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors;
  return [...counted(errors, 'error'), ...counted(warnings, 'warning')].join(', ');
}

function counted(count: number, word: string): readonly string[] {
  return count === 0 ? [] : [`${count} ${word}${count === 1 ? '' : 's'}`];
}

/** Says by which settings values files were judged, where those that come with them have errors. */
export function brokenSettingsNote({ base, head }: { readonly base: string; readonly head: string }): string {
  return `${SETTINGS_FILE} of ${head} has errors: values files are judged by the settings of ${base}.`;
}

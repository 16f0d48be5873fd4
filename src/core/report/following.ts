import { code, markdown } from './escape.ts';
import { type Heard, heardLines } from './publication.ts';

/** By this the lines on a publication are found again in the comment of its pull request. */
export const FOLLOWING_MARKER = '<!-- coalmine:publication -->';

/** How far one release has come after a merge. */
export interface Followed {
  readonly name: string;
  readonly commit: string; // of the gitops branch
  readonly part?: string; // `2 of 3`
  readonly applied: { readonly workloads: boolean; readonly routes: boolean };
  readonly standing: Heard;
  readonly serving: string; // `v1 75% v2 25%`, or `none`
  readonly until?: string; // what it waits for
}

/** The end of a merged pull request's comment: a line for each release, edited as it goes on. */
export function formatFollowing(releases: readonly Followed[]): string {
  return [FOLLOWING_MARKER, '### Published', ...releases.map(lineOf)].join('\n\n');
}

function lineOf({ name, commit, part, applied, standing, serving, until }: Followed): string {
  const isApplied = applied.workloads && applied.routes;
  const said = [
    `published in ${code(commit.slice(0, 7))}${part === undefined ? '' : ` (part ${part})`}`,
    ...(standing.failures.length > 0
      ? ['**failed**']
      : [
          isApplied
            ? standing.assumed
              ? 'taken for applied'
              : 'applied'
            : standing.overdue
              ? '**unknown**'
              : 'not applied yet',
        ]),
    ...(until === undefined && isApplied ? [`serving ${markdown(serving)}`] : []),
    ...(until === undefined ? [] : [`waits until ${markdown(until)}`]),
  ];
  const notes = isApplied && until === undefined ? [] : heardLines(standing);
  return [`- ${markdown(name)}: ${said.join(', ')}`, ...notes].join('\n  ');
}

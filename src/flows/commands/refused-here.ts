import type { RefusedPublication } from '../../core/publication/decision.ts';
import { formatNothing } from '../../core/report/answer.ts';
import { code } from '../../core/report/escape.ts';
import { refusalText } from '../../core/report/refusal.ts';
import { toMarkdown } from '../../core/report/sentence.ts';
import type { Ports } from '../ports.ts';
import type { PublicationState } from '../publish/publication-state.ts';
import type { CommandRequest } from './outcome.ts';

/** How many merges back a refused publication is still one of this pull request. */
const MERGES = 20;

interface RefusedHere {
  readonly ends: PublicationState;
  readonly decision: RefusedPublication;
  readonly asked: CommandRequest;
}

/**
 * The releases for whose sake a publication is refused, where this pull request may let it go; else a text that says
 * why not.
 */
export async function fetchRefusedHere(
  { repository, pulls }: Pick<Ports, 'repository' | 'pulls'>,
  { ends: { last, target }, decision: { refusal, asks }, asked }: RefusedHere,
): Promise<ReadonlySet<string> | string> {
  const { source } = target;
  const state = [`- The publication of ${source.sha} is refused: ${toMarkdown(refusalText(refusal))}.`];
  if (asks.length === 0) return formatNothing('No word lets this publication go.', state);
  if (asked.names.flat().length > 0) {
    return formatNothing(`It is refused as a whole: ${code('/resume')} without names lets it go.`, state, ['/resume']);
  }
  const merges = await repository.fetchFirstParents(last === source.sha ? undefined : last, source.sha, MERGES);
  if (merges.some(({ sha }) => sha === asked.pull.mergeCommit) && !asked.pull.open) {
    if (source.date <= asked.comment.createdAt) return new Set(asks);
    return formatNothing('What is refused has come up since this comment was written; it needs a new one.', state, [
      '/resume',
    ]);
  }
  const brought = (await Promise.all(merges.map(({ sha }) => pulls.fetchMergedBy(sha)))).flat();
  if (brought.length === 0) {
    return formatNothing(`No pull request brought it: ${code('coalmine publish --resume')} lets it go.`, state, [
      'coalmine publish --resume',
    ]);
  }
  const where = [...new Set(brought.map(({ number }) => `#${number}`))].join(' or ');
  return formatNothing(`This pull request didn't bring it: ${code('/resume')} on ${where} lets it go.`, state, [
    '/resume',
  ]);
}

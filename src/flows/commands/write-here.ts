import { build } from '../../core/build/build.ts';
import { isError } from '../../core/model/finding.ts';
import { identityOf } from '../../core/model/release.ts';
import { formatMessage } from '../../core/model/trailers.ts';
import type { Refusal } from '../../core/refusal.ts';
import { code } from '../../core/report/escape.ts';
import { formatByHand, formatMoved, formatStays } from '../../core/report/rollout.ts';
import { isReached } from '../../core/rollout/promote.ts';
import { commitOn } from '../effect.ts';
import { fetchText } from '../rollout/content.ts';
import { type RolloutFacts, rollingIn } from '../rollout/facts.ts';
import { applyStep } from '../rollout/move.ts';
import { requestTrailers } from '../rollout/proposal.ts';
import type { ReleaseRequest } from './each-release.ts';
import { fetchMovedHead } from './moved-head.ts';
import { type CommandOutcome, type CommandPorts, refuseWith } from './outcome.ts';
import { requestOf, type StepToWrite } from './writing.ts';

/** Writes a step to the branch of the pull request that it was asked for on. */
export async function writeHere(
  ports: CommandPorts,
  about: ReleaseRequest,
  writing: StepToWrite,
): Promise<CommandOutcome> {
  const { asked, scene, entry, name } = about;
  const { pull } = asked;
  const { settings } = scene.ends;
  const { facts, stepped: step, notes, below } = writing;
  const { file, release: id } = entry;
  const moved = await fetchMovedHead(ports, asked, writing.kind);
  if (moved !== undefined) return refuseWith(moved);
  const written = await fetchText(ports.repository.treeOf(pull.head.sha), file);
  if (written === undefined) return refuseWith(formatStays(name, { code: 'removes-file', file }));
  const built = build({ file, id, bytes: new TextEncoder().encode(written) }, settings, ports.targets);
  const { draft } = built;
  if (draft?.primary === undefined) return refuseWith(formatStays(name, { code: 'no-primary', file, onBranch: true }));
  const there = rollingIn(draft, draft.primary);
  const { target } = step.step;
  if (isReached(there, target)) {
    return refuseWith(formatStays(name, { code: 'asked-for', pull: 'this', headline: step.headline }));
  }
  const other = otherRollout(facts, there);
  if (other && target.kind !== 'with') return refuseWith(formatStays(name, other));

  const here = applyStep({ built, text: written, entry, published: facts.published }, step.step, {
    settings,
    targets: ports.targets,
  });
  if (here.kind === 'by-hand')
    return refuseWith(formatByHand({ ...here, name, patch: here.patch, headline: step.headline }));
  if (pull.head.fork) {
    const reason = 'its branch is in a fork, where we may not write';
    return refuseWith(formatByHand({ name, reason, patch: here.patch, headline: step.headline }));
  }
  if (here.text === written) return refuseWith(formatStays(name, { code: 'written-already' }));
  const [error] = here.after.findings.filter(isError);
  if (error) return refuseWith(formatStays(name, { code: 'branch-error', finding: error }));
  const ref = `refs/heads/${pull.head.branch}`;
  const message = formatMessage({
    subject: `${name}: ${step.headline}`,
    trailers: [['Release', identityOf(id)], ...requestTrailers(requestOf(asked, writing))],
  });
  const text = formatMoved({
    name,
    headline: step.headline,
    where: [`written to ${code(pull.head.branch)} as ${commitOn(ref)}`, 'merging this pull request publishes it'],
    notes,
  });
  return {
    done: true,
    plan: [{ kind: 'record', ref, expectedHead: pull.head.sha, files: new Map([[file, here.text]]), message }],
    text: [text, ...below].join('\n\n'),
  };
}

/** What a branch makes of a rollout, beside the step. */
function otherRollout({ rolling }: RolloutFacts, there: ReturnType<typeof rollingIn>): Refusal | undefined {
  if (there.primary !== rolling?.primary) return { code: 'merge-first', role: 'primary', version: there.primary };
  if (there.canary && rolling.canary && there.canary.version !== rolling.canary.version) {
    return { code: 'merge-first', role: 'canary', version: there.canary.version };
  }
  return undefined;
}

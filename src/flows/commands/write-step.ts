import { code } from '../../core/report/escape.ts';
import { formatMoved, formatStays } from '../../core/report/rollout.ts';
import { stageSettings } from '../../core/settings/settings.ts';
import type { Plan } from '../effect.ts';
import { fetchText } from '../rollout/content.ts';
import type { ValuesAfterStep } from '../rollout/move.ts';
import { branchFor, planProposal, proposalWords } from '../rollout/proposal.ts';
import { fetchTouched } from './command-facts.ts';
import type { ReleaseRequest } from './each-release.ts';
import { type CommandOutcome, type CommandPorts, refuseWith } from './outcome.ts';
import { writeHere } from './write-here.ts';
import { merges, requestOf, type StepToWrite } from './writing.ts';

/** Writes a step to the open pull request that it was asked for on, if that is about the release; else to one of its own. */
export async function writeStep(
  ports: CommandPorts,
  about: ReleaseRequest,
  writing: StepToWrite,
): Promise<CommandOutcome> {
  const { asked, scene, entry } = about;
  const { pull } = asked;
  const isHere =
    writing.kind !== 'rollback' &&
    writing.kind !== 'drop' && // it is about what runs, not about what a branch asks for
    pull.open &&
    pull.base === scene.base &&
    (await fetchTouched(ports.repository, pull, scene)).entries.some(({ file }) => file === entry.file);
  return isHere ? writeHere(ports, about, writing) : writeToOwn(ports, about, writing);
}

async function writeToOwn(ports: CommandPorts, about: ReleaseRequest, writing: StepToWrite): Promise<CommandOutcome> {
  const { asked, scene, entry, name } = about;
  const { kind, stepped: step, notes, below } = writing;
  const may = merges(kind, about);
  const there = may ? undefined : await fetchSame(ports, branchFor(kind, entry.release), step);
  if (there !== undefined) {
    return refuseWith(formatStays(name, { code: 'asked-for', pull: there, headline: step.headline }));
  }
  const { source } = scene.ends.target;
  const request = requestOf(asked, writing);
  const proposal = await planProposal(ports.repository, {
    ref: asked.ref,
    kind,
    name,
    stepped: step,
    request,
    source,
    base: scene.base,
    merges: may,
    targets: ports.targets,
  });
  const words = proposalWords(kind, entry.release);
  const open = `open: somebody who may merge it does (${code(`merge: ${stageSettings(scene.ends.settings, entry.release.stage).merge}`)})`;
  const moved = formatMoved({ name, headline: step.headline, where: [words.pull, may ? words.merge : open], notes });
  const plan: Plan = [
    proposal,
    ...(may ? [{ kind: 'enqueue', job: { kind: 'publish', repository: asked.ref } } as const] : []),
  ];
  return { done: true, plan, text: [moved, ...below].join('\n\n') };
}

/** The open pull request from that branch of ours whose values file has this text already. */
async function fetchSame(
  { repository, pulls }: CommandPorts,
  branch: string,
  { after, text }: ValuesAfterStep,
): Promise<number | undefined> {
  const open = (await pulls.fetchPullsFrom(branch)).find((pull) => pull.open && pull.ours);
  const there = open && (await fetchText(repository.treeOf(open.head.sha), after.file));
  return there === text ? open?.number : undefined;
}

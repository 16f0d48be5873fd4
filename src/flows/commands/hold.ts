import { identityOf } from '../../core/model/release.ts';
import { code, markdown } from '../../core/report/escape.ts';
import { holdText } from '../../core/report/hold.ts';
import { formatStays } from '../../core/report/rollout.ts';
import { HELD } from '../gitops/history.ts';
import { planReviewsAgain } from '../review/review-open.ts';
import { eachRelease, type ReleaseRequest } from './each-release.ts';
import { fetchHeldBy, planHolds } from './holding.ts';
import { answerWith, type CommandOutcome, type CommandPorts, type CommandRequest, refuseWith } from './outcome.ts';

/** Stops the rollout of each release that is meant. */
export async function hold(ports: CommandPorts, asked: CommandRequest): Promise<CommandOutcome> {
  const held: ReleaseRequest[] = [];
  const outcome = await eachRelease(ports, asked, { verb: 'hold', words: 0 }, async (about) => {
    const { scene, entry, name } = about;
    if (!scene.ends.published.byOwner.has(identityOf(entry.release))) {
      return refuseWith(formatStays(name, { code: 'nothing-to-hold' }, [{ verb: 'status' }]));
    }
    const there = await scene.ends.published.fetchHold(entry.release);
    if (there) return answerWith(`${markdown(name)}: ${holdText(there)}.`);
    if (await fetchHeldBy(ports, scene.ends, { comment: asked.comment, state: HELD, id: entry.release })) {
      return answerWith(`${markdown(name)} was put on hold, which somebody has lifted since.`);
    }
    held.push(about);
    return answerWith(
      `**${markdown(name)}** is on hold from now on: ${code('/promote')} and ${code('/deploy')} wait until ${code(`/resume ${name}`)}. Merges are published as ever.`,
    );
  });
  const [first] = held;
  if (!first) return outcome;
  const releases = held.map(({ entry, name }) => ({ id: entry.release, name }));
  const plan = planHolds(first.scene.ends, { releases, why: asked.options.why ?? '', asked });
  return { ...outcome, plan: [...plan, ...planReviewsAgain(asked.ref)] };
}

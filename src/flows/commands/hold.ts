import { identityOf } from '../../core/model/release.ts';
import { code, markdown } from '../../core/report/escape.ts';
import { holdText } from '../../core/report/hold.ts';
import { formatStays } from '../../core/report/rollout.ts';
import { HELD } from '../gitops/history.ts';
import { planReviewsAgain } from '../review/review-open.ts';
import { type About, eachRelease } from './each-release.ts';
import { fetchHeldBy, planHolds } from './holding.ts';
import { type Asked, type CommandPorts, type Outcome, refused, told } from './outcome.ts';

/** Stops the rollout of each release that is meant. */
export async function hold(ports: CommandPorts, asked: Asked): Promise<Outcome> {
  const held: About[] = [];
  const outcome = await eachRelease(ports, asked, { verb: 'hold', words: 0 }, async (about) => {
    const { scene, entry, name } = about;
    if (!scene.ends.published.byOwner.has(identityOf(entry.release))) {
      return refused(formatStays(name, { code: 'nothing-to-hold' }, [{ verb: 'status' }]));
    }
    const there = await scene.ends.published.fetchHold(entry.release);
    if (there) return told(`${markdown(name)}: ${holdText(there)}.`);
    if (await fetchHeldBy(ports, scene.ends, { comment: asked.comment, state: HELD, id: entry.release })) {
      return told(`${markdown(name)} was put on hold, which somebody has lifted since.`);
    }
    held.push(about);
    return told(
      `**${markdown(name)}** is on hold from now on: ${code('/promote')} and ${code('/deploy')} wait until ${code(`/resume ${name}`)}. Merges are published as ever.`,
    );
  });
  const [first] = held;
  if (!first) return outcome;
  const releases = held.map(({ entry, name }) => ({ id: entry.release, name }));
  const plan = planHolds(first.scene.ends, { releases, why: asked.options.why ?? '', asked });
  return { ...outcome, plan: [...plan, ...planReviewsAgain(asked.ref)] };
}

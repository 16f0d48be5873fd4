import { type Account, bot } from './accounts.ts';
import { isAncestor, listRefs, type RefChange, zeroSha } from './repository/refs.ts';
import type { PushRow } from './store/state.ts';
import type { SandboxWorld } from './world.ts';

const HEADS = 'refs/heads/';

/** Records the move of a branch; other refs are left out, as in GitHub's list of activity. */
export async function recordPush(world: SandboxWorld, sender: Account, change: RefChange): Promise<void> {
  const { ref, before = zeroSha, after = zeroSha } = change;
  if (!ref.startsWith(HEADS)) return;
  const kind = await kindOf(world.repository.folder, change);
  await world.state.pushes.add((id) => ({ id, ref, before, after, kind, by: sender.login, at: world.now() }));
}

/** Records moves that are missing, after a kill or for a new repository. */
export async function recordMissedPushes(world: SandboxWorld): Promise<void> {
  const known = new Map(world.state.pushes.all().map(({ ref, after }) => [ref, after]));
  for (const [ref, after] of await listRefs(world.repository.folder, HEADS)) {
    const before = known.get(ref);
    if (before !== after) await recordPush(world, bot, { ref, before: before === zeroSha ? undefined : before, after });
  }
}

async function kindOf(folder: string, { before, after }: RefChange): Promise<PushRow['kind']> {
  if (before === undefined) return 'branch_creation';
  if (after === undefined) return 'branch_deletion';
  return (await isAncestor(folder, before, after)) ? 'push' : 'force_push';
}

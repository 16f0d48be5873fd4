import type { Actor } from '../auth.ts';
import type { ProtectionRow, PullRow } from '../store/state.ts';
import type { World } from '../world.ts';

/** What protects a branch, if anything does. */
export function protectionOf({ state }: World, branch: string): ProtectionRow | undefined {
  return state.protections.all().find((protection) => protection.branch === branch);
}

/** Whether a protection doesn't hold for somebody: not for who could take it away, nor for who is on its list. */
export function passesBy({ bypass }: ProtectionRow, { account, permission }: Actor): boolean {
  return permission === 'admin' || bypass.includes(account.login);
}

/** What the protection of its base branch still asks of a pull request, in GitHub's words; '' where that is nothing. */
export function whatIsMissing(world: World, pull: PullRow): string {
  const protection = protectionOf(world, pull.base);
  if (!protection) return '';
  const { approvals, checks } = protection;
  return [sayApprovals(approvals), sayChecks(world, pull.headSha, checks)].filter((text) => text !== '').join(' ');
}

/** Nobody can approve anything here, so that approvals are always missing. */
function sayApprovals(count: number): string {
  if (count === 0) return '';
  const reviews = count === 1 ? '1 approving review is' : `${count} approving reviews are`;
  return `At least ${reviews} required by reviewers with write access.`;
}

function sayChecks(world: World, sha: string, checks: readonly string[]): string {
  const missing = checks.flatMap((name) => {
    const standing = standingOf(world, sha, name);
    return standing === 'good' ? [] : [{ name, standing }];
  });
  const [first] = missing;
  if (!first) return '';
  if (missing.length === 1) return `Required status check "${first.name}" is ${first.standing}.`;
  const words = [...Map.groupBy(missing, ({ standing }) => standing)].sort(([one], [other]) => (one < other ? -1 : 1));
  const some = `${missing.length} of ${checks.length} required status checks`;
  if (words.length === 1) return `${some} are ${first.standing}.`;
  return `${some} have not succeeded: ${words.map(([word, { length }]) => `${length} ${word}`).join(' and ')}.`;
}

type Standing = 'good' | 'expected' | 'pending' | 'failing';

/** How a commit stands to a check by that name: statuses and check runs count alike, of each the newest. */
function standingOf({ state }: World, sha: string, name: string): Standing {
  const status = state.statuses.all().findLast((row) => row.sha === sha && row.context === name);
  const check = state.checks.all().findLast((row) => row.headSha === sha && row.name === name);
  const words = [...(status ? [status.state] : []), ...(check ? [check.conclusion ?? 'pending'] : [])];
  if (words.length === 0) return 'expected';
  if (words.every((word) => ['success', 'neutral', 'skipped'].includes(word))) return 'good';
  return words.includes('pending') ? 'pending' : 'failing';
}

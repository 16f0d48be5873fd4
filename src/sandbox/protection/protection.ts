import type { Actor } from '../auth.ts';
import type { ProtectionRow, PullRow } from '../store/state.ts';
import type { SandboxWorld } from '../world.ts';

/** The protection of a branch; undefined if there is none. */
export function protectionOf({ state }: SandboxWorld, branch: string): ProtectionRow | undefined {
  return state.protections.all().find((protection) => protection.branch === branch);
}

/** Whether a user may bypass a protection: admins, who could remove it, and the users on its list. */
export function passesBy({ bypass }: ProtectionRow, { account, permission }: Actor): boolean {
  return permission === 'admin' || bypass.includes(account.login);
}

/** The unmet requirements of a pull request's base branch, in GitHub's words; '' if all are met. */
export function describeMissing(world: SandboxWorld, pull: PullRow): string {
  const protection = protectionOf(world, pull.base);
  if (!protection) return '';
  const { approvals, checks } = protection;
  return [sayApprovals(approvals), sayChecks(world, pull.headSha, checks)].filter((text) => text !== '').join(' ');
}

/** The message about approvals, which are always missing: the sandbox has no way to approve. */
function sayApprovals(count: number): string {
  if (count === 0) return '';
  const reviews = count === 1 ? '1 approving review is' : `${count} approving reviews are`;
  return `At least ${reviews} required by reviewers with write access.`;
}

function sayChecks(world: SandboxWorld, sha: string, checks: readonly string[]): string {
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

type CheckResult = 'good' | 'expected' | 'pending' | 'failing';

/** The result of a commit's newest check run or status of that name. */
function standingOf({ state }: SandboxWorld, sha: string, name: string): CheckResult {
  const status = state.statuses.all().findLast((row) => row.sha === sha && row.context === name);
  const check = state.checks.all().findLast((row) => row.headSha === sha && row.name === name);
  const words = [...(status ? [status.state] : []), ...(check ? [check.conclusion ?? 'pending'] : [])];
  if (words.length === 0) return 'expected';
  if (words.every((word) => ['success', 'neutral', 'skipped'].includes(word))) return 'good';
  return words.includes('pending') ? 'pending' : 'failing';
}

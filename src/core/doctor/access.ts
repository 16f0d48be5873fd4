import { type Diagnosis, note, ok, problem } from './diagnosis.ts';

/** A rule of a ruleset that is in force for a branch. */
export interface BranchRule {
  readonly type: string; // as GitHub calls it: pull_request, update
  readonly ruleset: string; // its name, and where it is
  readonly bypass: 'always' | 'pull-requests' | 'never' | 'unknown'; // whether the App may pass by
  readonly needsApproval?: boolean; // of a pull_request rule: whether a person has to approve
}

/** What holds for a branch on GitHub. */
export interface BranchAccess {
  readonly name: string;
  readonly exists: boolean;
  readonly rules: readonly BranchRule[];
  readonly isProtected: boolean; // by branch protection of the older kind, which an App can't look into
}

/** What the App was given where it is installed. */
export interface Installed {
  readonly permissions: Readonly<Record<string, string>>;
  readonly events: readonly string[];
  readonly suspended: boolean;
  readonly page: string; // where that is changed
}

/** What the App asks for when it is registered: app.yml. */
export interface NeededAccess {
  readonly permissions: Readonly<Record<string, string>>;
  readonly events: readonly string[];
}

/** Whether the App is installed with what it asks for. Without what it only reads, or isn't told of, it goes on. */
export function diagnoseInstallation(installed: Installed, wanted: NeededAccess): readonly Diagnosis[] {
  const { permissions, events, suspended, page } = installed;
  if (suspended) return [problem('installation', 'is suspended', `let it go on: ${page}`)];
  const lacks = Object.entries(wanted.permissions).filter(([name, level]) => !gives(permissions[name], level));
  const told = wanted.events.filter((event) => !events.includes(event));
  const say = (list: typeof lacks) => list.map(([name, level]) => `${name}: ${level}`).join(', ');
  const [needed, useful] = [
    lacks.filter(([, level]) => level !== 'read'),
    lacks.filter(([, level]) => level === 'read'),
  ];
  return [
    needed.length === 0
      ? ok('permissions', 'the App may write what it writes')
      : problem(
          'permissions',
          `the App lacks ${say(needed)}`,
          `add them to the App's registration, then accept them where it is installed: ${page}`,
        ),
    ...(useful.length === 0 ? [] : [note('permissions', `the App goes without ${say(useful)}`)]),
    ...(told.length === 0
      ? []
      : [
          note('events', `the App isn't told of ${told.join(', ')}; what it can, it finds in its sweep, minutes later`),
        ]),
  ];
}

const LEVELS = ['read', 'write', 'admin'];

function gives(given: string | undefined, wanted: string): boolean {
  return LEVELS.indexOf(given ?? '') >= LEVELS.indexOf(wanted);
}

/** What a signed commit that goes straight on, by an App that never deletes or forces, doesn't break. */
const HARMLESS = new Set(['deletion', 'non_fast_forward', 'required_linear_history', 'required_signatures']);

/** Whether the App may push to the gitops branch. */
export function diagnosePush({ name, exists, rules, isProtected }: BranchAccess): Diagnosis {
  const about = `push to ${name}`;
  const inTheWay = rules.filter(
    ({ type, bypass }) => !HARMLESS.has(type) && (type !== 'creation' || !exists) && bypass !== 'always',
  );
  if (inTheWay.length > 0) return blocked(about, inTheWay);
  if (isProtected) {
    return note(
      about,
      'branch protection is on, and an App can\'t look into it; let the App push there ("Restrict who can push")',
    );
  }
  return ok(about, rules.length > 0 ? 'no ruleset stands in the way' : 'nothing stands in the way');
}

/** What a merge that is made right after its pull request can't have passed: checks have only just begun. */
const HINDERS_MERGE = new Set([
  'code_scanning',
  'merge_queue',
  'required_deployments',
  'required_status_checks',
  'update',
  'workflows',
]);

/** Whether the App may merge its own pull requests into the default branch, as far as the settings want it to. */
export function diagnoseMerge({ name, rules }: BranchAccess, merge: 'none' | 'rollback' | 'all'): Diagnosis {
  const about = `merge into ${name}`;
  if (merge === 'none') return ok(about, 'the settings let people merge, not the App (merge: none)');
  const inTheWay = rules.filter(
    ({ type, bypass, needsApproval }) =>
      (HINDERS_MERGE.has(type) || (type === 'pull_request' && needsApproval === true)) &&
      bypass !== 'always' &&
      bypass !== 'pull-requests',
  );
  if (inTheWay.length === 0) return ok(about, `no ruleset keeps the App from merging its own (merge: ${merge})`);
  return blocked(about, inTheWay, '; or set merge: none, and people merge what it proposes');
}

function blocked(about: string, rules: readonly BranchRule[], otherwise = ''): Diagnosis {
  const names = [...new Set(rules.map(({ ruleset }) => ruleset))];
  const types = [...new Set(rules.map(({ type }) => type))].sort();
  const unsure = rules.every(({ bypass }) => bypass === 'unknown') ? ', unless the App may pass by' : '';
  const who = names.length === 1 ? `the ruleset ${names[0]} stands` : `the rulesets ${names.join(', ')} stand`;
  return problem(
    about,
    `${who} in the way (${types.join(', ')})${unsure}`,
    `add the App to the bypass list${otherwise}`,
  );
}

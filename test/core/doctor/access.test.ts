import { describe, expect, test } from 'vitest';
import {
  type BranchAccess,
  type BranchRule,
  diagnoseInstallation,
  diagnoseMerge,
  diagnosePush,
  type Installed,
} from '../../../src/core/doctor/access.ts';

const rule = (type: string, more: Partial<BranchRule> = {}): BranchRule => ({
  type,
  ruleset: 'careful',
  bypass: 'never',
  ...more,
});

const branch = (...rules: readonly BranchRule[]): BranchAccess => ({
  name: 'gitops',
  exists: true,
  rules,
  isProtected: false,
});

describe('the push to the gitops branch', () => {
  test.each<[string, BranchAccess, string, string]>([
    ['no ruleset', branch(), 'ok', 'nothing stands in the way'],
    ['only people may not force or delete', branch(rule('deletion'), rule('non_fast_forward')), 'ok', 'no ruleset'],
    ['linear and signed, as we are', branch(rule('required_linear_history'), rule('required_signatures')), 'ok', 'no'],
    ['updates restricted', branch(rule('update')), 'problem', 'the ruleset careful stands in the way (update)'],
    ['the App passes by', branch(rule('update', { bypass: 'always' })), 'ok', 'no ruleset'],
    ['it may merge, not push', branch(rule('update', { bypass: 'pull-requests' })), 'problem', 'careful'],
    ['a pull request is needed', branch(rule('pull_request')), 'problem', '(pull_request)'],
    ['a check is needed', branch(rule('required_status_checks')), 'problem', '(required_status_checks)'],
    ['a rule that is not known', branch(rule('tomorrows_rule')), 'problem', '(tomorrows_rule)'],
    ['new branches restricted, and it is there', branch(rule('creation')), 'ok', 'no ruleset'],
    ['new branches restricted', { ...branch(rule('creation')), exists: false }, 'problem', '(creation)'],
    [
      'two rulesets',
      branch(rule('update'), rule('pull_request', { ruleset: 'strict' }), rule('update')),
      'problem',
      'the rulesets careful, strict stand in the way (pull_request, update)',
    ],
    ['nobody can tell', branch(rule('update', { bypass: 'unknown' })), 'problem', 'unless the App may pass by'],
    ['older branch protection', { ...branch(), isProtected: true }, 'note', 'branch protection is on'],
  ])('%s', (_, access, state, says) => {
    expect(diagnosePush(access)).toMatchObject({ state, says: expect.stringContaining(says) });
  });
});

describe('the merge of its own pull requests', () => {
  const approved = rule('pull_request', { needsApproval: true });
  test.each<[string, BranchAccess, 'none' | 'rollback' | 'all', string, string]>([
    ['no ruleset', branch(), 'rollback', 'ok', 'merge: rollback'],
    ['a pull request without approval', branch(rule('pull_request')), 'all', 'ok', 'merge: all'],
    ['an approval is needed', branch(approved), 'rollback', 'problem', '(pull_request)'],
    ['the settings do not want it', branch(approved), 'none', 'ok', 'merge: none'],
    ['it may pass by with a pull request', branch({ ...approved, bypass: 'pull-requests' }), 'all', 'ok', 'merge: all'],
    ['it may always pass by', branch({ ...approved, bypass: 'always' }), 'all', 'ok', 'merge: all'],
    ['a merge queue', branch(rule('merge_queue')), 'all', 'problem', '(merge_queue)'],
    [
      'a check is required, which has only begun',
      branch(rule('required_status_checks')),
      'all',
      'problem',
      '(required_status_checks)',
    ],
    ['another rule', branch(rule('required_linear_history')), 'all', 'ok', 'merge: all'],
  ])('%s', (_, access, merge, state, says) => {
    expect(diagnoseMerge(access, merge)).toMatchObject({ state, says: expect.stringContaining(says) });
  });
});

describe('the installation', () => {
  const wanted = {
    permissions: { contents: 'write', checks: 'write', merge_queues: 'read' },
    events: ['push', 'merge_group'],
  };
  const all: Installed = { ...wanted, suspended: false, page: 'https://github.com/x' };
  const said = (installed: Partial<Installed>) =>
    diagnoseInstallation({ ...all, ...installed }, wanted).map(({ state, says }) => `${state}: ${says}`);

  test('has all, or more', () => {
    expect(said({})).toEqual(['ok: the App may write what it writes']);
    expect(said({ permissions: { ...wanted.permissions, checks: 'admin', issues: 'write' } })).toHaveLength(1);
  });

  test('lacks what it writes', () => {
    expect(said({ permissions: { contents: 'read', merge_queues: 'read' } })).toEqual([
      'problem: the App lacks contents: write, checks: write',
    ]);
  });

  test('goes without what it only reads, or is not told of', () => {
    expect(said({ permissions: { contents: 'write', checks: 'write' }, events: ['push'] })).toEqual([
      'ok: the App may write what it writes',
      'note: the App goes without merge_queues: read',
      "note: the App isn't told of merge_group; what it can, it finds in its sweep, minutes later",
    ]);
  });

  test('is suspended', () => expect(said({ suspended: true })).toEqual(['problem: is suspended']));
});

import { LADDER, type Permission } from '../core/settings/settings.ts';
import type { People } from '../flows/ports.ts';
import { unlessAbsent } from './absent.ts';
import type { GitHub, RepositoryName } from './octokit.ts';

/** Reads a user's email, permission and teams, anew each time: GitHub sends no event when a permission is removed. */
export function githubPermissions(octokit: GitHub, repository: RepositoryName): People {
  const { repos, teams, users } = octokit.rest;
  const at = { owner: repository.owner, repo: repository.name };
  return {
    async fetchEmail(login) {
      const answer = await unlessAbsent(users.getByUsername({ username: login }), [404]);
      return answer?.data.email ?? undefined;
    },

    async fetchPermission(login) {
      const asked = repos.getCollaboratorPermissionLevel({ ...at, username: login });
      const answer = await unlessAbsent(asked, [404]); // the account no longer exists
      return answer ? permissionIn(answer.data) : 'none';
    },

    async isInTeam(team, login) {
      // A user account owns no teams, and membership of a team that the App cannot see does not count.
      const asked = teams.getMembershipForUserInOrg({ org: repository.owner, team_slug: team, username: login });
      return (await unlessAbsent(asked, [403, 404]))?.data.state === 'active';
    },
  };
}

interface RawPermission {
  readonly permission: string;
  readonly role_name: string;
  readonly user: {
    readonly permissions?: {
      readonly pull: boolean;
      readonly triage?: boolean;
      readonly push: boolean;
      readonly maintain?: boolean;
      readonly admin: boolean;
    };
  } | null;
}

/** Maps a role, which may be an organization's own, to a permission: GitHub's `permission` lacks triage and maintain. */
function permissionIn({ permission, role_name, user }: RawPermission): Permission {
  const has = user?.permissions;
  if (!has) return findPermission(role_name) ?? findPermission(permission) ?? 'none';
  if (has.admin) return 'admin';
  if (has.maintain) return 'maintain';
  if (has.push) return 'write';
  if (has.triage) return 'triage';
  return has.pull ? 'read' : 'none';
}

function findPermission(name: string): Permission | undefined {
  return LADDER.find((permission) => permission === name);
}

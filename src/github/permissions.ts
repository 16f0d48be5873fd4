import { LADDER, type Permission } from '../core/settings/settings.ts';
import type { People } from '../flows/ports.ts';
import { unlessAbsent } from './absent.ts';
import type { GitHub, RepositoryName } from './octokit.ts';

/** Who somebody is, and may do in a repository, asked each time: rights are taken away without a word. */
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
      const answer = await unlessAbsent(asked, [404]); // nobody is called like that any more
      return answer ? permissionIn(answer.data) : 'none';
    },

    async isInTeam(team, login) {
      // A user has no teams, and a team that the App may not see gives nobody a right.
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

/** What a role, which may be one of the organization's own, comes to: `permission` itself knows no triage and maintain. */
function permissionIn({ permission, role_name, user }: RawPermission): Permission {
  const has = user?.permissions;
  if (!has) return known(role_name) ?? known(permission) ?? 'none';
  if (has.admin) return 'admin';
  if (has.maintain) return 'maintain';
  if (has.push) return 'write';
  if (has.triage) return 'triage';
  return has.pull ? 'read' : 'none';
}

function known(name: string): Permission | undefined {
  return LADDER.find((permission) => permission === name);
}

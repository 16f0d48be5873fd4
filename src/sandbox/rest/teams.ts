import { accountOf, organization, teams } from '../accounts.ts';
import { notFound } from '../http.ts';
import { type Call, ok, type RestRoute, route } from './route.ts';

export const teamRoutes: readonly RestRoute[] = [
  route('GET /orgs/{org}/teams/{team}/memberships/{username}', 'user', getMembership),
];

/** The membership of a user in a team; owners of the organization maintain every team. Throws 404 for others. */
function getMembership(call: Call) {
  const team = call.param('team').toLowerCase();
  const account = accountOf(call.param('username'));
  const isOurs = call.param('org').toLowerCase() === organization.login;
  if (!isOurs || !account || !teams.get(team)?.includes(account)) throw notFound();
  const url = `${call.world.apiUrl}/orgs/${organization.login}/teams/${team}/memberships/${account.login}`;
  return ok({ url, role: account.permission === 'admin' ? 'maintainer' : 'member', state: 'active' });
}

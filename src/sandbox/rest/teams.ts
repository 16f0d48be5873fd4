import { accountOf, organization, teams } from '../accounts.ts';
import { notFound } from '../http.ts';
import { type Call, ok, type Route, route } from './route.ts';

export const teamRoutes: readonly Route[] = [
  route('GET /orgs/{org}/teams/{team}/memberships/{username}', 'user', getMembership),
];

/** An owner of the organization is the maintainer of every team; 404 for who isn't in it, as for what isn't there. */
function getMembership(call: Call) {
  const team = call.param('team').toLowerCase();
  const account = accountOf(call.param('username'));
  const isOurs = call.param('org').toLowerCase() === organization.login;
  if (!isOurs || !account || !teams.get(team)?.includes(account)) throw notFound();
  const url = `${call.world.apiUrl}/orgs/${organization.login}/teams/${team}/memberships/${account.login}`;
  return ok({ url, role: account.permission === 'admin' ? 'maintainer' : 'member', state: 'active' });
}

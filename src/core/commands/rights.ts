import { LADDER, type Permission, type Right } from '../settings/settings.ts';

/** Whether a permission is at least the one that a right asks for, or somebody is named. Teams are asked for apart. */
export function isGranted(right: Right, who: { readonly login: string; readonly permission: Permission }): boolean {
  const named = right.users.some((user) => user.toLowerCase() === who.login.toLowerCase());
  const asked = right.permission === undefined ? LADDER.length : LADDER.indexOf(right.permission);
  return named || LADDER.indexOf(who.permission) >= asked;
}

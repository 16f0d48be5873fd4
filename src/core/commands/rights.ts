import { LADDER, type Permission, type Right } from '../settings/settings.ts';

/** The permission that a user needs whom the settings name: a login that is given up may be registered by a stranger. */
export const NAMED_NEED = 'write';

/** Whether a person has the permission that a right asks for, or is named by it and may write. Teams are asked for apart. */
export function isGranted(
  right: Right,
  { login, permission }: { readonly login: string; readonly permission: Permission },
): boolean {
  const has = (needed: Permission) => isAtLeast(permission, needed);
  const isNamed = right.users.some((user) => user.toLowerCase() === login.toLowerCase());
  return (isNamed && has(NAMED_NEED)) || (right.permission !== undefined && has(right.permission));
}

/** Whether a permission lets a person write to the repository. */
export function mayWrite(permission: Permission): boolean {
  return isAtLeast(permission, 'write');
}

function isAtLeast(permission: Permission, needed: Permission): boolean {
  return LADDER.indexOf(permission) >= LADDER.indexOf(needed);
}

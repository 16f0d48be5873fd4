import { createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import { type Account, type AccountPermission, bot, registration, users } from './accounts.ts';
import type { AppFile } from './app-file.ts';
import { ApiError } from './http.ts';

/** The sender of a request, with its permission and kind of credentials. */
export interface Actor {
  readonly account: Account;
  readonly permission: AccountPermission;
  readonly via: 'user' | 'installation' | 'app';
}

const tokenSeconds = 3600;

/** Reads an Authorization header. Returns undefined without one; throws 401 for unknown credentials. */
export function authenticate(app: AppFile, header: string | undefined): Actor | undefined {
  if (!header) return undefined;
  const credential = credentialIn(header);
  const user = users.find(({ token }) => token === credential);
  if (user) return actorFor(user);
  if (isInstallationToken(app, credential)) return { account: bot, permission: 'write', via: 'installation' };
  if (credential.split('.').length === 3) {
    checkJwt(app, credential);
    return { account: bot, permission: 'none', via: 'app' };
  }
  throw new ApiError(401, 'Bad credentials');
}

/** The actor for a user, with that user's permission. */
export function actorFor(user: Account): Actor {
  return { account: user, permission: user.permission, via: 'user' };
}

function credentialIn(header: string): string {
  const [scheme = '', value = ''] = header.trim().split(/\s+/, 2);
  if (!/^basic$/i.test(scheme)) return value;
  const pair = Buffer.from(value, 'base64').toString();
  return pair.slice(pair.indexOf(':') + 1);
}

/**
 * Issues an installation token. It contains its own proof, so that a restarted sandbox accepts the tokens it issued before:
 * an App keeps a token for an hour and would not ask for another.
 */
export function issueToken(app: AppFile): { readonly token: string; readonly expiresAt: Date } {
  const expires = Math.floor(Date.now() / 1000) + tokenSeconds;
  return { token: `ghs_${expires}_${proof(app, expires)}`, expiresAt: new Date(expires * 1000) };
}

function isInstallationToken(app: AppFile, token: string): boolean {
  const [, expires = '', given = ''] = /^ghs_(\d+)_([0-9a-f]{64})$/.exec(token) ?? [];
  if (!given || Number(expires) * 1000 < Date.now()) return false;
  return timingSafeEqual(Buffer.from(given), Buffer.from(proof(app, Number(expires))));
}

function proof(app: AppFile, expires: number): string {
  return createHmac('sha256', app.privateKey)
    .update(`installation ${registration.installationId} ${expires}`)
    .digest('hex');
}

function checkJwt(app: AppFile, token: string): void {
  const [header = '', claims = '', signature = ''] = token.split('.');
  const { alg } = decode(header);
  const { iss, iat, exp } = decode(claims);
  const signed = Buffer.from(signature, 'base64url');
  const key = createPublicKey(app.privateKey);
  if (alg !== 'RS256' || !verify('RSA-SHA256', Buffer.from(`${header}.${claims}`), key, signed)) {
    throw new ApiError(401, 'A JSON web token could not be decoded');
  }
  const now = Date.now() / 1000;
  if (String(iss) !== String(app.appId)) throw new ApiError(401, "'Issuer' claim ('iss') must be an Integer");
  if (typeof exp !== 'number' || exp <= now) {
    throw new ApiError(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  }
  if (exp > now + 660) throw new ApiError(401, "'Expiration time' claim ('exp') is too far in the future");
  if (typeof iat !== 'number' || iat > now + 60) {
    throw new ApiError(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  }
}

function decode(part: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  } catch {
    throw new ApiError(401, 'A JSON web token could not be decoded');
  }
}

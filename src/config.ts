import { resolve } from 'node:path';
import { getPrivateKey } from '@probot/get-private-key';

/** The App's credentials on GitHub. */
/** The App's credentials on GitHub. */
export interface Credentials {
  readonly appId: number;
  readonly privateKey: string;
  readonly webhookSecret: string;
}

/** The process's configuration, read from its environment. */
export interface Config {
  readonly port: number; // 0: the system chooses one
  readonly host?: string; // only with credentials; otherwise everything listens on the loopback interface
  readonly sandboxPort: number;
  readonly dataDir?: string; // undefined: a temporary one
  readonly webhookUrl?: string; // of a sandbox that runs alone
  readonly fluxToken?: string; // key of the signatures of Flux's events; undefined: they are not accepted
  readonly apiUrl?: string; // base address of GitHub's REST API, without a slash at its end
  readonly credentials?: Credentials; // undefined: the sandbox runs
  readonly logLevel: LogLevel;
}

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export type ReadConfig =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly string[] };

type Environment = Readonly<Record<string, string | undefined>>;

/** Values for variables that the environment does not set. */
export interface Defaults {
  readonly port: number;
  readonly sandboxPort: number;
  readonly dataDir?: string; // undefined: a temporary one
}

export const SERVER_DEFAULTS: Defaults = { port: 3000, sandboxPort: 3001, dataDir: '.data' };

/** Reads the environment and reports every problem at once. */
export function readConfig(env: Environment, defaults: Defaults): ReadConfig {
  const problems: string[] = [];
  const port = portFrom(env, 'PORT', defaults.port, problems);
  const sandboxPort = portFrom(env, 'SANDBOX_PORT', defaults.sandboxPort, problems);
  const dataDir = env.COALMINE_DATA_DIR || defaults.dataDir;
  const credentials = credentialsFrom(env, problems);
  const apiUrl = apiUrlFrom(env, problems);
  const webhookUrl = urlFrom(env, 'WEBHOOK_URL', problems);
  const fluxToken = fluxTokenFrom(env, problems);
  const logLevel = LOG_LEVELS.find((level) => level === (env.LOG_LEVEL || (credentials ? 'info' : 'warn')));
  if (!logLevel) problems.push(`LOG_LEVEL is "${env.LOG_LEVEL}"; it takes one of ${LOG_LEVELS.join(', ')}`);
  if (problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    config: {
      port,
      sandboxPort,
      logLevel: logLevel ?? 'info',
      ...(dataDir === undefined ? {} : { dataDir: resolve(dataDir) }),
      ...(env.HOST ? { host: env.HOST } : {}),
      ...(webhookUrl === undefined ? {} : { webhookUrl }),
      ...(apiUrl === undefined ? {} : { apiUrl }),
      ...(fluxToken === undefined ? {} : { fluxToken }),
      ...(credentials ? { credentials } : {}),
    },
  };
}

function portFrom(env: Environment, name: string, fallback: number, problems: string[]): number {
  const text = env[name] || String(fallback);
  if (/^[0-9]{1,5}$/.test(text) && Number(text) <= 65535) return Number(text);
  problems.push(`${name} is "${text}"; it takes a port, 0 to 65535`);
  return fallback;
}

/** Reads the credentials, all or none: incomplete credentials are an error and must not start the sandbox. */
function credentialsFrom(env: Environment, problems: string[]): Credentials | undefined {
  const key = env.PRIVATE_KEY || env.PRIVATE_KEY_PATH;
  const given = { APP_ID: env.APP_ID, 'PRIVATE_KEY (or PRIVATE_KEY_PATH)': key, WEBHOOK_SECRET: env.WEBHOOK_SECRET };
  const missing = Object.entries(given)
    .filter(([, value]) => !value)
    .map(([name]) => name);
  if (missing.length === Object.keys(given).length) return undefined;
  problems.push(
    ...missing.map(
      (name) =>
        `${name} is missing; the App's credentials are APP_ID, PRIVATE_KEY (or PRIVATE_KEY_PATH) and WEBHOOK_SECRET`,
    ),
  );
  if (env.APP_ID && !/^[0-9]+$/.test(env.APP_ID))
    problems.push(`APP_ID is "${env.APP_ID}"; it is a number, shown on the App's settings page`);
  const privateKey = key ? privateKeyFrom(env, problems) : undefined;
  if (problems.length > 0 || !privateKey || !env.WEBHOOK_SECRET) return undefined;
  return { appId: Number(env.APP_ID), privateKey, webhookSecret: env.WEBHOOK_SECRET };
}

function privateKeyFrom(env: Environment, problems: string[]): string | undefined {
  try {
    return (
      getPrivateKey({
        env: {
          ...(env.PRIVATE_KEY ? { PRIVATE_KEY: env.PRIVATE_KEY } : { PRIVATE_KEY_PATH: env.PRIVATE_KEY_PATH ?? '' }),
        },
      }) ?? undefined
    );
  } catch {
    // The reason may quote the key, so the message has only the variable's name.
    problems.push(
      `${env.PRIVATE_KEY ? 'PRIVATE_KEY' : 'PRIVATE_KEY_PATH'} is not a private key in PEM form (as text, in base64, or as the path of a file)`,
    );
    return undefined;
  }
}

function apiUrlFrom(env: Environment, problems: string[]): string | undefined {
  const url = urlFrom(env, 'GITHUB_API_URL', problems);
  if (url !== undefined || !env.GHE_HOST) return url;
  if (!/^[A-Za-z0-9.-]+(?::[0-9]+)?$/.test(env.GHE_HOST)) {
    problems.push(
      `GHE_HOST is "${env.GHE_HOST}"; it takes a host name such as github.example.com (GITHUB_API_URL takes a whole address)`,
    );
  }
  return `${env.GHE_PROTOCOL || 'https'}://${env.GHE_HOST}/api/v3`;
}

/** Reads the token without the white space around it, which Flux strips from its Secret too. A short one could be guessed. */
function fluxTokenFrom(env: Environment, problems: string[]): string | undefined {
  const token = env.FLUX_WEBHOOK_TOKEN?.trim();
  if (token && token.length < MIN_TOKEN_LENGTH) {
    problems.push(
      `FLUX_WEBHOOK_TOKEN has ${token.length} characters; it takes at least ${MIN_TOKEN_LENGTH}: openssl rand -hex 24`,
    );
  }
  return token || undefined;
}

const MIN_TOKEN_LENGTH = 16;

function urlFrom(env: Environment, name: string, problems: string[]): string | undefined {
  const text = env[name];
  if (!text) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return text.replace(/\/+$/, '');
  problems.push(`${name} is "${text}"; it takes an address that begins with https:// or http://`);
  return undefined;
}

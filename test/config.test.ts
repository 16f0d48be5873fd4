import { generateKeyPairSync } from 'node:crypto';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { readConfig, SERVER_DEFAULTS } from '../src/config.ts';

const KEY = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs1', format: 'pem' })
  .toString();
const CREDENTIALS = { APP_ID: '12', PRIVATE_KEY: KEY, WEBHOOK_SECRET: 'secret' };

const read = (env: Record<string, string>) => readConfig(env, SERVER_DEFAULTS);

function configOf(env: Record<string, string>) {
  const result = read(env);
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result.config;
}

function problemsOf(env: Record<string, string>): readonly string[] {
  const result = read(env);
  return result.ok ? [] : result.problems;
}

test('an empty environment is the sandbox on the default ports', () => {
  expect(configOf({})).toEqual({ port: 3000, sandboxPort: 3001, dataDir: resolve('.data'), logLevel: 'warn' });
  expect(configOf({ PORT: '', SANDBOX_PORT: '', APP_ID: '' })).toEqual(configOf({}));
});

test("the token of Flux's events is taken as Flux takes it, without white space around it", () => {
  expect(configOf({ FLUX_WEBHOOK_TOKEN: ' sixteen or more!\n' }).fluxToken).toBe('sixteen or more!');
  expect(configOf({ FLUX_WEBHOOK_TOKEN: '' }).fluxToken).toBeUndefined();
});

test('credentials are taken whole', () => {
  expect(configOf(CREDENTIALS)).toMatchObject({
    logLevel: 'info',
    credentials: { appId: 12, privateKey: KEY, webhookSecret: 'secret' },
  });
});

test.each([
  ['newlines written as \\n', KEY.replaceAll('\n', '\\n')],
  ['base64', Buffer.from(KEY).toString('base64')],
])('a private key may come with %s', (_, PRIVATE_KEY) => {
  expect(configOf({ ...CREDENTIALS, PRIVATE_KEY }).credentials?.privateKey.trim()).toBe(KEY.trim());
});

test.each([
  [{ APP_ID: '12' }, ['PRIVATE_KEY (or PRIVATE_KEY_PATH) is missing', 'WEBHOOK_SECRET is missing']],
  [{ WEBHOOK_SECRET: 'x' }, ['APP_ID is missing', 'PRIVATE_KEY (or PRIVATE_KEY_PATH) is missing']],
  [{ ...CREDENTIALS, APP_ID: 'twelve' }, ['APP_ID is "twelve"']],
  [{ ...CREDENTIALS, PRIVATE_KEY: 'no key' }, ['PRIVATE_KEY is not a private key']],
  [{ APP_ID: '12', WEBHOOK_SECRET: 'x', PRIVATE_KEY_PATH: '/nowhere.pem' }, ['PRIVATE_KEY_PATH is not a private key']],
  [{ PORT: '70000', SANDBOX_PORT: 'http' }, ['PORT is "70000"', 'SANDBOX_PORT is "http"']],
  [{ GITHUB_API_URL: 'api.github.com' }, ['GITHUB_API_URL is "api.github.com"']],
  [{ GHE_HOST: 'https://ghe.example.com' }, ['GHE_HOST is "https://ghe.example.com"']],
  [{ WEBHOOK_URL: 'ftp://x' }, ['WEBHOOK_URL is "ftp://x"']],
  [{ FLUX_WEBHOOK_TOKEN: 'short' }, ['FLUX_WEBHOOK_TOKEN has 5 characters']],
  [{ LOG_LEVEL: 'loud' }, ['LOG_LEVEL is "loud"']],
])('every problem of %j is reported', (env, expected) => {
  const problems = problemsOf(env as Record<string, string>);
  expect(problems).toHaveLength(expected.length);
  for (const [index, text] of expected.entries()) expect(problems[index]).toContain(text);
  expect(problems.join()).not.toContain('no key');
});

test.each([
  [{ GHE_HOST: 'ghe.example.com' }, 'https://ghe.example.com/api/v3'],
  [{ GHE_HOST: 'ghe.example.com:8443', GHE_PROTOCOL: 'http' }, 'http://ghe.example.com:8443/api/v3'],
  [{ GITHUB_API_URL: 'http://127.0.0.1:3001/api/v3/' }, 'http://127.0.0.1:3001/api/v3'],
  [{ GITHUB_API_URL: 'https://api.github.com' }, 'https://api.github.com'],
  [{ GITHUB_API_URL: 'http://127.0.0.1:1/x', GHE_HOST: 'other.example.com' }, 'http://127.0.0.1:1/x'],
])('%j means the API at %s, with credentials and without', (env, expected) => {
  expect(configOf(env as Record<string, string>).apiUrl).toBe(expected);
  expect(configOf({ ...CREDENTIALS, ...(env as Record<string, string>) }).apiUrl).toBe(expected);
});

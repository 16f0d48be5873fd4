import { generateKeyPair, randomBytes } from 'node:crypto';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { registration } from './accounts.ts';
import { readIfExists, replaceFile } from './store/files.ts';

/** The credentials and addresses with which an App process uses this sandbox. */
export interface AppFile {
  readonly appId: number;
  readonly privateKey: string;
  readonly webhookSecret: string;
  readonly fluxToken: string;
  readonly apiUrl: string;
}

/** Writes `app.json` with the API's current address; keeps keys and secrets of the first start. */
export async function writeAppFile(dataDir: string, apiUrl: string): Promise<AppFile> {
  const path = join(dataDir, 'app.json');
  const known = (await readKnown(path)) ?? (await createSecrets());
  const app: AppFile = { ...known, apiUrl };
  await replaceFile(path, `${JSON.stringify(app, null, 2)}\n`, 0o600);
  await chmod(path, 0o600);
  return app;
}

async function readKnown(path: string): Promise<AppFile | undefined> {
  const text = await readIfExists(path);
  return text === undefined ? undefined : (JSON.parse(text) as AppFile);
}

async function createSecrets(): Promise<AppFile> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const secret = (): string => randomBytes(24).toString('hex');
  return { appId: registration.id, privateKey, webhookSecret: secret(), fluxToken: secret(), apiUrl: '' };
}

import { statusOf } from './absent.ts';

/** The part of the client that the plugin uses; the client's type depends on the plugin. */
interface RenewableClient {
  readonly hook: {
    // biome-ignore lint/suspicious/noExplicitAny: Octokit's hooks are typed by name, and this one sees every request
    wrap(name: 'request', hook: (request: any, options: any) => unknown): void;
  };
  readonly auth: unknown;
}

interface TokenCache {
  clear(): void;
}

/**
 * Octokit plugin: if GitHub no longer accepts an installation's token, gets a new one and retries once. Tokens expire by
 * this machine's clock, which may have jumped, and may be revoked while a job runs.
 */
export function renewTokens({ hook, auth }: RenewableClient): void {
  hook.wrap('request', async (request, options) => {
    try {
      return await request(options);
    } catch (error) {
      if (statusOf(error) !== 401 || isOfApp(options.url)) throw error;
      const kept = await findCache(auth);
      if (!kept) throw error;
      kept.clear();
      return request(options);
    }
  });
}

/** Whether a request is the App's own, which is signed anew each time. */
function isOfApp(url: string): boolean {
  return /^(?:https?:\/\/[^/]+(?:\/api\/v3)?)?\/app(?:\/|$)/.test(url);
}

/** Finds the token cache of an installation's client; undefined for any other client. */
async function findCache(auth: unknown): Promise<TokenCache | undefined> {
  if (typeof auth !== 'function') return undefined;
  try {
    const state = (await auth({ type: 'installation', factory: (options: unknown) => options })) as {
      readonly cache?: Partial<TokenCache>;
      readonly installationId?: number;
    };
    const { cache, installationId } = state;
    return installationId !== undefined && typeof cache?.clear === 'function' ? (cache as TokenCache) : undefined;
  } catch {
    return undefined; // not an installation's client: there is no token to renew
  }
}

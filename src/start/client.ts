import { setTimeout as pause } from 'node:timers/promises';

/** A person's client of the sandbox's REST API, with that person's token. */
export interface Client {
  get<T>(path: string): Promise<T>;
  put<T>(path: string, body: object): Promise<T>;
  post<T>(path: string, body: object): Promise<T>;
}

/** Creates a client of the sandbox's repository for one of its users. */
export function createClient(apiUrl: string, token: string): Client {
  async function request<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${apiUrl}/repos/canary/shop${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, accept: 'application/vnd.github+json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!response.ok)
      throw new Error(`${method} ${path} was answered with ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  }
  return {
    get: (path) => request('GET', path),
    put: (path, body) => request('PUT', path, body),
    post: (path, body) => request('POST', path, body),
  };
}

/** Repeats a question until it has an answer. Throws after 30 s. */
export async function waitFor<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await pause(100);
  }
  throw new Error(`${what} did not appear within 30 s; run it with LOG_LEVEL=info to see why`);
}

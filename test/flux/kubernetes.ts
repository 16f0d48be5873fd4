import { readFile } from 'node:fs/promises';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { createInterface } from 'node:readline';
import { load } from 'js-yaml';

/** A Kubernetes object, as far as a test looks at one. */
export interface KubernetesObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly generation?: number;
    readonly resourceVersion: string;
    readonly deletionTimestamp?: string;
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

interface ObjectList {
  readonly items: readonly KubernetesObject[];
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'ERROR';
  readonly object: KubernetesObject;
}

/** The few things that a test asks of a Kubernetes API server. */
export interface Kubernetes {
  /** Undefined where there is no such object. */
  get(path: string): Promise<KubernetesObject | undefined>;
  /** All of a kind; none where it isn't known. */
  list(path: string): Promise<readonly KubernetesObject[]>;
  /** A merge patch. */
  patch(path: string, change: object): Promise<void>;
  /** Everything that is there, then every change, from when it resolves; `ended` is told when the server ends it. */
  watch(path: string, take: (event: WatchEvent) => void, ended: (why: string) => void): Promise<void>;
  close(): void;
}

interface Kubeconfig {
  readonly clusters: readonly [{ readonly cluster: { readonly server: string; 'certificate-authority': string } }];
  readonly users: readonly [{ readonly user: { readonly token: string } }];
}

const AGAIN = 200; // ms

/** A client for the cluster and user of a kubeconfig with one of each. */
export async function connectKubernetes(kubeconfig: string): Promise<Kubernetes> {
  const { clusters, users } = load(await readFile(kubeconfig, 'utf8')) as Kubeconfig;
  const [{ cluster }] = clusters;
  const agent = new Agent({ keepAlive: true, ca: await readFile(cluster['certificate-authority']) });
  const watches = new Set<ClientRequest>();
  let isClosed = false;

  const send = (method: string, path: string, type?: string): ClientRequest =>
    request(new URL(path, cluster.server), {
      method,
      agent,
      headers: { authorization: `Bearer ${users[0].user.token}`, ...(type ? { 'content-type': type } : {}) },
    });

  async function ask(method: string, path: string, change?: object): Promise<unknown> {
    const sent = send(method, path, change && 'application/merge-patch+json');
    const answered = new Promise<IncomingMessage>((resolve, reject) =>
      sent.on('response', resolve).on('error', reject),
    );
    sent.end(change && JSON.stringify(change));
    const response = await answered;
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    if (response.statusCode === 404) return undefined;
    if (response.statusCode !== 200) throw new Error(`${method} ${path} was answered with ${text}`);
    return JSON.parse(text);
  }

  return {
    get: (path) => ask('GET', path) as Promise<KubernetesObject | undefined>,
    list: async (path) => ((await ask('GET', path)) as ObjectList | undefined)?.items ?? [],
    patch: async (path, change) => {
      if (!(await ask('PATCH', path, change))) throw new Error(`there is no ${path} to patch`);
    },
    watch: (path, take, ended) =>
      new Promise((resolve) => {
        const end = (why: unknown): void => {
          if (!isClosed) ended(`the watch of ${path} ended: ${why}`);
        };
        const start = (): void => {
          const sent = send('GET', `${path}?watch=true`);
          watches.add(sent);
          sent.on('error', end).on('response', (response) => {
            if (response.statusCode !== 200) return void setTimeout(start, AGAIN).unref(); // a kind that is new to it
            response.on('error', end).on('close', () => end('closed'));
            const lines = createInterface({ input: response });
            lines.on('line', (line) => take(JSON.parse(line) as WatchEvent)).on('error', end);
            resolve();
          });
          sent.end();
        };
        start();
      }),
    close: () => {
      isClosed = true;
      for (const sent of watches) sent.destroy();
      agent.destroy();
    },
  };
}

import { createHash } from 'node:crypto';
import type { Cache } from './cache.ts';
import { githubGraphql } from './graphql.ts';
import type { GitHub, RepositoryName } from './octokit.ts';

/** A file content to read. */
export interface Blob {
  readonly id: string; // SHA
  readonly size: number | undefined; // bytes; undefined if no list named it
}

type Contents = ReadonlyMap<string, Uint8Array>;

// Limits of one GraphQL query: GitHub aborts a query after ten seconds.
const MAX_IN_QUERY = 100;
const MAX_BYTES_IN_QUERY = 1_000_000;
const MAX_QUERIES = 2;
/** Assumed size of a blob that no list named, in bytes. */
const LIKELY_SIZE = 10_000;
/** Maximum number of blobs read one by one. */
const MAX_SINGLE_READS = 1;
const MAX_REQUESTS = 8;

// Approximate memory of an object beside its bytes.
const OVERHEAD = 100;

/** Reads blobs: many in one GraphQL query, or one by one through REST if GraphQL is missing or would change a content. */
export function githubBlobs(
  octokit: GitHub,
  { owner, name }: RepositoryName,
  cache: Cache,
): {
  readonly fetch: (blobs: readonly Blob[]) => Promise<Contents>;
  /** Caches a text that is being written. */
  keep(text: string): void;
} {
  const keyOf = (id: string): string => `${owner}/${name} blob ${id}`;
  const ask = githubGraphql(octokit, { owner, name }, cache);

  async function loadOne(id: string): Promise<Uint8Array> {
    const { data } = await octokit.rest.git.getBlob({ owner, repo: name, file_sha: id });
    return new Uint8Array(Buffer.from(data.content, 'base64')); // a copy of its own: Node's small buffers share memory
  }

  async function fetchOne(id: string): Promise<readonly [string, Uint8Array]> {
    return [id, await cache.fetch(keyOf(id), () => loadOne(id), bytesOf)];
  }

  /** Loads the contents that GraphQL returns unchanged; the others are missing. */
  async function loadMany(blobs: readonly Blob[]): Promise<Contents> {
    const found = await ask<BlobAnswer>({ kind: 'blobs', query: queryOf(blobs) });
    return new Map(blobs.flatMap(({ id }, index) => contentIn(found?.[`b${index}`], id)));
  }

  async function loadBatch(blobs: readonly Blob[]): Promise<readonly (readonly [string, Uint8Array])[]> {
    const found = await loadMany(blobs);
    for (const [id, bytes] of found) cache.keep(keyOf(id), bytes, bytesOf(bytes));
    const missing = blobs.filter(({ id }) => !found.has(id));
    return [...found, ...(await mapSome(missing, MAX_REQUESTS, ({ id }) => fetchOne(id)))];
  }

  const fetch = async (blobs: readonly Blob[]): Promise<Contents> => {
    const kept = blobs.flatMap(({ id }) => {
      const bytes = cache.find<Uint8Array>(keyOf(id));
      return bytes ? [[id, bytes] as const] : [];
    });
    const known = new Map(kept);
    const missing = blobs.filter(({ id }) => !known.has(id));
    const loaded =
      missing.length <= MAX_SINGLE_READS
        ? await mapSome(missing, MAX_REQUESTS, ({ id }) => fetchOne(id))
        : (await mapSome(batchesOf(missing), MAX_QUERIES, loadBatch)).flat();
    return new Map([...kept, ...loaded]);
  };

  return {
    fetch,
    keep(text) {
      const bytes = new TextEncoder().encode(text);
      cache.keep(keyOf(blobId(text)), bytes, bytesOf(bytes));
    },
  };
}

type BlobAnswer = Readonly<Record<string, { readonly text?: string | null } | null>>;

/** The query for many blobs. */
function queryOf(blobs: readonly Blob[]): string {
  const fields = blobs.map(({ id }, index) => `b${index}: object(oid: ${JSON.stringify(id)}) { ... on Blob { text } }`);
  return `query ($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { ${fields.join(' ')} } }`;
}

/** The text if it is the blob's unchanged content: GraphQL changes binary bytes, a byte order mark and long texts. */
function contentIn(object: { readonly text?: string | null } | null | undefined, id: string) {
  const text = object?.text;
  return typeof text === 'string' && blobId(text) === id ? [[id, new TextEncoder().encode(text)] as const] : [];
}

/** The id that git gives to a file of this text. */
export function blobId(text: string): string {
  const bytes = Buffer.from(text);
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

function bytesOf(bytes: Uint8Array): number {
  return OVERHEAD + bytes.length;
}

function batchesOf(blobs: readonly Blob[]): readonly (readonly Blob[])[] {
  const batches: Blob[][] = [];
  let bytes = 0;
  for (const blob of blobs) {
    const size = blob.size ?? LIKELY_SIZE;
    const last = batches.at(-1);
    if (last && last.length < MAX_IN_QUERY && bytes + size <= MAX_BYTES_IN_QUERY) {
      last.push(blob);
      bytes += size;
    } else {
      batches.push([blob]);
      bytes = size;
    }
  }
  return batches;
}

/** Maps items asynchronously, at most `atOnce` at a time. */
export async function mapSome<T, R>(
  items: readonly T[],
  atOnce: number,
  map: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const work = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await map(item);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}

import { createHash } from 'node:crypto';
import type { Cache } from './cache.ts';
import { githubGraphql } from './graphql.ts';
import type { GitHub, RepositoryName } from './octokit.ts';

/** A content to read. */
export interface Blob {
  readonly id: string; // SHA
  readonly size: number | undefined; // bytes, where it was listed
}

type Contents = ReadonlyMap<string, Uint8Array>;

// What one GraphQL query asks for: GitHub gives up one that takes it more than ten seconds.
const MOST_IN_QUERY = 100;
const MOST_BYTES_IN_QUERY = 1_000_000;
const QUERIES_AT_ONCE = 2;
/** The size of a blob that no list named, in bytes. */
const LIKELY_SIZE = 10_000;
/** So few are read one by one: GraphQL shares its pace with writes. */
const FEW = 4;
const REQUESTS_AT_ONCE = 8;

// Roughly what an object costs beside its bytes.
const OVERHEAD = 100;

/** Reads blobs: many in one GraphQL query, and through REST where that has no such query or can't give a content as it is. */
export function githubBlobs(
  octokit: GitHub,
  { owner, name }: RepositoryName,
  cache: Cache,
): {
  readonly fetch: (blobs: readonly Blob[]) => Promise<Contents>;
  /** Keeps a text that is written now. */
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

  /** The contents that GraphQL gives as they are; the others are missing. */
  async function loadMany(blobs: readonly Blob[]): Promise<Contents> {
    const found = await ask<Answer>({ kind: 'blobs', query: queryOf(blobs) });
    return new Map(blobs.flatMap(({ id }, index) => contentIn(found?.[`b${index}`], id)));
  }

  async function loadBatch(blobs: readonly Blob[]): Promise<readonly (readonly [string, Uint8Array])[]> {
    const found = await loadMany(blobs);
    for (const [id, bytes] of found) cache.keep(keyOf(id), bytes, bytesOf(bytes));
    const missing = blobs.filter(({ id }) => !found.has(id));
    return [...found, ...(await mapSome(missing, REQUESTS_AT_ONCE, ({ id }) => fetchOne(id)))];
  }

  const fetch = async (blobs: readonly Blob[]): Promise<Contents> => {
    const kept = blobs.flatMap(({ id }) => {
      const bytes = cache.find<Uint8Array>(keyOf(id));
      return bytes ? [[id, bytes] as const] : [];
    });
    const known = new Map(kept);
    const missing = blobs.filter(({ id }) => !known.has(id));
    const loaded =
      missing.length <= FEW
        ? await mapSome(missing, REQUESTS_AT_ONCE, ({ id }) => fetchOne(id))
        : (await mapSome(batchesOf(missing), QUERIES_AT_ONCE, loadBatch)).flat();
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

type Answer = Readonly<Record<string, { readonly text?: string | null } | null>>;

/** One query for many blobs. */
function queryOf(blobs: readonly Blob[]): string {
  const fields = blobs.map(({ id }, index) => `b${index}: object(oid: ${JSON.stringify(id)}) { ... on Blob { text } }`);
  return `query ($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { ${fields.join(' ')} } }`;
}

/** A text that is the blob's very content: bytes that are no text, a byte order mark and long texts come changed. */
function contentIn(object: { readonly text?: string | null } | null | undefined, id: string) {
  const text = object?.text;
  return typeof text === 'string' && blobId(text) === id ? [[id, new TextEncoder().encode(text)] as const] : [];
}

/** What git names a file of this text. */
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
    if (last && last.length < MOST_IN_QUERY && bytes + size <= MOST_BYTES_IN_QUERY) {
      last.push(blob);
      bytes += size;
    } else {
      batches.push([blob]);
      bytes = size;
    }
  }
  return batches;
}

/** Like Promise.all over a map, but only so many at a time. */
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

/** A cache of values that never change. */
export interface Cache {
  /** The value of a key, loaded if it is not cached. Loads of one key at a time become one; a failed or empty load is not cached. */
  fetch<T>(key: string, load: () => Promise<T>, bytesOf: (value: T & {}) => number): Promise<T>;
  /** The value of a key if it is cached. */
  find<T>(key: string): T | undefined;
  /** Adds a value that is known already. */
  keep(key: string, value: unknown, bytes: number): void;
}

const DEFAULT_LIMIT = 64 * 1024 * 1024;

interface CacheEntry {
  readonly value: unknown;
  readonly bytes: number;
}

/** Creates a cache of at most `limit` bytes that drops the least recently used value first. */
export function createCache(limit = DEFAULT_LIMIT): Cache {
  const entries = new Map<string, CacheEntry>(); // the least recently used first
  const loading = new Map<string, Promise<unknown>>();
  let total = 0;

  function remove(key: string): void {
    total -= entries.get(key)?.bytes ?? 0;
    entries.delete(key);
  }

  function keep(key: string, value: unknown, bytes: number): void {
    remove(key);
    if (bytes > limit) return;
    entries.set(key, { value, bytes });
    total += bytes;
    for (const oldest of entries.keys()) {
      if (total <= limit) return;
      remove(oldest);
    }
  }

  async function load<T>(key: string, loader: () => Promise<T>, bytesOf: (value: T & {}) => number): Promise<T> {
    try {
      const value = await loader();
      if (value !== undefined && value !== null) keep(key, value, bytesOf(value));
      return value;
    } finally {
      loading.delete(key);
    }
  }

  function find<T>(key: string): T | undefined {
    const found = entries.get(key);
    if (!found) return undefined;
    entries.delete(key);
    entries.set(key, found);
    return found.value as T;
  }

  return {
    keep,
    find,
    fetch<T>(key: string, loader: () => Promise<T>, bytesOf: (value: T & {}) => number): Promise<T> {
      if (entries.has(key)) return Promise.resolve(find<T>(key) as T);
      const started = loading.get(key) ?? load(key, loader, bytesOf);
      loading.set(key, started);
      return started as Promise<T>;
    },
  };
}

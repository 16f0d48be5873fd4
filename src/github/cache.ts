/** Keeps what never changes under its key. */
export interface Cache {
  /** The value of a key, loaded where it isn't kept. Equal loads at the same time are one; a failed or empty one isn't kept. */
  fetch<T>(key: string, load: () => Promise<T>, bytesOf: (value: T & {}) => number): Promise<T>;
  /** The value of a key, where it is kept. */
  find<T>(key: string): T | undefined;
  /** Keeps a value that is known already. */
  keep(key: string, value: unknown, bytes: number): void;
}

const DEFAULT_LIMIT = 64 * 1024 * 1024;

interface Kept {
  readonly value: unknown;
  readonly bytes: number;
}

/** A cache of so many bytes at most; what was used longest ago goes first. */
export function createCache(limit = DEFAULT_LIMIT): Cache {
  const kept = new Map<string, Kept>(); // the least recently used first
  const loading = new Map<string, Promise<unknown>>();
  let total = 0;

  function remove(key: string): void {
    total -= kept.get(key)?.bytes ?? 0;
    kept.delete(key);
  }

  function keep(key: string, value: unknown, bytes: number): void {
    remove(key);
    if (bytes > limit) return;
    kept.set(key, { value, bytes });
    total += bytes;
    for (const oldest of kept.keys()) {
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
    const found = kept.get(key);
    if (!found) return undefined;
    kept.delete(key);
    kept.set(key, found);
    return found.value as T;
  }

  return {
    keep,
    find,
    fetch<T>(key: string, loader: () => Promise<T>, bytesOf: (value: T & {}) => number): Promise<T> {
      if (kept.has(key)) return Promise.resolve(find<T>(key) as T);
      const started = loading.get(key) ?? load(key, loader, bytesOf);
      loading.set(key, started);
      return started as Promise<T>;
    },
  };
}

import type { FileTree, Ports } from './ports.ts';

/** Fetches what belongs to a key once, however often and however soon it is asked for. */
export function remembered<Key, Value>(fetch: (key: Key) => Promise<Value>): (key: Key) => Promise<Value> {
  const known = new Map<Key, Promise<Value>>();
  return (key) => {
    const found = known.get(key) ?? fetch(key);
    known.set(key, found);
    return found;
  };
}

type Read = FileTree['read'];

/** Reads what is asked for in one turn at once: of thousands of releases that are looked at together, too. */
export function atOnce(read: Read): Read {
  let next: { readonly ids: Set<string>; readonly contents: ReturnType<Read> } | undefined;
  return (wanted) => {
    if (!next) {
      const ids = new Set<string>();
      const contents = Promise.resolve().then(() => {
        next = undefined;
        return ids.size === 0 ? new Map() : read([...ids]);
      });
      next = { ids, contents };
    }
    for (const id of wanted) next.ids.add(id);
    return next.contents;
  };
}

/** The same ports for making one plan: however often it looks where a ref is, it sees one moment, and asks once. */
export function lookingOnce<P extends Pick<Ports, 'repository'>>(ports: P): P {
  const { repository } = ports;
  const fetchTip = remembered((ref: string) => repository.fetchCommit(ref));
  const fetchCommit = (rev: string) => (rev.startsWith('refs/') ? fetchTip(rev) : repository.fetchCommit(rev));
  // Whatever else it has is the repository's own, though that may be one whose functions are made when they are asked for.
  const once: Ports['repository'] = Object.create(repository, { fetchCommit: { value: fetchCommit } });
  return { ...ports, repository: once };
}

import type { FileTree } from '../../src/flows/ports.ts';
import { blobId } from '../../src/github/blobs.ts';

/** Files at rest, in memory: what a flow's test gives in place of a commit. */
export function memoryTree(files: ReadonlyMap<string, string>): FileTree {
  const encoder = new TextEncoder();
  const contents = new Map([...files.values()].map((text) => [blobId(text), encoder.encode(text)]));
  return {
    idOf: blobId,
    async list(folder) {
      const inside = [...files].filter(([path]) => folder === '' || path.startsWith(`${folder}/`));
      return new Map(inside.map(([path, text]) => [path, { id: blobId(text), size: encoder.encode(text).length }]));
    },
    async read(ids) {
      return new Map(
        ids.map((id) => {
          const bytes = contents.get(id);
          if (!bytes) throw new Error(`${id} is not in this tree`);
          return [id, bytes];
        }),
      );
    },
  };
}

/** A repository in which nothing is published yet, as far as a comparison asks. */
export const NOTHING_PUBLISHED = {
  fetchCommit: async () => undefined,
  fetchFirstParents: async () => [],
  fetchLog: async () => [],
  treeOf: () => memoryTree(new Map()),
};

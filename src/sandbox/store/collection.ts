import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from './files.ts';
import { createSerial } from './serial.ts';

/** Rows of one kind, each a small JSON file named by its id, so that a change writes one file. */
export class Collection<Row extends { readonly id: number }> {
  readonly #folder: string;
  readonly #rows = new Map<number, Row>();
  readonly #serial = createSerial();
  #last = 0;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Opens the rows in a folder; ignores incomplete files of a killed process, which are overwritten later. */
  static async open<Row extends { readonly id: number }>(folder: string): Promise<Collection<Row>> {
    await mkdir(folder, { recursive: true });
    const collection = new Collection<Row>(folder);
    const names = (await readdir(folder)).filter((name) => /^\d+\.json$/.test(name));
    for (const id of names.map((name) => Number.parseInt(name, 10)).sort((a, b) => a - b)) {
      const row = await readRow<Row>(join(folder, `${id}.json`));
      if (row) collection.#rows.set(id, row);
      collection.#last = id;
    }
    return collection;
  }

  /** All rows, oldest first. */
  all(): Row[] {
    return [...this.#rows.values()];
  }

  get(id: number): Row | undefined {
    return this.#rows.get(id);
  }

  /** Adds a row with the next id; it is on disk when the promise resolves. */
  async add(make: (id: number) => Row): Promise<Row> {
    this.#last += 1;
    return this.put(make(this.#last));
  }

  async put(row: Row): Promise<Row> {
    await this.#write(row.id, row); // first, so that a row that a full disk refused is not read either
    this.#rows.set(row.id, row);
    return row;
  }

  /** Removes a row. The newest one leaves an empty file, so that its id is never used again. */
  async remove(id: number): Promise<void> {
    if (id === this.#last) await this.#write(id, null);
    else await this.#serial(() => rm(this.#path(id), { force: true }));
    this.#rows.delete(id);
  }

  #write(id: number, row: Row | null): Promise<void> {
    return this.#serial(() => replaceFile(this.#path(id), `${JSON.stringify(row)}\n`));
  }

  #path(id: number): string {
    return join(this.#folder, `${id}.json`);
  }
}

async function readRow<Row>(path: string): Promise<Row | null> {
  const text = await readFile(path, 'utf8');
  try {
    return JSON.parse(text) as Row | null;
  } catch (cause) {
    throw new Error(`cannot read ${path}: it is not a file that the sandbox wrote`, { cause });
  }
}

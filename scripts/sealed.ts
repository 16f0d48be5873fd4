import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Adds a digest of a JSON text as its last line, so that `--check` finds an edit by hand. */
export function seal(text: string): string {
  return text.replace(/\n\}\n$/, `,\n"x-digest":"${digest(text)}"\n}\n`);
}

/** Whether a text is unchanged since `seal` wrote it. */
export function isSealed(text: string): boolean {
  return seal(text.replace(/,\n"x-digest":"[0-9a-f]+"\n\}\n$/, '\n}\n')) === text;
}

/** A digest of all files of a folder, which identifies the scripts that wrote a file. */
export function digestOf(folder: string): string {
  const scripts = readdirSync(folder)
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  return digest(scripts.join('\n'));
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

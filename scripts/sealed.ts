import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The text of a JSON file with a digest of itself in its last line, so that an edit by hand is seen. */
export function sealed(text: string): string {
  return text.replace(/\n\}\n$/, `,\n"x-digest":"${digest(text)}"\n}\n`);
}

/** Whether a text is as `sealed` made it. */
export function isSealed(text: string): boolean {
  return sealed(text.replace(/,\n"x-digest":"[0-9a-f]+"\n\}\n$/, '\n}\n')) === text;
}

/** A digest of all files of a folder: which scripts a file was made by. */
export function digestOf(folder: string): string {
  const scripts = readdirSync(folder)
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  return digest(scripts.join('\n'));
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

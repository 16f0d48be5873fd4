import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

// The least that writing a tree can take: reads every file of one folder and writes it below another.
const [from = '', to = ''] = process.argv.slice(2);
const made = new Set<string>();
for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const file = join(entry.parentPath, entry.name);
  const target = join(to, relative(from, file));
  if (!made.has(dirname(target))) mkdirSync(dirname(target), { recursive: true });
  made.add(dirname(target));
  writeFileSync(target, readFileSync(file));
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump, load } from 'js-yaml';

// The minimum of work: reads every values file, loads it, and dumps as many objects as were rendered from it.
const [folder = '', sample = ''] = process.argv.slice(2);
const objects: readonly unknown[] = JSON.parse(readFileSync(sample, 'utf8'));
const values = join(folder, 'charts-values');
for (const name of readdirSync(values)) {
  load(readFileSync(join(values, name), 'utf8'));
  process.stdout.write(objects.map((object) => `---\n${dump(object)}`).join(''));
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileTargets } from '../core/targets/targets.ts';

const folder = import.meta.dirname;

const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());

/** Everything that renders, with the templates of this folder by their path without ending ('kubernetes/deployment'). */
export const targets = compileTargets(
  new Map(
    folders.flatMap(({ name }) =>
      readdirSync(join(folder, name)).map((file) => {
        return [`${name}/${file.replace(/\.hbs$/, '')}`, readFileSync(join(folder, name, file), 'utf8')] as const;
      }),
    ),
  ),
);

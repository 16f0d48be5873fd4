import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Charts, compileCharts } from '../core/targets/charts.ts';

const folder = import.meta.dirname;

/** The templates of this folder by their path without ending ('gloo/routetable'), compiled. */
export const charts: Charts = compileCharts(
  new Map(
    ['kubernetes', 'gloo', 'flux'].flatMap((target) =>
      readdirSync(join(folder, target)).map((file) => {
        return [`${target}/${file.replace(/\.hbs$/, '')}`, readFileSync(join(folder, target, file), 'utf8')] as const;
      }),
    ),
  ),
);

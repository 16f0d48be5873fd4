import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RenderTarget } from '../../../src/core/targets/target.ts';

/** The list of targets with one line more, for `vi.mock` of src/core/targets/list.ts. */
export async function listWithTiny(
  original: () => Promise<{ readonly TARGETS: readonly RenderTarget[] }>,
): Promise<object> {
  const [{ TARGETS }, { tiny }] = await Promise.all([original(), import('./target.ts')]);
  return { TARGETS: [tiny, ...TARGETS] };
}

/** All templates and one more, for `vi.mock` of src/charts/targets.ts. */
export async function targetsWithTiny(): Promise<object> {
  const { compileTargets } = await import('../../../src/core/targets/targets.ts');
  const folder = join(import.meta.dirname, '../../../src/charts');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.hbs'));
  const own = files.map((file) => [file.replace(/\.hbs$/, ''), readFileSync(join(folder, file), 'utf8')] as const);
  const template = readFileSync(join(import.meta.dirname, 'weights.hbs'), 'utf8');
  return { targets: compileTargets(new Map([...own, ['tiny/weights', template]])) };
}

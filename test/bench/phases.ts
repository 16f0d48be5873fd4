import { targets } from '../../src/charts/targets.ts';
import { readValues } from '../../src/core/build/read-values.ts';
import { readSettings } from '../../src/core/settings/read.ts';
import { guard } from '../../src/core/targets/guard.ts';
import { objectFiles } from '../../src/core/targets/manifest-set.ts';
import { renderRelease, targetOf } from '../../src/core/targets/targets.ts';
import { parseYaml } from '../../src/core/yaml/document.ts';
import { nameOf, valuesOf } from './repository.ts';

/** Where the time goes, in milliseconds for each release, within one process that is warm. */
export function timePhases(releases: number): Readonly<Record<string, number>> {
  const settings = readSettings(undefined);
  if (!settings.ok) throw new Error('the default settings are valid');
  const spent = { read: 0, check: 0, render: 0, guard: 0, serialize: 0 };
  const timed = <T>(phase: keyof typeof spent, work: () => T): T => {
    const started = performance.now();
    const result = work();
    spent[phase] += performance.now() - started;
    return result;
  };
  const encoder = new TextEncoder();
  for (let index = 0; index < releases; index++) {
    const name = nameOf(index);
    const values = {
      file: `charts-values/${name}.yaml`,
      id: { name, namespace: name },
      bytes: encoder.encode(valuesOf(index)),
    };
    timed('read', () => parseYaml(values.file, values.bytes));
    const read = timed('check', () => readValues(values, settings.value));
    if (!read.ok || !read.draft) throw new Error(`${name} is valid`);
    const { value: release, draft } = read;
    const target = targetOf(release.apiGroup, settings.value);
    const rendered = timed('render', () => renderRelease(release, target, targets));
    timed('guard', () => guard({ release, objects: rendered, target, draft, settings: settings.value, said: [] }));
    timed('serialize', () => objectFiles(release, rendered));
  }
  // Checking reads the file once more: what reading takes is taken off.
  const each = { ...spent, check: Math.max(0, spent.check - spent.read) };
  return Object.fromEntries(Object.entries(each).map(([phase, time]) => [phase, time / releases]));
}

import type { Fields } from './fields.ts';

/**
 * What a version comes to with defaults under it: the later layer wins, maps are merged key by key, lists and scalars
 * are replaced whole. `env` may be a map in one layer and a list in another; it is merged by name.
 */
export function layered(layers: readonly Fields[]): Fields {
  return layers.filter((layer) => Object.keys(layer).length > 0).reduce(over, {});
}

function over(under: Fields, above: Fields): Fields {
  const merged: Record<string, unknown> = Object.create(null);
  Object.assign(merged, under);
  for (const [key, value] of Object.entries(above)) merged[key] = merge(key, under[key], value);
  return merged;
}

function merge(key: string, under: unknown, above: unknown): unknown {
  if (key === 'env' && (Array.isArray(under) || Array.isArray(above))) return mergeEnv(under, above);
  return isMap(under) && isMap(above) ? over(under, above) : above;
}

function mergeEnv(under: unknown, above: unknown): unknown {
  const later = envList(above);
  const named = new Set(later.map(nameIn));
  return [...envList(under).filter((item) => !named.has(nameIn(item))), ...later];
}

function envList(env: unknown): readonly unknown[] {
  if (Array.isArray(env)) return env;
  return isMap(env) ? Object.entries(env).map(([name, value]) => ({ name, value })) : [];
}

function nameIn(item: unknown): unknown {
  return isMap(item) ? item.name : item;
}

function isMap(value: unknown): value is Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

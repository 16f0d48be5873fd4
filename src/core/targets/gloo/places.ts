import type { Manifest } from '../../model/manifest.ts';
import type { PlacesOf } from '../written-place.ts';

/** The place in the values that a place in an Upstream or RouteTable speaks of; undefined for other kinds. */
export function placesInGloo({ kind }: Manifest): PlacesOf | undefined {
  switch (kind) {
    case 'Upstream':
      return (keys) => (keys.at(-1) === 'servicePort' ? ['service', 'port'] : []);
    case 'RouteTable':
      return inRouteTable;
    default:
      return undefined;
  }
}

const inRouteTable: PlacesOf = (keys) => {
  if (keys.includes('apiGroup')) return ['routes', 'apiGroup'];
  if (keys.includes('headers')) return ['routes', 'canary', 'headers'];
  if (keys.includes('weight')) return ['routes', 'canary', 'weight'];
  if (keys.includes('shadowing')) return ['routes', 'shadow'];
  return keys.includes('matchers') || keys.includes('prefixRewrite') ? ['routes', 'paths'] : [];
};

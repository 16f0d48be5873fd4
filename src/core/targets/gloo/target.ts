import type { SchemaObject } from 'ajv/dist/2020.js';
import schema from '../../../../schemas/gloo.schema.json' with { type: 'json' };
import { definitionsOf } from '../../schema/definitions.ts';
import type { RenderTarget } from '../target.ts';
import { explainInGloo } from './explain.ts';
import { placesInGloo } from './places.ts';
import { readRoutes, serviceOf, upstreamsIn } from './read.ts';
import { renderedUpstreams, renderGloo, renderGlooDomain } from './render.ts';
import { writeRouting } from './write.ts';

const check = definitionsOf(schema as SchemaObject);

/** Gloo Edge: RouteTables that a VirtualService delegates to name Upstreams, which stand on Services. */
export const gloo: RenderTarget = {
  name: 'gloo',
  kinds: [
    { kind: 'Upstream', group: 'gloo.solo.io', resource: 'upstreams' },
    { kind: 'RouteTable', group: 'gateway.solo.io', resource: 'routetables' },
  ],
  domainKinds: [{ kind: 'VirtualService', group: 'gateway.solo.io', resource: 'virtualservices' }],
  schemas: { 'gateway.solo.io/v1': check, 'gloo.solo.io/v1': check },
  serves: () => true,
  render: renderGloo,
  renderDomain: (domain, fill) => [renderGlooDomain(domain, fill)],
  placesIn: placesInGloo,
  readRoutes,
  writeRouting,
  serviceOf,
  offeredBy: renderedUpstreams,
  offeredIn: upstreamsIn,
  explain: explainInGloo,
};

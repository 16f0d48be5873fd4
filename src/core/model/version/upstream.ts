import { readMap, readText } from '../shapes.ts';
import { versionField } from './field.ts';

/** A backend that routes may name, by its own name. */
export interface UpstreamRef {
  readonly name: string;
  readonly namespace: string;
}

/** Where Gloo puts the upstreams that it discovers. */
export const DISCOVERY_NAMESPACE = 'gloo-system';

/** It exists already: nothing is deployed for this version. */
export const upstream = versionField({
  schema: {
    title: 'Upstream',
    description:
      "This version is an upstream that exists already (discovered, static, another team's): nothing is deployed for it. The settings must know it (upstreams).",
    type: 'object',
    required: ['name'],
    additionalProperties: false,
    properties: {
      name: {
        title: 'Name of the upstream',
        description: "Of Gloo's Upstream; discovery names them <namespace>-<service>-<port>.",
        type: 'string',
        minLength: 1,
        examples: ['default-petstore-v1-8080'],
      },
      namespace: {
        title: 'Namespace of the upstream',
        description: "Where the Upstream is; discovery writes to Gloo's own namespace.",
        type: 'string',
        minLength: 1,
        default: DISCOVERY_NAMESPACE,
        examples: [DISCOVERY_NAMESPACE],
      },
    },
    examples: [{ name: 'default-petstore-v1-8080' }],
  },
  read: (written): UpstreamRef | undefined => {
    const { name, namespace } = readMap(written) ?? {};
    const read = readText(name);
    return read === undefined ? undefined : { name: read, namespace: readText(namespace) ?? DISCOVERY_NAMESPACE };
  },
  goesTo: 'version',
});

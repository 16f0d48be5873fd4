import { readMap, readTexts } from '../shapes.ts';
import { versionField } from './field.ts';

/** Of the pods, beside `app` and `version`. */
export const labels = versionField({
  schema: {
    title: 'Labels',
    description: 'Labels of the pods, beside the two that pick a version.',
    type: 'object',
    propertyNames: { type: 'string', not: { enum: ['app', 'version', 'app.kubernetes.io/managed-by'] } },
    additionalProperties: { type: 'string' },
    examples: [{ team: 'payments' }],
  },
  read: readTexts,
  complete: (written) => written ?? {},
  goesTo: 'version',
});

export const annotations = versionField({
  schema: {
    title: 'Annotations',
    description: 'Annotations of the pods.',
    type: 'object',
    additionalProperties: { type: 'string' },
    examples: [{ 'prometheus.io/scrape': 'true' }],
  },
  read: readTexts,
  complete: (written) => written ?? {},
  goesTo: 'version',
});

/** Every field of the container that is no field of the version. `npm run schemas` adds them to the schema. */
export const container = versionField({
  schema: {
    title: 'More of the container',
    description: "Any further field of the container, as in Kubernetes; ports come beside the service's.",
    type: 'object',
    properties: {
      ports: {
        title: 'More ports',
        description: "Ports of the container beside the service's.",
        type: 'array',
        items: { type: 'object', $ref: 'kubernetes.schema.json#/$defs/ContainerPort' },
        examples: [[{ name: 'metrics', containerPort: 9090 }]],
      },
    },
    examples: [{ lifecycle: { preStop: { sleep: { seconds: 5 } } } }],
  },
  read: readMap,
  goesTo: 'container.*',
});

/** Every field of the pod beside its containers. `npm run schemas` adds them to the schema. */
export const pod = versionField({
  schema: {
    title: 'More of the pod',
    description: 'Any further field of the pod, as in Kubernetes.',
    type: 'object',
    examples: [{ serviceAccountName: 'echo', securityContext: { runAsNonRoot: true } }],
  },
  read: readMap,
  goesTo: 'pod.*',
});

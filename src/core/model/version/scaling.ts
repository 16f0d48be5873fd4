import { only, readMap, readText, readWholeNumber } from '../shapes.ts';
import { versionField } from './field.ts';

const MOST_PODS = 2147483647;

/** None in the release where an autoscaler decides. */
export const replicas = versionField({
  schema: {
    title: 'Replicas',
    description: 'How many pods run.',
    type: 'integer',
    minimum: 0,
    maximum: MOST_PODS,
    default: 1,
    examples: [1, 3],
  },
  read: readWholeNumber,
  complete: (written, { siblings }) => (siblings.autoscaling === undefined ? (written ?? 1) : undefined),
  goesTo: 'version',
});

interface WrittenAutoscaling {
  readonly min?: number;
  readonly max?: number;
  readonly cpu?: number;
}

interface Autoscaling {
  readonly min: number;
  readonly max: number;
  readonly cpu: number; // percent of the request
}

/** Percent of the requested CPU at which the autoscaler adds pods. */
const CPU = 80;

export const autoscaling = versionField({
  schema: {
    title: 'Autoscaling',
    description: 'A HorizontalPodAutoscaler by CPU. The Deployment then has no number of replicas.',
    type: 'object',
    required: ['max'],
    additionalProperties: false,
    properties: {
      min: {
        title: 'Fewest pods',
        description: 'The autoscaler goes down to this many pods.',
        type: 'integer',
        minimum: 1,
        maximum: MOST_PODS,
        default: 1,
        examples: [2],
      },
      max: {
        title: 'Most pods',
        description: 'The autoscaler goes up to this many pods.',
        type: 'integer',
        minimum: 1,
        maximum: MOST_PODS,
        examples: [10],
      },
      cpu: {
        title: 'CPU',
        description: 'Percent of the requested CPU that the pods should use on average.',
        type: 'integer',
        minimum: 1,
        maximum: 1000,
        default: CPU,
        examples: [70],
      },
    },
    examples: [{ min: 2, max: 10, cpu: 70 }],
  },
  read: (written): WrittenAutoscaling | undefined => {
    const map = readMap(written);
    if (!map) return undefined;
    const [min, max, cpu] = [map.min, map.max, map.cpu].map(readWholeNumber);
    return { ...only('min', min), ...only('max', max), ...only('cpu', cpu) };
  },
  complete: (written): Autoscaling | undefined => {
    if (!written) return undefined;
    const { min = 1, max = min, cpu = CPU } = written;
    return { min, max, cpu };
  },
  goesTo: 'version',
});

export const disruption = versionField({
  schema: {
    title: 'Disruption',
    description: 'A PodDisruptionBudget: how many pods must stay while nodes are drained.',
    type: 'object',
    required: ['minAvailable'],
    additionalProperties: false,
    properties: {
      minAvailable: {
        title: 'Fewest available',
        description: 'A number, or a percentage of the pods.',
        type: ['integer', 'string'],
        minimum: 0,
        pattern: '^(100|[1-9]?[0-9])%$',
        examples: [1, '50%'],
      },
    },
    examples: [{ minAvailable: 1 }],
  },
  read: (written): { readonly minAvailable: number | string } | undefined => {
    const { minAvailable } = readMap(written) ?? {};
    const read = readWholeNumber(minAvailable) ?? readText(minAvailable);
    return read === undefined ? undefined : { minAvailable: read };
  },
  goesTo: 'version',
});

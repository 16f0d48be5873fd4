import { only, readMap } from '../shapes.ts';
import { versionField } from './field.ts';

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: unknown; // as in Kubernetes, checked by the schema
}

export const env = versionField({
  schema: {
    title: 'Environment',
    description: 'A map of names to values, or a list as in Kubernetes.',
    type: ['object', 'array'],
    propertyNames: { $ref: '#/$defs/envName' },
    additionalProperties: { type: ['string', 'integer', 'boolean'] },
    items: { $ref: '#/$defs/envVar' },
    examples: [{ LOG_LEVEL: 'info', PORT: 8080 }],
  },
  read: readVariables,
  complete: (written) => written ?? [],
  goesTo: 'version',
  isOfContainer: true,
});

function readVariables(written: unknown): readonly EnvVar[] | undefined {
  if (Array.isArray(written)) {
    return written.flatMap((item) => {
      const { name, value, valueFrom } = readMap(item) ?? {};
      if (typeof name !== 'string') return [];
      return [{ name, ...only('value', asWritten(value)), ...only('valueFrom', valueFrom) }];
    });
  }
  const map = readMap(written);
  return map && Object.entries(map).map(([name, value]) => ({ name, value: asWritten(value) ?? '' }));
}

/** The value of a variable: integers and booleans as they were written. */
function asWritten(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

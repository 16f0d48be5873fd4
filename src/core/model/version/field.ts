import type { Fields } from '../fields.ts';
import { readMap } from '../shapes.ts';

/**
 * One field of a version, declared once: the draft takes what `read` makes of it, the release what `complete` makes of
 * that, schemas/values.schema.json has its `schema` (npm run schemas), and docs/values.md is held against that.
 */
export interface VersionField<Written, Completed, To extends FieldPlace> {
  readonly schema: Fields; // JSON Schema, with title, description, examples and default
  /** Takes a value of the right shape; undefined for one of another shape. */
  read(written: unknown): Written | undefined;
  readonly goesTo: To;
  /** Fills in the default; without it the value stays as it was read. */
  complete?(written: Written | undefined, around: FieldSurroundings): Completed;
  /** It is a field of the container by the same name, also where it goes to the version. */
  readonly isOfContainer?: true;
}

/**
 * Where a field goes in the release: to the version itself, whose members templates and targets know by name; to the
 * container or the pod, as Kubernetes has it; or its members go there, each as a field.
 */
export type FieldPlace = 'version' | 'container' | 'pod' | 'container.*' | 'pod.*';

/** What a default may depend on. */
export interface FieldSurroundings {
  readonly siblings: Fields; // all fields of the version, as they were read
  readonly fullName: string; // of its Deployment
  readonly targetPort: number; // of the Service
}

/** Declares a field of a version. */
export function versionField<Written, const To extends FieldPlace, Completed = Written | undefined>(
  declared: VersionField<Written, Completed, To>,
): VersionField<Written, Completed, To> {
  return declared;
}

/** A field that is passed on to the container as it is, and described by Kubernetes' own schema. */
export function asInKubernetes(definition: string, { examples, ...schema }: Fields) {
  return versionField({
    schema: { ...schema, type: 'object', $ref: `kubernetes.schema.json#/$defs/${definition}`, examples },
    read: readMap,
    goesTo: 'container',
  });
}

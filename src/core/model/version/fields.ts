import type { Fields } from '../fields.ts';
import { env } from './env.ts';
import type { FieldPlace, FieldSurroundings, VersionField } from './field.ts';
import { args, image, imagePullPolicy } from './image.ts';
import { annotations, container, labels, pod } from './pod.ts';
import { livenessProbe, readinessProbe, resources, startupProbe } from './resources.ts';
import { autoscaling, disruption, replicas } from './scaling.ts';
import { upstream } from './upstream.ts';

/** Every field of a version, in the order in which editors offer them. A new one is a declaration and a line here. */
const DECLARED = {
  image,
  args,
  env,
  replicas,
  imagePullPolicy,
  resources,
  readinessProbe,
  livenessProbe,
  startupProbe,
  labels,
  annotations,
  container,
  pod,
  autoscaling,
  disruption,
  upstream,
};

type Declared = typeof DECLARED;
type WrittenBy<F> = F extends VersionField<infer Written, infer _C, infer _T> ? Written : never;
type CompletedBy<F> = F extends VersionField<infer _W, infer Completed, infer _T> ? Completed : never;
type MemberName = { [K in keyof Declared]: Declared[K]['goesTo'] extends 'version' ? K : never }[keyof Declared];

/** What an author wrote for one version, with the defaults under it, as far as it has the right shape. */
export type WrittenFields = { readonly [K in keyof Declared]?: WrittenBy<Declared[K]> };

/** The fields that are members of a version, with their defaults. */
export type MemberFields = {
  readonly [K in MemberName as undefined extends CompletedBy<Declared[K]> ? never : K]: CompletedBy<Declared[K]>;
} & {
  readonly [K in MemberName as undefined extends CompletedBy<Declared[K]> ? K : never]?: Exclude<
    CompletedBy<Declared[K]>,
    undefined
  >;
};

/** The declarations by the names of their fields. */
export const VERSION_FIELDS: ReadonlyMap<string, VersionField<unknown, unknown, FieldPlace>> = new Map(
  Object.entries(DECLARED),
);

/** The names of the fields that go to one place. */
export function fieldsThatGoTo(place: FieldPlace): readonly string[] {
  return [...VERSION_FIELDS].flatMap(([name, { goesTo }]) => (goesTo === place ? [name] : []));
}

/** The fields of the container that are the version's own; any other is below `container`. */
export const CONTAINER_FIELDS: ReadonlySet<string> = new Set(
  [...VERSION_FIELDS].flatMap(([name, { goesTo, isOfContainer }]) => {
    return goesTo === 'container' || isOfContainer ? [name] : [];
  }),
);

/** The fields of the pod that are the version's own; any other is below `pod`. */
export const POD_FIELDS: ReadonlySet<string> = new Set(fieldsThatGoTo('pod'));

/** Takes every field of the right shape. */
export function readFields(written: Fields): WrittenFields {
  const fields: Record<string, unknown> = {};
  for (const [name, field] of VERSION_FIELDS) {
    const read = field.read(written[name]);
    if (read !== undefined) fields[name] = read;
  }
  return fields;
}

/** A version's fields with their defaults, each where it goes. */
interface CompletedFields {
  readonly members: MemberFields;
  readonly container: Fields;
  readonly pod: Fields;
}

/** Fills in the defaults. A field of its own wins over a member of the same name below `container` or `pod`. */
export function completeFields(written: WrittenFields, around: Omit<FieldSurroundings, 'siblings'>): CompletedFields {
  const siblings: Fields = { ...written };
  const completed = new Map<FieldPlace, Fields>();
  for (const [name, field] of VERSION_FIELDS) {
    const read = siblings[name];
    const value = field.complete ? field.complete(read, { ...around, siblings }) : read;
    if (value === undefined) continue;
    const added = field.goesTo.endsWith('.*') ? (value as Fields) : { [name]: value };
    completed.set(field.goesTo, { ...completed.get(field.goesTo), ...added });
  }
  return {
    members: { ...completed.get('version') } as MemberFields,
    container: { ...completed.get('container.*'), ...completed.get('container') },
    pod: { ...completed.get('pod.*'), ...completed.get('pod') },
  };
}

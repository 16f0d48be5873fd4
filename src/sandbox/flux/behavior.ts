import { ApiError } from '../http.ts';

/** An object that fails on request. */
export type FluxFault =
  | { readonly deployment: string; readonly message?: string; readonly early?: boolean } // echo/echo-v2 never gets ready
  | { readonly object: string; readonly message?: string }; // RouteTable/echo/echo-routes is rejected

/** The behaviour of the sandbox's Flux. */
export interface FluxBehavior {
  readonly delay: string; // from a push to its application
  readonly ready: string; // from there until Deployments are ready, or Flux gives up
  readonly suspended: boolean;
  readonly skip: number; // number of the next commits that Flux misses
  readonly drop: number; // number of the next events that are lost
  readonly repeat: number; // number of further copies of each event
  readonly fail: readonly FluxFault[];
  readonly cluster: string; // the cluster's name in the Alert's `eventMetadata`; empty: none
}

export const DEFAULT_BEHAVIOR: FluxBehavior = {
  delay: '1s',
  ready: '2s',
  suspended: false,
  skip: 0,
  drop: 0,
  repeat: 0,
  fail: [],
  cluster: '',
};

const MAX_COUNT = 1000;
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A duration such as `500ms`, `2s` or `5m` in milliseconds; undefined for anything else. */
function millisecondsIn(text: unknown): number | undefined {
  const [, count, unit = ''] = /^([0-9]{1,4})(ms|s|m|h)$/.exec(typeof text === 'string' ? text : '') ?? [];
  return count === undefined ? undefined : Number(count) * (UNITS[unit] ?? 1);
}

/** Milliseconds of a duration that is known to be valid. */
export function delayOf(text: string): number {
  return millisecondsIn(text) ?? 0;
}

const isDuration = (value: unknown) => millisecondsIn(value) !== undefined;
const isCount = (value: unknown) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MAX_COUNT;

const FIELDS: Readonly<Record<keyof FluxBehavior, readonly [takes: string, isRight: (value: unknown) => boolean]>> = {
  delay: ['a duration such as 2s', isDuration],
  ready: ['a duration such as 2s', isDuration],
  suspended: ['true or false', (value) => typeof value === 'boolean'],
  skip: [`a number up to ${MAX_COUNT}`, isCount],
  drop: [`a number up to ${MAX_COUNT}`, isCount],
  repeat: [`a number up to ${MAX_COUNT}`, isCount],
  fail: [
    '{deployment: NAMESPACE/NAME} or {object: KIND/NAMESPACE/NAME}, with a message; several in a list; [] for none',
    (value) => listOf(value).every(isFault),
  ],
  cluster: ['a name', (value) => typeof value === 'string' && /^[A-Za-z0-9._-]{0,63}$/.test(value)],
};

/** Applies a request's changes to the behaviour. Throws 422 with the possible values of a wrong field. */
export function readBehavior(before: FluxBehavior, body: Readonly<Record<string, unknown>>): FluxBehavior {
  for (const [name, value] of Object.entries(body)) {
    const field = Object.hasOwn(FIELDS, name) ? FIELDS[name as keyof FluxBehavior] : undefined;
    if (!field)
      throw new ApiError(422, `Unknown field "${name.slice(0, 100)}"; known fields: ${Object.keys(FIELDS).join(', ')}`);
    const [takes, isRight] = field;
    if (!isRight(value)) throw new ApiError(422, `"${name}" takes ${takes}`);
  }
  const told = { ...before, ...(body as Partial<FluxBehavior>) };
  return { ...told, fail: listOf(told.fail) as readonly FluxFault[] };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function isFault(value: unknown): boolean {
  const { deployment, object, message = '', early = false } = { ...(value as object) } as Record<string, unknown>;
  const named = [deployment, object].filter((name) => name !== undefined);
  return (
    named.length === 1 && typeof named[0] === 'string' && typeof message === 'string' && typeof early === 'boolean'
  );
}

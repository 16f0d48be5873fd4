import type { Range } from './finding.ts';
import type { ReleaseId, RoutePath } from './release.ts';
import type { WrittenFields } from './version/fields.ts';

/** One entry of `routes.paths`. */
export interface DraftPath {
  readonly prefix?: string;
  readonly exact?: string;
  readonly regex?: string;
  readonly function?: string;
  readonly rewrite?: string;
}

/** The kinds of paths, in the order in which Gloo sorts their routes. */
export const PATH_KINDS = ['exact', 'regex', 'prefix'] as const;

/** The kinds of path that an entry names, each with its text: one, where it is right. */
export function kindsOf(path: DraftPath): readonly (readonly [kind: (typeof PATH_KINDS)[number], text: string])[] {
  return PATH_KINDS.flatMap((kind) => {
    const text = path[kind];
    return text === undefined ? [] : [[kind, text] as const];
  });
}

/** The path that an entry means: the first kind that it names; undefined where it names none. */
export function routePathOf(written: DraftPath): RoutePath | undefined {
  const { function: called, rewrite } = written;
  const [kind, path] = kindsOf(written)[0] ?? [];
  if (kind === undefined || path === undefined) return undefined;
  return {
    kind,
    path,
    ...(called === undefined ? {} : { function: called }),
    ...(rewrite === undefined ? {} : { rewrite }),
  };
}

/** Every part of a values file that has the right shape, with its place: what the rules judge. */
export interface Draft {
  readonly file: string;
  readonly id: ReleaseId;
  /** Undefined when there is no usable deployment map, so that nothing can be said about what it lacks. */
  readonly versions?: ReadonlyMap<string, WrittenFields>;
  readonly service: { readonly port?: number; readonly targetPort?: number; readonly selects?: 'all' | 'primary' };
  readonly apiGroup?: string;
  /** As written: a path that names no kind, or several, is none of the right shape. */
  readonly paths?: readonly DraftPath[];
  readonly destinations?: 'subset' | 'upstream';
  readonly shadow?: { readonly version?: string; readonly percentage?: number };
  readonly primary?: string;
  readonly canary?: {
    readonly version?: string;
    readonly weight?: number;
    readonly headers?: ReadonlyMap<string, string>;
  };
  rangeOf(path: string): Range;
  keyRangeOf(path: string): Range;
  /** What the file has at a JSON pointer; undefined where it has nothing. */
  valueAt(path: string): unknown;
  /** What stands at a JSON pointer, where it stands there without quotes. */
  writtenAt(path: string): string | undefined;
}

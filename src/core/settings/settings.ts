import type { Severity } from '../model/finding.ts';
import type { RoutePath } from '../model/release.ts';
import type { UpstreamRef } from '../model/version/upstream.ts';

/** The shared entry point of an API group. */
export interface Domain {
  readonly apiGroup: string;
  readonly virtualService: { readonly name: string; readonly namespace: string };
  readonly hosts: readonly string[];
  readonly prefix: string;
  readonly render: boolean; // whether we write that entry point
  readonly claims: readonly RoutePath[]; // paths that are taken outside this repository
}

/** How a canary moves. Durations are in seconds, here and below. */
export interface Rollout {
  readonly steps: readonly number[]; // weights, rising; the last one is 100
  readonly headers: ReadonlyMap<string, string>;
  readonly soak: number;
  readonly maxStep?: number;
  readonly gates: readonly string[]; // names of commit statuses
}

/** How it is known what the cluster has applied. */
export interface ReadinessSettings {
  readonly by: string; // name of a source in core/readiness/sources.ts
  readonly after: number;
  readonly drain: number;
  readonly deadline: number;
  readonly clusters: readonly string[];
}

/** What a right can be asked for, a command or to force one, and the permission that gives it unless settings say another. */
export const PERMISSIONS = {
  promote: 'write',
  rollback: 'write',
  deploy: 'write',
  drop: 'write',
  hold: 'write',
  resume: 'write',
  status: 'read',
  help: 'read',
  force: undefined, // no one, unless named
} as const satisfies Readonly<Record<string, Right['permission']>>;

export type RightName = keyof typeof PERMISSIONS;

/** What a person may do in a repository, each more than the one before. */
export const LADDER = ['none', 'read', 'triage', 'write', 'maintain', 'admin'] as const;
export type Permission = (typeof LADDER)[number];

export interface Right {
  readonly permission: Exclude<Permission, 'none'> | undefined; // undefined: no permission gives this right
  readonly users: readonly string[];
  readonly teams: readonly string[];
}

/** What may be different from stage to stage. */
export interface StageSettings {
  readonly namespace?: string;
  readonly domains: ReadonlyMap<string, Domain>; // by API group, sorted
  readonly upstreams: readonly UpstreamRef[]; // that exist outside this repository
  readonly rollout: Rollout;
  readonly readiness: ReadinessSettings;
  readonly flux: {
    readonly namespace: string;
    readonly name: string;
    readonly url?: string;
    readonly interval: string;
  };
  readonly commands: Readonly<Record<RightName, Right>>;
  readonly merge: 'none' | 'rollback' | 'all';
  readonly rules: ReadonlyMap<string, Severity | 'off'>;
  readonly defaults: Readonly<Record<string, unknown>>; // of a version, as written; the schema has checked it
}

/** A repository's `.github/coalmine.yml`, with its defaults filled in. */
export interface Settings extends StageSettings {
  readonly values: string; // pattern of the values files' paths
  readonly gitops: string; // branch
  readonly stages: ReadonlyMap<string, StageSettings>; // whole, for each stage with something of its own
}

/** Where the settings are. */
export const SETTINGS_FOLDER = '.github';
export const SETTINGS_FILE = `${SETTINGS_FOLDER}/coalmine.yml`;

/** What holds in a stage; without one, or where it has nothing of its own, what holds everywhere. */
export function stageSettings(settings: Settings, stage: string | undefined): StageSettings {
  return (stage === undefined ? undefined : settings.stages.get(stage)) ?? settings;
}

/** Whether two settings say the same, however they are written. */
export function sameSettings(one: Settings, other: Settings): boolean {
  return textOf(one) === textOf(other);
}

function textOf(settings: Settings): string {
  return JSON.stringify(settings, (_, value) => (value instanceof Map ? [...value] : value));
}

import { type DraftPath, routePathOf } from '../model/draft.ts';
import type { Fields } from '../model/fields.ts';
import { compare } from '../model/finding.ts';
import { layered } from '../model/layers.ts';
import { DISCOVERY_NAMESPACE } from '../model/version/upstream.ts';
import { secondsOf } from './duration.ts';
import {
  type Domain,
  PERMISSIONS,
  type ReadinessSettings,
  type Right,
  type RightName,
  type Rollout,
  type Settings,
  type StageSettings,
} from './settings.ts';

type Duration = string | number;

/** What an author may write for a stage, in the shape that the schema has checked. */
export interface WrittenStage {
  readonly namespace?: string;
  readonly domains?: Readonly<Record<string, WrittenDomain | null>> | null;
  readonly upstreams?: readonly { readonly name: string; readonly namespace?: string }[];
  readonly rollout?: {
    readonly steps?: readonly number[];
    readonly headers?: Readonly<Record<string, string>> | null;
    readonly soak?: Duration;
    readonly maxStep?: number;
    readonly gates?: readonly string[];
  } | null;
  readonly readiness?: {
    readonly by?: ReadinessSettings['by'];
    readonly after?: Duration;
    readonly drain?: Duration;
    readonly deadline?: Duration;
    readonly clusters?: readonly string[];
  } | null;
  readonly flux?: Partial<Settings['flux']> | null;
  readonly commands?: Readonly<Partial<Record<RightName, Partial<Right> | null>>> | null;
  readonly merge?: Settings['merge'];
  readonly rules?: Readonly<Record<string, 'error' | 'warning' | 'off'>> | null;
  readonly defaults?: Settings['defaults'] | null;
}

export interface WrittenDomain {
  readonly virtualService?: { readonly name?: string; readonly namespace?: string } | null;
  readonly hosts?: readonly string[];
  readonly prefix?: string;
  readonly render?: boolean;
  readonly claims?: readonly DraftPath[];
}

/** The whole file, in the shape that the schema has checked. */
export interface Written extends WrittenStage {
  readonly values?: string;
  readonly gitops?: string;
  readonly stages?: Readonly<Record<string, WrittenStage | null>> | null;
}

/** Fills in the defaults. What a stage says lies over what holds everywhere: maps key by key, lists whole. */
export function settingsFrom({ values, gitops, stages, ...everywhere }: Written): Settings {
  const own = Object.entries(stages ?? {})
    .sort(([a], [b]) => compare(a, b))
    .map(([stage, written]) => [stage, stageFrom(layered([{ ...everywhere }, said(written ?? {})]))] as const);
  return {
    ...stageFrom(everywhere),
    values: values ?? 'charts-values/{release}.yaml',
    gitops: gitops ?? 'gitops',
    stages: new Map(own),
  };
}

/** What a stage says: an empty key says nothing. */
function said(written: WrittenStage): Fields {
  return Object.fromEntries(Object.entries(written).filter(([, value]) => value !== null));
}

function stageFrom(written: WrittenStage): StageSettings {
  const domains = Object.entries(written.domains ?? { example: {} })
    .sort(([a], [b]) => compare(a, b))
    .map(([apiGroup, domain]) => [apiGroup, domainFrom(apiGroup, domain ?? {})] as const);
  return {
    ...(written.namespace === undefined ? {} : { namespace: written.namespace }),
    domains: new Map(domains),
    upstreams: (written.upstreams ?? []).map(({ name, namespace = DISCOVERY_NAMESPACE }) => ({ name, namespace })),
    rollout: rolloutFrom(written.rollout ?? {}),
    readiness: readinessFrom(written.readiness ?? {}),
    flux: { namespace: 'flux-system', name: 'coalmine', interval: '10m', ...written.flux },
    commands: commandsFrom(written.commands ?? {}),
    merge: written.merge ?? 'rollback',
    rules: new Map(Object.entries(written.rules ?? {})),
    defaults: written.defaults ?? {},
  };
}

function commandsFrom(written: NonNullable<WrittenStage['commands']>): StageSettings['commands'] {
  const rights = Object.entries(PERMISSIONS).map(([name, permission]) => {
    return [name, { permission, users: [], teams: [], ...written[name as RightName] }] as const;
  });
  return Object.fromEntries(rights) as Record<RightName, Right>;
}

function domainFrom(apiGroup: string, written: WrittenDomain): Domain {
  return {
    apiGroup,
    virtualService: { name: 'app', namespace: 'gloo-system', ...written.virtualService },
    hosts: written.hosts ?? ['*'],
    prefix: written.prefix ?? '/',
    render: written.render ?? false,
    claims: (written.claims ?? []).flatMap((claim) => routePathOf(claim) ?? []),
  };
}

/** The weight at which a canary has all the traffic: the last step, whether it is said or not. */
const ALL = 100;

function rolloutFrom(written: NonNullable<WrittenStage['rollout']>): Rollout {
  const { steps = [0, 50], headers, soak = 0, maxStep, gates = [] } = written;
  return {
    steps: steps.at(-1) === ALL ? steps : [...steps, ALL],
    headers: new Map(Object.entries(headers ?? { stage: 'canary' })),
    soak: secondsOf(soak),
    ...(maxStep === undefined ? {} : { maxStep }),
    gates,
  };
}

function readinessFrom(written: NonNullable<WrittenStage['readiness']>): ReadinessSettings {
  const { by = 'delay', after = '60s', drain = '30s', deadline = '10m', clusters = [] } = written;
  return { by, after: secondsOf(after), drain: secondsOf(drain), deadline: secondsOf(deadline), clusters };
}

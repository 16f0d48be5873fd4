import { flux } from './sources/flux.ts';
import { status } from './sources/status.ts';

/** What Flux said about one of its Kustomizations: plain data, read from a stranger's text. */
export interface FluxEvent {
  readonly by: string; // the readiness source by which it came: the settings choose one, and no other counts
  readonly kustomization: {
    readonly name: string;
    readonly namespace?: string; // a commit status doesn't say
    readonly uid?: string; // nor this
  };
  readonly revision: { readonly branch?: string; readonly sha: string };
  /** `failed` may have applied everything all the same: with the reason `HealthCheckFailed` it has. */
  readonly outcome: 'applied' | 'progressing' | 'failed';
  readonly reason: string;
  readonly message: string; // Flux's own words, cut where they are very long
  readonly cluster: string;
  readonly at: string; // by the cluster's clock
}

/** The cluster that speaks where nothing names one. */
export const UNNAMED_CLUSTER = 'default';

const GROUP = 'kustomize.toolkit.fluxcd.io';
const NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;
const CLUSTER = /^[A-Za-z0-9](?:[-A-Za-z0-9._]{0,61}[A-Za-z0-9])?$/;
const UID = /^[A-Za-z0-9-]{1,64}$/;
const REASON = /^[A-Za-z]{1,100}$/;
const LONGEST = 2000;

/**
 * Reads an event as a `generic-hmac` Provider posts it; undefined for what isn't one about a Kustomization at a commit.
 * kustomize-controller puts its API group before its metadata's keys; notification-controller takes that off, and adds
 * its Alert's `eventMetadata`. What an ArtifactGenerator has cut out of a commit names that commit as its origin.
 */
export function readFluxEvent(body: unknown): FluxEvent | undefined {
  const { involvedObject, metadata, severity, reason, message, timestamp } = fieldsOf(body);
  const { apiVersion, kind, namespace, name, uid } = fieldsOf(involvedObject);
  if (kind !== 'Kustomization' || !String(apiVersion).startsWith(`${GROUP}/`)) return undefined;
  const said = fieldsOf(metadata);
  const of = (key: string): unknown => said[`${GROUP}/${key}`] ?? said[key];
  const revision = readRevision(of('originRevision') ?? of('revision'));
  const cluster = said.cluster ?? UNNAMED_CLUSTER;
  const at = readTime(timestamp);
  if (!matches(NAME, name) || !matches(NAME, namespace) || !matches(CLUSTER, cluster)) return undefined;
  if (!matches(REASON, reason) || typeof message !== 'string' || !revision || at === undefined) return undefined;
  return {
    by: flux.name,
    kustomization: { name, namespace, ...(matches(UID, uid) ? { uid } : {}) },
    revision,
    outcome: severity === 'error' ? 'failed' : reason === 'ReconciliationSucceeded' ? 'applied' : 'progressing',
    reason,
    message: cut(message),
    cluster,
    at,
  };
}

const OUTCOMES: Readonly<Record<string, FluxEvent['outcome']>> = {
  success: 'applied',
  failure: 'failed',
  error: 'failed',
  pending: 'progressing',
};

/**
 * Reads a commit status of Flux's: `kustomization/<name>/<id>`, where the id is the Provider's own, so that it tells one
 * cluster from another and nothing else. Its description is the reason in words; Flux's message isn't in it.
 */
export function readFluxStatus(written: {
  readonly context: string;
  readonly state: string;
  readonly description: string | null;
  readonly sha: string;
  readonly at: string;
}): FluxEvent | undefined {
  const [kind, name, cluster, ...more] = written.context.split('/');
  const revision = readRevision(`sha1:${written.sha}`) ?? readRevision(`sha256:${written.sha}`);
  const outcome = Object.hasOwn(OUTCOMES, written.state) ? OUTCOMES[written.state] : undefined;
  const at = readTime(written.at);
  if (kind !== 'kustomization' || more.length > 0 || !outcome || !revision || at === undefined) return undefined;
  if (!matches(NAME, name) || !matches(CLUSTER, cluster)) return undefined;
  const message = cut(written.description ?? '');
  const reason = message.replace(/(?:^| )([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return {
    by: status.name,
    kustomization: { name },
    revision,
    outcome,
    reason: matches(REASON, reason) ? reason : 'Unknown',
    message,
    cluster,
    at,
  };
}

/** `gitops@sha1:<commit>`, as every Flux since 2.0 writes it. */
function readRevision(text: unknown): FluxEvent['revision'] | undefined {
  const match = /^(?:(.{1,255})@)?(?:sha1:([0-9a-f]{40})|sha256:([0-9a-f]{64}))$/.exec(
    typeof text === 'string' ? text : '',
  );
  const sha = match?.[2] ?? match?.[3];
  if (sha === undefined) return undefined;
  return { sha, ...(match?.[1] === undefined ? {} : { branch: match[1] }) };
}

function cut(message: string): string {
  return message.length > LONGEST ? `${message.slice(0, LONGEST)}…` : message;
}

function readTime(text: unknown): string | undefined {
  const time = typeof text === 'string' && text.length <= 40 ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

function matches(pattern: RegExp, value: unknown): value is string {
  return typeof value === 'string' && pattern.test(value);
}

/** The members of an object; none of anything else. */
function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value)); // its own only, whatever their names
}

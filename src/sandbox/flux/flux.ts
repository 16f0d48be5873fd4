import { randomUUID } from 'node:crypto';
import { readRef } from '../repository/refs.ts';
import { createSerial } from '../store/serial.ts';
import { delayOf, readBehavior } from './behavior.ts';
import { type FluxEventFacts, formatEvent, startOutbox } from './events.ts';
import { BuildProblem, fetchKustomizations, type Kustomization } from './manifests.ts';
import { applyCommit, checkHealth, type ReconcileResult } from './reconcile.ts';
import { type FluxState, type FollowedKustomization, openFluxStore } from './state.ts';
import { createTimetable } from './timetable.ts';

/** The branch that Flux follows. */
export const GITOPS = 'refs/heads/gitops';

/** A stand-in for Flux and its cluster. */
export interface Flux {
  /** Plans a reconciliation, since the branch may have moved. */
  notice(): void;
  /** Sets the App's address for events. Without an address they wait. */
  postTo(appUrl: string | undefined): void;
  /** Changes its behaviour (throws 422 with the possible settings) and reconciles everything. */
  configure(told: Readonly<Record<string, unknown>>): Promise<void>;
  /** Reconciles everything, as at the end of an interval. */
  reconcile(): void;
  /**
   * Runs at once, in order, the work due within that many milliseconds (default: all of it), and the work that follows;
   * afterwards every event is accepted or lost.
   */
  settle(within?: number): Promise<void>;
  state(): FluxState;
  close(): Promise<void>;
}

export interface FluxOptions {
  readonly dataDir: string;
  readonly folder: string; // the bare repository
  readonly repository: string; // owner/name
  readonly token: string;
  readonly manual: boolean; // all work waits for `settle`
  readonly now: () => string;
  readonly log: (fields: Record<string, unknown>, message: string) => void;
}

/** Milliseconds between complete reconciliations. */
const INTERVAL = 60_000;

/** Starts to follow the branch, from the state of an earlier process. */
export async function startFlux({ dataDir, folder, repository, token, manual, now, log }: FluxOptions): Promise<Flux> {
  const store = await openFluxStore(dataDir);
  const outbox = startOutbox(token, log);
  const serial = createSerial();
  const timetable = createTimetable(
    (work) =>
      serial(work).catch((problem: unknown) =>
        log({ problem: String(problem) }, "the sandbox's Flux failed at a step"),
      ),
    manual,
  );
  let forced = true; // reconcile even if the branch did not move

  const change = (more: Partial<FluxState>): Promise<void> => store.put({ ...store.get(), ...more });

  const sendEvent = async (facts: FluxEventFacts): Promise<void> => {
    const { told } = store.get();
    if (told.drop > 0) return change({ told: { ...told, drop: told.drop - 1 } });
    const [branch, cluster] = [GITOPS.replace('refs/heads/', ''), told.cluster];
    const body = formatEvent(facts, { branch, cluster, at: now() });
    for (let count = 0; count <= told.repeat; count += 1) outbox.send(body);
  };

  /** Stores the result of reconciling a Kustomization, then sends its events. */
  const storeResult = async ({ followed, said }: ReconcileResult, commit: string): Promise<void> => {
    const others = store.get().followed.map((each) => (each.uid === followed.uid ? followed : each));
    await change({ followed: others });
    if (followed.checking) planCheck(followed);
    for (const each of said) await sendEvent({ about: followed, commit, ...each });
  };

  const planCheck = ({ uid }: FollowedKustomization): void => {
    timetable.plan(`check ${uid}`, delayOf(store.get().told.ready), async () => {
      const found = store.get().followed.find((each) => each.uid === uid);
      if (!found?.checking) return;
      await storeResult(checkHealth(found, store.get().told), found.applied?.commit ?? '');
      const { seen } = store.get();
      if (seen !== null && seen !== found.applied?.commit) await reconcileOne(uid, seen); // a commit that arrived during the check
    });
  };

  const reconcileOne = async (uid: string, commit: string): Promise<void> => {
    const found = store.get().followed.find((each) => each.uid === uid);
    if (!found || found.checking) return;
    await storeResult(await applyCommit(folder, found, commit, store.get().told), commit);
  };

  const reconcileAll = async (): Promise<void> => {
    const tip = await readRef(folder, GITOPS);
    const { seen, told } = store.get();
    if (!tip || told.suspended || (tip === seen && !forced)) return;
    const isSkipped = tip !== seen && told.skip > 0;
    await change({ seen: tip, ...(isSkipped ? { told: { ...told, skip: told.skip - 1 } } : {}) });
    if (isSkipped) return;
    forced = false;
    await reconcileRoot(tip);
    for (const { uid } of store.get().followed) await reconcileOne(uid, tip);
  };

  /** Follows the Kustomizations in `flux/`, and prunes those that were removed there with their objects. */
  const reconcileRoot = async (commit: string): Promise<void> => {
    const about = { namespace: 'flux-system', name: 'coalmine', uid: store.get().uid };
    try {
      const wanted = await fetchKustomizations(folder, commit);
      await change({ followed: wanted.map((each) => follow(each, store.get().followed)) });
      const message = 'Reconciliation finished in 80ms, next run in 10m0s';
      await sendEvent({ about, commit, severity: 'info', reason: 'ReconciliationSucceeded', message });
    } catch (problem) {
      if (!(problem instanceof BuildProblem)) throw problem;
      await sendEvent({ about, commit, severity: 'error', reason: problem.reason, message: problem.message });
    }
  };

  const notice = (): void => timetable.plan('reconcile', delayOf(store.get().told.delay), reconcileAll);
  const reconcile = (): void => {
    forced = true;
    notice();
  };
  const interval = manual ? undefined : setInterval(reconcile, INTERVAL).unref();
  for (const followed of store.get().followed) if (followed.checking) planCheck(followed);
  notice();

  return {
    notice,
    reconcile,
    postTo: (appUrl) => {
      if (appUrl === undefined) return outbox.postTo(undefined);
      const address = new URL('/api/flux', appUrl);
      address.searchParams.set('repository', repository);
      outbox.postTo(address.href);
    },
    configure: (body) =>
      serial(async () => {
        await change({ told: readBehavior(store.get().told, body) });
        reconcile();
      }),
    settle: async (within = Number.POSITIVE_INFINITY) => {
      await timetable.hurry(within);
      await outbox.empty();
    },
    state: store.get,
    close: async () => {
      clearInterval(interval);
      timetable.close();
      await serial(async () => undefined);
      await outbox.close();
    },
  };
}

/** A Kustomization's current definition, with what the cluster already has of it. */
function follow(wanted: Kustomization, followed: readonly FollowedKustomization[]): FollowedKustomization {
  const known = followed.find(({ namespace, name }) => namespace === wanted.namespace && name === wanted.name);
  if (known) return { ...known, ...wanted };
  return { ...wanted, uid: randomUUID(), applied: null, objects: {}, ready: {}, checking: false, failure: null };
}

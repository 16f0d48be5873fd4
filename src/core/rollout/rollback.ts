import { join } from '../model/pointer.ts';
import type { CancelledChange, Refusal } from '../refusal.ts';
import { sameData } from '../values/edit/data.ts';
import type { Edit, Json } from '../values/edit.ts';
import { drop, type Previous, type ReleaseRollout, type StepDecision, type StepResult } from './promote.ts';
import { type Declined, unknownVersion } from './versions.ts';
import { type Way, waysFor } from './way.ts';

/** Where a release's requests go, as values ask for it or as the gitops branch has it. */
export interface Routes {
  readonly primary: string;
  readonly canary?: {
    readonly version: string;
    readonly weight: number; // percent
    readonly headers: Readonly<Record<string, string>>;
  };
  readonly shadow?: { readonly version: string; readonly percentage: number };
}

/** All that a way back is decided from. What "serves" means is what the gitops branch has, never the values alone. */
export interface Situation {
  readonly rolling: ReleaseRollout; // the values that the edit begins with
  readonly routes: Routes; // that these ask for
  readonly serving: Routes;
  /** Blocks of versions whose Deployment is on the gitops branch and which the values lack. */
  readonly missing: ReadonlyMap<string, Json>;
  readonly isPrimaryNew?: true; // what serves as primary has never taken traffic: all of it is the canary's
  readonly rolledBack?: string; // where the newest change of traffic was a rollback: `#7`
  readonly to?: string; // the version that is to serve everything
}

/** What `/rollback` comes to. `history`: an earlier primary has to be looked for, of that name or the newest. */
export type Rollback =
  | (StepDecision & { readonly isCancel?: true }) // isCancel: what was merged and is not published yet is taken back
  | ({ readonly kind: 'nothing' } & Declined)
  | { readonly kind: 'history'; readonly version?: string };

/**
 * The way back for a release: the first case that applies. It changes routes only, removes no version and asks nothing:
 * it is done by a person who has no time to look at more than the graph that went up.
 */
export function decideRollback(situation: Situation): Rollback {
  const { to, serving, routes, rolledBack } = situation;
  if (to !== undefined) return returnToNamed(situation, to);
  if (rolledBack !== undefined) {
    const [further] = formerOf(situation);
    const ways = waysFor('rollback', further === undefined ? [] : [further], 'to ');
    return {
      kind: 'nothing',
      refusal: { code: 'rolled-back', by: rolledBack, serving, hasFurther: ways.length > 0 },
      ways,
    };
  }
  if (!sameRoutes(routes, serving)) return cancel(situation);
  const [earlier] = formerOf(situation);
  if (takesTraffic(serving) && !(situation.isPrimaryNew && earlier !== undefined)) return removeCanary(situation);
  return earlier === undefined ? { kind: 'history' } : returnTo(situation, earlier);
}

/** A version that was named is to serve everything. It is never dropped, and becomes primary only if it was one before. */
function returnToNamed(situation: Situation, to: string): Rollback {
  const { rolling, serving, routes } = situation;
  const isAlone = serving.primary === to && !takesTraffic(serving);
  if (isAlone && sameRoutes(routes, serving))
    return { kind: 'nothing', refusal: { code: 'serves-already', version: to }, ways: [] };
  if (serving.primary === to || formerOf(situation).includes(to)) return returnTo(situation, to);
  if (!rolling.versions.includes(to)) return { kind: 'history', version: to };
  return {
    kind: 'refused',
    refusal: { code: 'never-primary', version: to },
    ways: [{ verb: 'promote', words: `${to} full` }],
  };
}

/** The versions that were primary with the pods that they have now, but for the one that serves; the newest first. */
function formerOf({ rolling, serving }: Situation): readonly string[] {
  return rolling.former.filter((version) => version !== serving.primary && rolling.versions.includes(version));
}

/** The same for values that had errors, and are as they were published before: only the routes that serve are wanted. */
export function restoreRoutes(situation: Situation): Step {
  return toRoutes(situation, situation.serving);
}

/** Routes go back to the traffic that is published: what was merged and not published yet is not wanted. */
function cancel(situation: Situation): Rollback {
  const { serving } = situation;
  const step = toRoutes(situation, serving);
  return { ...step, note: { code: 'cancels', change: changeOf(situation), serving }, isCancel: true };
}

function removeCanary(situation: Situation): Rollback {
  const { serving } = situation;
  const { canary: tested, ...without } = serving;
  const step = toRoutes(situation, without);
  return { ...step, note: { code: 'stay-deployed', versions: tested ? [tested.version] : [] } };
}

/** A canary goes as well: a person who names the version that is to serve wants no other to take traffic. */
function returnTo(situation: Situation, version: string): Rollback {
  const { rolling, serving } = situation;
  const others = [...new Set([rolling.primary, rolling.canary?.version, serving.primary, serving.canary?.version])];
  const beside = others.flatMap((other) => (other === undefined || other === version ? [] : other));
  const step = toRoutes(situation, { primary: version, ...(serving.shadow ? { shadow: serving.shadow } : {}) });
  return { ...step, note: { code: 'stay-deployed', versions: beside } };
}

type Step = Extract<StepDecision, { kind: 'step' }>;

/** The edits that make values ask for these routes, with the blocks of what runs and is missing there. */
function toRoutes({ rolling, routes, missing }: Situation, wanted: Routes): Step {
  const target = targetOf(rolling, wanted);
  const edits: Edit[] = [...missing].map(([version, value]) => ({
    kind: 'put',
    path: join('/deployment', version),
    value,
  }));
  if (routes.primary !== wanted.primary)
    edits.push({ kind: 'set', path: '/routes/primary/version', value: wanted.primary });
  const isCanaryWritten = routes.canary !== undefined || rolling.canary !== undefined;
  if (!wanted.canary) {
    if (isCanaryWritten) edits.push({ kind: 'remove', path: '/routes/canary' });
  } else if (!sameData(routes.canary, wanted.canary)) edits.push(...canaryEdits(routes.canary, wanted.canary));
  if (!sameData(routes.shadow, wanted.shadow)) {
    edits.push(
      wanted.shadow
        ? { kind: 'put', path: '/routes/shadow', value: { ...wanted.shadow } }
        : { kind: 'remove', path: '/routes/shadow' },
    );
  }
  return { kind: 'step', edits, target };
}

function targetOf({ primary }: ReleaseRollout, wanted: Routes): StepResult {
  if (wanted.canary)
    return { kind: 'canary', version: wanted.canary.version, weight: wanted.canary.weight, exactly: true };
  return primary === wanted.primary ? { kind: 'no-canary' } : { kind: 'primary', version: wanted.primary };
}

function canaryEdits(
  now: Routes['canary'],
  { version, weight, headers }: NonNullable<Routes['canary']>,
): readonly Edit[] {
  if (now?.version === version && sameData(now.headers, headers)) {
    return [{ kind: 'set', path: '/routes/canary/weight', value: weight }];
  }
  const named = Object.keys(headers).length > 0 ? { headers: { ...headers } } : {};
  return [{ kind: 'put', path: '/routes/canary', value: { version, weight, ...named } }];
}

/** The step that starts an earlier primary again, whose block comes from the history; without one there is nowhere to go. */
export function goForward(
  situation: Situation,
  previous: Previous | undefined,
  since?: string, // when the primary began to serve
): Exclude<Rollback, { kind: 'history' }> {
  const { rolling, serving, to } = situation;
  if (!previous && to !== undefined) {
    const former = waysFor('rollback', formerOf(situation), 'to ');
    const ways: readonly Way[] = former.length > 0 ? former : [{ verb: 'status' }];
    const refusal = { code: 'no-such-primary', version: to } as const;
    return { kind: 'refused', ...(unknownVersion(to, rolling.versions, ways) ?? { refusal, ways }) };
  }
  if (!previous) {
    const refusal = { code: 'always-served', version: serving.primary } as const;
    return { kind: 'nothing', refusal: since === undefined ? refusal : { ...refusal, since }, ways: [] };
  }
  const { version, block } = previous;
  const own = { kind: 'put', path: join('/deployment', version), value: block } as const;
  if (version === rolling.primary) {
    return {
      kind: 'step',
      edits: [own],
      target: { kind: 'with', version, renewed: true },
      note: { code: 'in-place', version },
    };
  }
  const step = toRoutes(situation, { primary: version });
  return {
    ...step,
    edits: [own, ...step.edits],
    note: { code: 'goes-forward', version, primary: serving.primary },
  };
}

/** Whether a canary gets any requests: by weight, or by header. */
function takesTraffic({ canary }: Routes): boolean {
  return canary !== undefined && (canary.weight > 0 || Object.keys(canary.headers).length > 0);
}

/** Whether requests go the same way, however it is written. */
function sameRoutes(one: Routes, other: Routes): boolean {
  const canaryOf = (routes: Routes) => (takesTraffic(routes) ? routes.canary : undefined);
  return (
    one.primary === other.primary && sameData(canaryOf(one), canaryOf(other)) && sameData(one.shadow, other.shadow)
  );
}

function changeOf({ routes, serving }: Situation): CancelledChange {
  if (routes.primary !== serving.primary) return { kind: 'primary', version: routes.primary };
  if (!routes.canary) return { kind: 'no-canary' };
  return { kind: 'canary', version: routes.canary.version, weight: routes.canary.weight };
}

/** Drops a version that takes no traffic: neither by the values nor on the gitops branch. */
export function dropIdle({ rolling, serving }: Pick<Situation, 'rolling' | 'serving'>, version: string): StepDecision {
  const refused = (refusal: Refusal, ways: readonly Way[]): StepDecision => ({ kind: 'refused', refusal, ways });
  const idle = idleIn(rolling, serving);
  const others = waysFor('drop', idle);
  const unknown = unknownVersion(version, rolling.versions, others);
  if (unknown) return { kind: 'refused', ...unknown };
  if (version === rolling.primary || version === serving.primary) {
    return refused({ code: 'drops-primary', version, idle }, others);
  }
  if (version === rolling.canary?.version || version === serving.canary?.version) {
    return refused({ code: 'drops-canary', version }, [{ verb: 'rollback' }]);
  }
  return drop(rolling, version);
}

function idleIn({ versions, primary, canary }: ReleaseRollout, serving: Routes): readonly string[] {
  const busy = [primary, canary?.version, serving.primary, serving.canary?.version];
  return versions.filter((version) => !busy.includes(version));
}

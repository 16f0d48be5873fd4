import { join } from '../model/pointer.ts';
import type { Refusal, StepNote } from '../refusal.ts';
import type { Rollout } from '../settings/settings.ts';
import type { Edit, Json } from '../values/edit.ts';
import { type Declined, unknownVersion } from './versions.ts';
import { type Way, waysFor } from './way.ts';

/** A release as its rollout sees it: what the values file on the default branch says, and what its versions were before. */
export interface ReleaseRollout {
  readonly versions: readonly string[]; // deployed
  readonly primary: string;
  readonly canary?: { readonly version: string; readonly weight: number };
  readonly shadow?: string; // version
  /** Versions that were primary with the pod template that they have now, the newest first. */
  readonly former: readonly string[];
}

/** Where a rollout stands. It is derived from values and history each time, never stored. */
export type RolloutState =
  | { readonly kind: 'stable' }
  | { readonly kind: 'dark' | 'draining'; readonly versions: readonly string[] } // beside the primary
  | { readonly kind: 'header' | 'shifting' | 'shifted'; readonly version: string; readonly weight: number };

/** The state of a rollout. Where several fit: a canary first, then dark, then draining. */
export function stateOf({ versions, primary, canary, former }: ReleaseRollout): RolloutState {
  if (canary && canary.version !== primary) {
    const { version, weight } = canary;
    return { kind: weight === 0 ? 'header' : weight < ALL ? 'shifting' : 'shifted', version, weight };
  }
  const beside = versions.filter((version) => version !== primary);
  const dark = beside.filter((version) => !former.includes(version));
  if (dark.length > 0) return { kind: 'dark', versions: dark };
  if (beside.length > 0) return { kind: 'draining', versions: former.filter((version) => beside.includes(version)) };
  return { kind: 'stable' };
}

const ALL = 100;

/** What a step makes of a release. */
export type StepResult =
  | { readonly kind: 'canary'; readonly version: string; readonly weight: number; readonly exactly?: true }
  | { readonly kind: 'primary'; readonly version: string }
  | { readonly kind: 'no-canary' }
  | { readonly kind: 'without'; readonly version: string } // it runs no more
  | { readonly kind: 'with'; readonly version: string; readonly renewed?: true }; // it runs; renewed: something else

export type StepDecision =
  | {
      readonly kind: 'step';
      readonly edits: readonly Edit[];
      readonly target: StepResult;
      readonly note?: StepNote;
      readonly lowers?: true; // the weight of the canary: that asks for no guard
    }
  | ({ readonly kind: 'refused' } & Declined);

/** What a commenter asks of a rollout: one step, or more. */
export interface PromotionRequest {
  readonly version?: string;
  readonly to?: number | 'full'; // a weight; full: all the way to primary
}

/** The step that brings a rollout on. */
export function promote(
  rolling: ReleaseRollout,
  wanted: PromotionRequest,
  rollout: Pick<Rollout, 'steps' | 'headers'>,
): StepDecision {
  const { version } = wanted;
  const state = stateOf(rolling);
  if (version !== undefined) {
    const others = rolling.versions.filter((other) => other !== rolling.primary);
    const ways = others.length > 0 ? waysFor('promote', others) : [DEPLOY];
    const unknown = unknownVersion(version, rolling.versions, ways);
    if (unknown) return { kind: 'refused', ...unknown };
    if (version === rolling.primary) return refused({ code: 'is-primary', primary: version, others }, ways);
    if (version !== rolling.canary?.version) return promoteOther(rolling, { ...wanted, version }, rollout);
  }
  switch (state.kind) {
    case 'stable':
      return refused({ code: 'nothing-to-promote', primary: rolling.primary }, [DEPLOY]);
    case 'dark': {
      const [only, ...others] = state.versions;
      if (only === undefined || others.length > 0)
        return refused({ code: 'which-version', versions: state.versions }, waysFor('promote', state.versions));
      return begin(rolling, { ...wanted, version: only }, rollout);
    }
    case 'draining':
      return dropOld(rolling, state.versions.at(-1) ?? '', wanted);
    default:
      return goOn({ ...state, primary: rolling.primary }, wanted, rollout);
  }
}

/** A version that was named and isn't the canary: one to drop, or one to begin with. */
function promoteOther(
  rolling: ReleaseRollout,
  wanted: PromotionRequest & { readonly version: string },
  rollout: Pick<Rollout, 'steps' | 'headers'>,
): StepDecision {
  const { version, to } = wanted;
  if (rolling.former.includes(version)) return dropOld(rolling, version, wanted);
  const { canary } = rolling;
  if (!canary) return begin(rolling, wanted, rollout);
  if (to !== undefined) {
    return refused({ code: 'other-canary', canary: canary.version, version, to }, [
      { verb: 'promote', words: version },
    ]);
  }
  return { ...begin(rolling, { version }, rollout), note: { code: 'replaces-canary', ...canary } };
}

function begin(
  { primary, canary }: ReleaseRollout,
  { version, to = 0 }: PromotionRequest & { readonly version: string },
  { headers }: Pick<Rollout, 'headers'>,
): Extract<StepDecision, { kind: 'step' }> {
  if (to === 'full') return makePrimary({ version, primary, hasCanary: canary !== undefined });
  const named = headers.size > 0 ? { headers: Object.fromEntries(headers) } : {};
  const value: Json = { version, weight: to, ...named };
  return {
    kind: 'step',
    edits: [{ kind: 'put', path: '/routes/canary', value }],
    target: { kind: 'canary', version, weight: to },
  };
}

function goOn(
  { version, weight, primary }: { readonly version: string; readonly weight: number; readonly primary: string },
  { to }: PromotionRequest,
  { steps }: Pick<Rollout, 'steps'>,
): StepDecision {
  if (to === 'full' || (to === undefined && weight >= ALL)) return makePrimary({ version, primary, hasCanary: true });
  if (to === weight)
    return refused({ code: 'has-weight', version, weight }, [{ verb: 'promote' }, { verb: 'rollback' }]);
  const next = to ?? steps.find((step) => step > weight) ?? ALL;
  return {
    kind: 'step',
    edits: [{ kind: 'set', path: '/routes/canary/weight', value: next }],
    target: { kind: 'canary', version, weight: next, ...(next < weight ? { exactly: true as const } : {}) },
    ...(next < weight ? { lowers: true as const } : {}),
  };
}

/** The primary that was stays deployed: it is dropped by a step of its own. */
function makePrimary({
  version,
  primary,
  hasCanary,
}: {
  readonly version: string;
  readonly primary: string;
  readonly hasCanary: boolean;
}): Extract<StepDecision, { kind: 'step' }> {
  return {
    kind: 'step',
    edits: [
      { kind: 'set', path: '/routes/primary/version', value: version },
      ...(hasCanary ? [{ kind: 'remove', path: '/routes/canary' } as const] : []),
    ],
    target: { kind: 'primary', version },
    note: { code: 'old-primary-stays', version: primary },
  };
}

/** It has been where a promotion leads: a person who says how far to go does not mean that it should stop. */
function dropOld(rolling: ReleaseRollout, version: string, { to }: PromotionRequest): StepDecision {
  if (to === undefined) return drop(rolling, version);
  return refused({ code: 'waits-to-be-dropped', version, to }, [
    { verb: 'drop', words: version },
    { verb: 'rollback', words: `to ${version}` },
  ]);
}

/** Takes a version away. A shadow of it goes with it: a route to a version that isn't there is an error. */
export function drop({ shadow }: ReleaseRollout, version: string): Extract<StepDecision, { kind: 'step' }> {
  return {
    kind: 'step',
    edits: [
      { kind: 'remove', path: join('/deployment', version) },
      ...(shadow === version ? [{ kind: 'remove', path: '/routes/shadow' } as const] : []),
    ],
    target: { kind: 'without', version },
  };
}

/** A primary of before, as the history has it. */
export interface Previous {
  readonly version: string;
  readonly block: Json; // its entry in the deployment map
}

/** The step that adds a version as a copy of the primary, or gives one that takes no traffic another image. */
export function deploy(
  rolling: ReleaseRollout,
  { version, image }: { readonly version: string; readonly image?: string },
): StepDecision {
  const { versions, primary, canary, former } = rolling;
  const own = join('/deployment', version);
  const imaged: readonly Edit[] = image === undefined ? [] : [{ kind: 'set', path: join(own, 'image'), value: image }];
  if (!versions.includes(version)) {
    const copied = { kind: 'copy', from: join('/deployment', primary), to: own } as const;
    return { kind: 'step', edits: [copied, ...imaged], target: { kind: 'with', version } };
  }
  if (version === primary) return refused({ code: 'changes-primary', version }, [DEPLOY]);
  if (image === undefined)
    return refused({ code: 'is-deployed', version }, [
      { verb: 'deploy', words: `${version} IMAGE` },
      { verb: 'promote', words: version },
    ]);
  const target = { kind: 'with', version, renewed: true } as const;
  if (version !== canary?.version || canary.weight === 0) {
    const note = { code: 'no-way-back', version } as const;
    return { kind: 'step', edits: imaged, target, ...(former.includes(version) ? { note } : {}) };
  }
  return {
    kind: 'step',
    edits: [...imaged, { kind: 'set', path: '/routes/canary/weight', value: 0 }],
    target,
    note: { code: 'begins-again', version, weight: canary.weight },
  };
}

/** Whether a release, as another change has it, is where a step leads, or further. */
export function isReached({ versions, primary, canary }: ReleaseRollout, target: StepResult): boolean {
  switch (target.kind) {
    case 'canary':
      if (target.exactly) return canary?.version === target.version && canary.weight === target.weight;
      return primary === target.version || (canary?.version === target.version && canary.weight >= target.weight);
    case 'primary':
      return primary === target.version;
    case 'no-canary':
      return canary === undefined;
    case 'without':
      return !versions.includes(target.version);
    case 'with':
      return target.renewed !== true && versions.includes(target.version); // what it runs isn't to be seen here
  }
}

/** What adds a version: its name and image are the author's to choose. */
const DEPLOY: Way = { verb: 'deploy', words: 'VERSION IMAGE' };

function refused(refusal: Refusal, ways: readonly Way[]): Extract<StepDecision, { kind: 'refused' }> {
  return { kind: 'refused', refusal, ways };
}

import type { Options } from '../../core/commands/command.ts';
import type { StepNote } from '../../core/refusal.ts';
import { formatByHand, formatStays } from '../../core/report/rollout.ts';
import { stageSettings } from '../../core/settings/settings.ts';
import type { ReleaseDecision } from '../rollout/decide.ts';
import type { RolloutFacts } from '../rollout/facts.ts';
import type { ValuesAfterStep } from '../rollout/move.ts';
import type { Kind, Request } from '../rollout/proposal.ts';
import type { ReleaseRequest } from './each-release.ts';
import { type CommandOutcome, type CommandRequest, refuseWith } from './outcome.ts';

/** A step that is decided, to be written where it belongs. */
export interface StepToWrite {
  readonly kind: Kind;
  readonly facts: RolloutFacts;
  readonly stepped: ValuesAfterStep;
  readonly notes: readonly StepNote[];
  readonly below: readonly string[]; // Markdown, paragraphs
  readonly forced?: string;
}

/** No step: why not, or what the author can do. */
export function notStepped(
  { name }: Pick<RolloutFacts, 'name'>,
  decided: Extract<ReleaseDecision, { kind: 'stay' | 'by-hand' }>,
): CommandOutcome {
  if (decided.kind === 'stay') return refuseWith(formatStays(name, decided.why, decided.ways));
  return refuseWith(formatByHand({ name, reason: decided.reason, patch: decided.patch }));
}

/** Whether the settings let us merge what such a command proposes. */
export function merges(kind: Kind, { entry, scene }: ReleaseRequest): boolean {
  const { merge } = stageSettings(scene.ends.settings, entry.release.stage);
  return merge === 'all' || (merge === 'rollback' && kind === 'rollback');
}

/** Who asked for a step, and in which words. */
export function requestOf(asked: CommandRequest, { kind, forced }: StepToWrite): Request {
  const { comment, pull } = asked;
  const line = lineOf({ ...asked, options: withoutForce(asked.options) }, kind);
  return { comment, pull: pull.number, line, ...(forced === undefined ? {} : { forced }) };
}

/** A command as it is typed. */
export function lineOf({ names, options }: Pick<CommandRequest, 'names' | 'options'>, verb: string): string {
  const { to, force } = options;
  const target = to === undefined ? [] : to === 'full' ? ['full'] : ['to', String(to)];
  const forced = force === undefined ? [] : ['--force', JSON.stringify(force)];
  return [`/${verb}`, ...names.flat(), ...target, ...forced].join(' ');
}

function withoutForce({ force: _, ...others }: Options): Options {
  return others;
}

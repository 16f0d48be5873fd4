import type { Options } from '../../core/commands/command.ts';
import type { ReleaseId } from '../../core/model/release.ts';
import type { Plan } from '../effect.ts';
import type { Comment, Ports, Pull, RepositoryRef } from '../ports.ts';

export type CommandPorts = Pick<Ports, 'repository' | 'pulls' | 'targets' | 'now'>;

/** One command, and where it was typed. */
export interface CommandRequest {
  readonly ref: RepositoryRef;
  readonly pull: Pull;
  readonly comment: Comment;
  readonly heard: string | undefined; // SHA of the pull request's head when Coalmine heard of the comment
  readonly names: readonly (readonly string[])[]; // behind it, for each line that it stands in
  readonly options: Options;
}

/** A hold that a command leaves: plain data, which may go to another thread. */
export interface HoldToSet {
  readonly asked: CommandRequest;
  readonly id: ReleaseId;
  readonly name: string;
}

/** What comes of a command. */
export interface CommandOutcome {
  readonly done: boolean; // or refused
  readonly plan: Plan;
  readonly text: string; // Markdown, for the answer
  /** Holds to set once the plan is carried out and what it merged is published: planned then. */
  readonly afterwards?: readonly HoldToSet[];
}

/** Nothing comes of it, and the answer says why. */
export function refuseWith(text: string): CommandOutcome {
  return { done: false, plan: [], text };
}

/** Nothing has to be written for it. */
export function answerWith(text: string): CommandOutcome {
  return { done: true, plan: [], text };
}

/** What comes of several, one after the other. */
export function joinOutcomes(outcomes: readonly CommandOutcome[]): CommandOutcome {
  const later = outcomes.flatMap(({ afterwards }) => afterwards ?? []);
  return {
    done: outcomes.every(({ done }) => done),
    plan: outcomes.flatMap(({ plan }) => plan),
    text: outcomes.map(({ text }) => text).join('\n\n'),
    ...(later.length > 0 ? { afterwards: later } : {}),
  };
}

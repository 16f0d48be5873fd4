import type { Charts } from '../../core/render/charts.ts';
import type { Plan } from '../effect.ts';
import type { Comment, Pull, RepositoryRef } from '../ports.ts';

/** One command, and where it was typed. */
export interface Asked {
  readonly ref: RepositoryRef;
  readonly pull: Pull;
  readonly comment: Comment;
  readonly words: readonly (readonly string[])[]; // behind it, for each line that it stands in
  readonly charts: Charts;
}

/** What comes of a command. */
export interface Outcome {
  readonly done: boolean; // or refused
  readonly plan: Plan;
  readonly text: string; // Markdown, for the answer
}

/** Nothing comes of it, and the answer says why. */
export function refused(text: string): Outcome {
  return { done: false, plan: [], text };
}

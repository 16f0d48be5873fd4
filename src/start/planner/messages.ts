import type { Decisions } from '../../flows/plan-job.ts';
import { HostRefusal, Unreadable } from '../../flows/ports.ts';

/** A decision to make, with all its facts. */
export type Question = {
  readonly [Kind in keyof Decisions]: { readonly kind: Kind; readonly asked: Decisions[Kind]['asked'] };
}[keyof Decisions];

/**
 * A message from the App to a worker: a question to decide, or the answer to a call. `now` is the App's clock in ms: an answer
 * of GitHub may have told the App that its own was wrong.
 */
export type ToWorker =
  | { readonly kind: 'decide'; readonly question: Question; readonly now: number }
  | {
      readonly kind: 'answer';
      readonly call: number;
      readonly value?: unknown;
      readonly error?: ErrorText;
      readonly now: number;
    };

/** A message from a worker to the App: a call of a port, or the decision, or an error. */
export type FromWorker =
  | { readonly kind: 'call'; readonly call: number; readonly port: PortName; readonly args: readonly unknown[] }
  | { readonly kind: 'decided'; readonly decision: unknown } // of the question's kind
  | { readonly kind: 'failed'; readonly error: ErrorText };

/** The name of a port's function: of the repository, of one of its trees (the commit is the first argument), of pull requests. */
export type PortName = readonly ['repository' | 'tree' | 'pulls', string];

/** An error in the form that threads exchange. */
export interface ErrorText {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}

export function writeError(error: unknown): ErrorText {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { name, message, ...(stack === undefined ? {} : { stack }) };
}

export function readError({ name, message, stack }: ErrorText): Error {
  const known = [HostRefusal, Unreadable].find((kind) => kind.name === name) ?? Error;
  const error = new known(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}

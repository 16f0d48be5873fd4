import type { Decisions } from '../../flows/plan-job.ts';
import { HostRefusal, Unreadable } from '../../flows/ports.ts';

/** What there is to decide, and all that is known of it. */
export type Question = {
  readonly [Kind in keyof Decisions]: { readonly kind: Kind; readonly asked: Decisions[Kind]['asked'] };
}[keyof Decisions];

/** What the App says to a worker: something to decide, or the answer to a call. */
export type ToWorker =
  | { readonly kind: 'decide'; readonly question: Question; readonly now: number } // by the App's clock, ms
  | { readonly kind: 'answer'; readonly call: number; readonly value?: unknown; readonly error?: ErrorText };

/** What a worker says to the App: a call of a port, or how deciding ended. */
export type FromWorker =
  | { readonly kind: 'call'; readonly call: number; readonly port: PortName; readonly args: readonly unknown[] }
  | { readonly kind: 'decided'; readonly decision: unknown } // of the question's kind
  | { readonly kind: 'failed'; readonly error: ErrorText };

/** A function of a port: of the repository, of one of its trees (its commit is the first argument), of pull requests. */
export type PortName = readonly ['repository' | 'tree' | 'pulls', string];

/** An error as it goes from thread to thread. */
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

import type { Plan } from '../../flows/effect.ts';
import type { PlannedJob } from '../../flows/plan-job.ts';
import { HostRefusal, Unreadable } from '../../flows/ports.ts';

/** What the App says to a worker: a job to plan, or the answer to a call. */
export type ToWorker =
  | { readonly kind: 'plan'; readonly job: PlannedJob; readonly now: number } // by the App's clock, ms
  | { readonly kind: 'answer'; readonly call: number; readonly value?: unknown; readonly error?: ErrorText };

/** What a worker says to the App: a call of a port, or how planning ended. */
export type FromWorker =
  | { readonly kind: 'call'; readonly call: number; readonly port: PortName; readonly args: readonly unknown[] }
  | { readonly kind: 'planned'; readonly plan: Plan }
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

import type { AppFile } from './app-file.ts';
import type { Flux } from './flux/flux.ts';
import type { WebhookSender } from './hooks.ts';
import type { Serial } from './store/serial.ts';
import type { State } from './store/state.ts';

/** The one repository of the sandbox. */
export interface SandboxRepository {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly defaultBranch: string;
  /** The bare repository. */
  readonly folder: string;
  readonly createdAt: string;
}

/** The state and services that every operation uses. */
export interface SandboxWorld {
  readonly url: string;
  readonly apiUrl: string;
  readonly app: AppFile;
  readonly repository: SandboxRepository;
  readonly state: State;
  readonly hooks: WebhookSender;
  readonly flux: Flux;
  /** The queue of all writes. */
  readonly serial: Serial;
  readonly now: () => string;
  readonly log: (fields: Record<string, unknown>, message: string) => void;
}

/** A JSON object of an answer. */
export type Json = Readonly<Record<string, unknown>>;

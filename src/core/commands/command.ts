import type { RightName } from '../settings/settings.ts';

/** A command that people type in a comment. */
export interface Command {
  readonly verb: RightName; // who may, the settings say under this name (default: PERMISSIONS)
  readonly usage: string;
  readonly help: string; // what it does, after "it"
  readonly takes: Takes;
}

/** What may stand behind a command, beside names. */
export interface Takes {
  readonly weight?: true; // `to 35`, `full`
  readonly force?: true; // `--force "why"`
  readonly why?: true; // `"why"`
  readonly version?: true; // `to v1`
}

/** What stood behind a command, but for the names. */
export interface Options {
  readonly to?: number | 'full'; // percent
  readonly force?: string; // why
  readonly why?: string;
}

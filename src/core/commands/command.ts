import type { RightName } from '../settings/settings.ts';

/** A command that people type in a comment. */
export interface Command {
  readonly verb: RightName; // who may, the settings say under this name (default: PERMISSIONS)
  readonly usage: string;
  readonly help: string; // what it does, after "it"
}

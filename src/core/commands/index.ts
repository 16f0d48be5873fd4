import { resume } from './resume.ts';

/** All commands, in the order in which they are listed. */
export const COMMANDS = [resume] as const;

export type Verb = (typeof COMMANDS)[number]['verb'];

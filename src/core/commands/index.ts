import { deploy } from './deploy.ts';
import { drop } from './drop.ts';
import { help } from './help.ts';
import { hold } from './hold.ts';
import { promote } from './promote.ts';
import { resume } from './resume.ts';
import { rollback } from './rollback.ts';
import { status } from './status.ts';

/** All commands, in the order in which they are listed. */
export const COMMANDS = [promote, rollback, deploy, drop, hold, resume, status, help] as const;

export type Verb = (typeof COMMANDS)[number]['verb'];

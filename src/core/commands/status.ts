import type { Command } from './command.ts';

export const status = {
  verb: 'status',
  usage: '/status [release...]',
  help: 'shows what is desired, published and live, and what `/promote` would do',
  takes: {},
} as const satisfies Command;

import type { Command } from './command.ts';

export const drop = {
  verb: 'drop',
  usage: '/drop [release] version',
  help: 'removes an idle version: one that takes no traffic and is not the primary',
  takes: {},
} as const satisfies Command;

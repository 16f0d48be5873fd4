import type { Command } from './command.ts';

export const help = {
  verb: 'help',
  usage: '/help',
  help: 'lists the commands, and who may use each here',
  takes: {},
} as const satisfies Command;

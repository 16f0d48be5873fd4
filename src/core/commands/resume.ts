import type { Command } from './command.ts';

export const resume = {
  verb: 'resume',
  usage: '/resume [release...]',
  help: 'lifts a hold, or approves a publication that is waiting or was refused',
  takes: {},
} as const satisfies Command;

import type { Command } from './command.ts';

export const resume = {
  verb: 'resume',
  usage: '/resume [release...]',
  help: "lets go what a publication waits for somebody's word for, or one that was refused",
} as const satisfies Command;

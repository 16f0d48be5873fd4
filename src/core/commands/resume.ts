import type { Command } from './command.ts';

export const resume = {
  verb: 'resume',
  usage: '/resume [release...]',
  help: "lifts a hold; or lets go what a publication waits for somebody's word for, or one that was refused",
  takes: {},
} as const satisfies Command;

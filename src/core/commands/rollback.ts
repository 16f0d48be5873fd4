import type { Command } from './command.ts';

export const rollback = {
  verb: 'rollback',
  usage: '/rollback [release...] [version]',
  help: 'takes the canary off traffic, or goes back to the primary of before, at once; and leaves a hold',
  takes: {},
} as const satisfies Command;

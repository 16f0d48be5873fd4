import type { Command } from './command.ts';

export const rollback = {
  verb: 'rollback',
  usage: '/rollback [release...] [version] ["why"]',
  help: 'takes the canary off traffic, or goes back to the primary of before, at once; and leaves a hold',
  takes: { why: true },
} as const satisfies Command;

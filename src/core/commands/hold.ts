import type { Command } from './command.ts';

export const hold = {
  verb: 'hold',
  usage: '/hold [release...] ["why"]',
  help: 'stops `/promote` and `/deploy` of a release, until `/resume`',
  takes: { why: true },
} as const satisfies Command;

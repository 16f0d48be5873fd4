import type { Command } from './command.ts';

export const promote = {
  verb: 'promote',
  usage: '/promote [release...] [version] [to N] [full] [--force "why"]',
  help: 'moves the canary one step on: to testers, to more of the traffic, to primary; at last it removes the old version',
  takes: { weight: true, force: true },
} as const satisfies Command;

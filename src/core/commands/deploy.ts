import type { Command } from './command.ts';

export const deploy = {
  verb: 'deploy',
  usage: '/deploy [release] version [image]',
  help: "adds a version without traffic: a copy of the primary's block, with that image",
  takes: {},
} as const satisfies Command;

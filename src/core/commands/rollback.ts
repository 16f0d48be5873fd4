import type { Command } from './command.ts';

export const rollback = {
  verb: 'rollback',
  usage: '/rollback [release...] [to version] ["why"]',
  help: 'takes traffic back to where it was, at once: it changes routes only, removes no version, and leaves a hold',
  takes: { why: true, version: true },
} as const satisfies Command;

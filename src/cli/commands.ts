import type { Command } from './command.ts';

/** The commands in the order of the help. Each is loaded only when it runs: loading all takes most of the start-up time. */
export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  render: async () => (await import('./render.ts')).render,
  validate: async () => (await import('./validate.ts')).validate,
  diff: async () => (await import('./diff.ts')).diff,
  explain: async () => (await import('./explain.ts')).explain,
  set: async () => (await import('./set.ts')).set,
  deploy: async () => (await import('./deploy.ts')).deploy,
  promote: async () => (await import('./promote.ts')).promote,
  rollback: async () => (await import('./rollback.ts')).rollback,
  drop: async () => (await import('./drop.ts')).drop,
  publish: async () => (await import('./publish.ts')).publish,
  status: async () => (await import('./status.ts')).status,
  history: async () => (await import('./history.ts')).history,
  schema: async () => (await import('./schema.ts')).schema,
  flux: async () => (await import('./flux.ts')).flux,
  doctor: async () => (await import('./doctor.ts')).doctor,
};

import { type Logger, pino } from 'pino';

const MAX_HELD = 1024 * 1024; // maximum characters that wait for a full disk; later lines are lost

/** Creates the process's log: one JSON object per line, on standard error. A full disk loses lines and has no other effect. */
export function createLog(level: string): Logger {
  const destination = pino.destination({ fd: 2, sync: true, maxLength: MAX_HELD });
  destination.on('error', () => undefined); // each later line tries again
  return pino({ level, serializers: { err: formatError } }, destination);
}

/** Formats an error without people's text: Octokit's errors contain the whole delivery, or request and answer. */
function formatError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { type, message, stack } = pino.stdSerializers.err(error);
  const { code, status } = error as { readonly code?: unknown; readonly status?: unknown };
  return { type, message, stack, code, status };
}

import { HostRefusal } from '../flows/ports.ts';

/** The answer of a request, or undefined where the server answers with one of these statuses. */
export async function unlessAbsent<T>(request: Promise<T>, statuses: readonly number[]): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (statuses.includes(statusOf(error) ?? 0)) return undefined;
    throw error;
  }
}

/** What the server said of a request that it refused; in an error's own message an address follows it. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, errors } = { ...(error as { readonly response?: { readonly data?: Said } }).response?.data };
  if (typeof message !== 'string') return error.message.replace(/ - https?:\/\/\S+$/, '');
  const details = Array.isArray(errors) ? errors.flatMap(detailIn) : [];
  return [message, ...details].join(': ');
}

interface Said {
  readonly message?: unknown;
  readonly errors?: unknown; // what it is in particular
}

function detailIn(detail: unknown): readonly string[] {
  const said = typeof detail === 'object' && detail !== null && 'message' in detail ? detail.message : detail;
  return typeof said === 'string' ? [said] : [];
}

/** A write whose refusal, by a rule of the repository or for want of a right, is somebody's to be told of. */
export async function refusable<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    const why = messageOf(error);
    const status = statusOf(error);
    if ((status === 403 && !isRateLimit(why)) || status === 422) throw new HostRefusal(why, { cause: error });
    throw error;
  }
}

/** Whether a 403 only says that it was asked too often. */
export function isRateLimit(message: string): boolean {
  return /rate limit/i.test(message);
}

/** Whether a request failed without saying if it was carried out: no answer, not all of one, or an error of the server. */
export function isLost(error: unknown): boolean {
  const status = statusOf(error) ?? 0;
  return status >= 500 && status !== 501;
}

/** The HTTP status with which a request failed; undefined for any other failure. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'status' in error ? Number(error.status) : undefined;
}

import { HostRefusal } from '../flows/ports.ts';

/** Returns the answer of a request, or undefined if the server answers with one of these statuses. */
export async function unlessAbsent<T>(request: Promise<T>, statuses: readonly number[]): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (statuses.includes(statusOf(error) ?? 0)) return undefined;
    throw error;
  }
}

/** The server's message about a refused request, without the documentation address that Octokit appends. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, errors } = { ...(error as { readonly response?: { readonly data?: ErrorBody } }).response?.data };
  if (typeof message !== 'string') return error.message.replace(/ - https?:\/\/\S+$/, '');
  const details = Array.isArray(errors) ? errors.flatMap(readDetail) : [];
  return [message, ...details].join(': ');
}

interface ErrorBody {
  readonly message?: unknown;
  readonly errors?: unknown; // details
}

function readDetail(detail: unknown): readonly string[] {
  const said = typeof detail === 'object' && detail !== null && 'message' in detail ? detail.message : detail;
  return typeof said === 'string' ? [said] : [];
}

/** Awaits a write; throws HostRefusal, which is reported to people, if a rule or a missing permission refuses it. */
export async function withHostRefusal<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    const why = messageOf(error);
    const status = statusOf(error);
    if ((status === 403 && !isRateLimit(why)) || status === 422) throw new HostRefusal(why, { cause: error });
    throw error;
  }
}

/** Whether the message of a 403 is about a rate limit. */
export function isRateLimit(message: string): boolean {
  return /rate limit/i.test(message);
}

/** Whether a request failed with an unknown effect: no answer, a partial answer, or an error of the server. */
export function isLost(error: unknown): boolean {
  const status = statusOf(error) ?? 0;
  return status >= 500 && status !== 501;
}

/** The HTTP status with which a request failed; undefined for any other failure. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'status' in error ? Number(error.status) : undefined;
}

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
  const { data } = (error as { readonly response?: { readonly data?: unknown } }).response ?? {};
  const said = typeof data === 'object' && data !== null && 'message' in data ? data.message : undefined;
  return typeof said === 'string' ? said : error.message.replace(/ - https?:\/\/\S+$/, '');
}

/** The HTTP status with which a request failed; undefined for any other failure. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'status' in error ? Number(error.status) : undefined;
}

/** The answer of a request, or undefined where the server answers with one of these statuses. */
export async function unlessAbsent<T>(request: Promise<T>, statuses: readonly number[]): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (statuses.includes(statusOf(error) ?? 0)) return undefined;
    throw error;
  }
}

/** The HTTP status with which a request failed; undefined for any other failure. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'status' in error ? Number(error.status) : undefined;
}

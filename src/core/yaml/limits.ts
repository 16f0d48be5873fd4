/** What a file that people edit may hold at most; a larger one is refused before any time is spent on it. */
export const LIMITS = { bytes: 256 * 1024, depth: 32, aliases: 100, repeated: 10_000, findings: 500 } as const;

export const TOO_DEEP = `is nested deeper than ${LIMITS.depth} levels`;

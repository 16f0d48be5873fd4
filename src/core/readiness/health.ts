// To the message's very end: the rest of a message that was cut off is unknown.
const LIST = /\b(timeout waiting for|failed early due to stalled resources): \[(.*)\]\s*$/s;

/** What a failed health check says about Deployments. */
export interface Unready {
  /** Those it names, as `namespace/name`. */
  readonly named: ReadonlySet<string>;
  /** Whether all others were ready. */
  readonly othersReady: boolean;
}

/**
 * Reads Flux's message of a failed health check. After a timeout it names all that wasn't ready. What "failed early"
 * names is stalled; others may be starting still, and nothing is said of them. Neither is in any other message.
 */
export function readUnready(message: string): Unready {
  const [, how, list = ''] = LIST.exec(message) ?? [];
  const named = [...list.matchAll(/\bDeployment\/([a-z0-9.-]+\/[a-z0-9.-]+)/g)].map(([, name = '']) => name);
  return { named: new Set(named), othersReady: how === 'timeout waiting for' && list !== '' };
}

/** A message without the time that it took, which differs each time that Flux says the same again. */
export function withoutDuration(message: string): string {
  return message.replace(/\b(after|in) [0-9hmµnus.]+(?=[:, ]|$)/g, '$1');
}

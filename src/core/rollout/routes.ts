import type { Draft } from '../model/draft.ts';
import type { Traffic } from '../model/traffic.ts';
import type { Routes } from './rollback.ts';

/** What the gitops branch sends where. */
export function routesServed({ primary, canary, headers, shadow }: Traffic): Routes {
  const tested = canary?.version ?? headers?.version;
  const match = headers && headers.version === tested ? Object.fromEntries(headers.match) : {};
  return {
    primary,
    ...(tested === undefined ? {} : { canary: { version: tested, weight: canary?.weight ?? 0, headers: match } }),
    ...(shadow ? { shadow } : {}),
  };
}

/** What values ask for, where they have the right shape. */
export function routesWritten({ canary, shadow }: Draft, primary: string): Routes {
  return {
    primary,
    ...(canary?.version === undefined
      ? {}
      : {
          canary: {
            version: canary.version,
            weight: canary.weight ?? 0,
            headers: Object.fromEntries(canary.headers ?? []),
          },
        }),
    ...(shadow?.version === undefined
      ? {}
      : { shadow: { version: shadow.version, percentage: shadow.percentage ?? 100 } }),
  };
}

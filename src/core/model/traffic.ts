/** What a release's routes say, whatever target they are written for. Shares add up to 100. */
export interface Traffic {
  readonly paths: readonly string[];
  readonly primary: string;
  readonly canary?: { readonly version: string; readonly weight: number };
  readonly headers?: { readonly version: string; readonly match: ReadonlyMap<string, string> };
  readonly shadow?: { readonly version: string; readonly percentage: number };
}

/** The shares of a release's versions in percent, the primary's first; zeros are left out. */
export function sharesOf({ primary, canary }: Traffic): readonly (readonly [version: string, percent: number])[] {
  const weight = canary?.weight ?? 0;
  return [[primary, 100 - weight] as const, ...(canary ? [[canary.version, weight] as const] : [])].filter(
    ([, percent]) => percent > 0,
  );
}

/** `v1 75% v2 25%`, or `none`. */
export function sharesText(traffic: Traffic | undefined): string {
  if (!traffic) return 'none';
  return sharesOf(traffic)
    .map(([version, percent]) => `${version} ${percent}%`)
    .join(' ');
}

const UNITS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1 };

/** The seconds of a duration as settings write it: `30s`, `5m`, `1h30m`, or 0. */
export function secondsOf(written: string | number): number {
  return [...String(written).matchAll(/([0-9]+)([hms])/g)].reduce(
    (sum, [, count, unit = 's']) => sum + Number(count) * (UNITS[unit] ?? 1),
    0,
  );
}

import type { ReadinessSource, ReportSource } from './source.ts';
import { delay } from './sources/delay.ts';
import { flux } from './sources/flux.ts';
import { status } from './sources/status.ts';

/** Every source of `readiness.by`. A new one is a file and a line here. */
export const SOURCES: readonly ReadinessSource[] = [delay, flux, status];

/** Those by which clusters report. */
export const REPORT_SOURCES: readonly ReportSource[] = SOURCES.filter((source) => source.waitsFor === 'reports');

/** The source that settings name, whose schema lets no other word through. */
export function sourceOf({ by }: { readonly by: string }): ReadinessSource {
  const source = SOURCES.find(({ name }) => name === by);
  if (!source) throw new Error(`no readiness source is called ${by}`);
  return source;
}

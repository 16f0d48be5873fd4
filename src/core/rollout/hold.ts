import { load } from 'js-yaml';
import type { Hold } from '../model/hold.ts';
import { serialize } from '../yaml/serialize.ts';

export function formatHold({ who, why, when }: Hold): string {
  return serialize({ who, why, when });
}

/** Reads such a file. However a person edited it, it holds: what can't be read of it is ''. */
export function readHold(text: string): Hold {
  const written = mapIn(text);
  const when = textOf(written.when);
  return { who: textOf(written.who), why: textOf(written.why), when: Number.isNaN(Date.parse(when)) ? '' : when };
}

function mapIn(text: string): Readonly<Record<string, unknown>> {
  try {
    return { ...Object(load(text)) };
  } catch {
    return {};
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

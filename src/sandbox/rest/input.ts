import { invalid } from '../http.ts';

type Body = Readonly<Record<string, unknown>>;

/** Reads a required, non-empty string; throws 422 otherwise. */
export function requiredText(body: Body, field: string, resource: string): string {
  const value = optionalText(body, field, resource);
  if (value === undefined || value.trim() === '') throw invalid(resource, field, undefined, 'missing_field');
  return value;
}

/** Reads an optional string; the field may be absent or null. */
export function optionalText(body: Body, field: string, resource: string): string | undefined {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw invalid(resource, field, `${field} must be a string`, 'invalid');
  return value;
}

/** Reads an optional field with one of a few words. */
export function optionalChoice(
  body: Body,
  field: string,
  words: readonly string[],
  resource: string,
): string | undefined {
  const value = optionalText(body, field, resource);
  if (value !== undefined && !words.includes(value)) {
    throw invalid(resource, field, `${field} must be one of ${words.join(', ')}`, 'invalid');
  }
  return value;
}

/** Reads an optional list of objects. */
export function optionalList(body: Body, field: string, resource: string): readonly Body[] {
  const value = body[field] ?? [];
  const isList = Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null);
  if (!isList) throw invalid(resource, field, `${field} must be an array of objects`, 'invalid');
  return value as readonly Body[];
}

/** A JSON pointer (RFC 6901) to a child. */
export function join(parent: string, key: string | number): string {
  return `${parent}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** The keys of a JSON pointer, from the root. */
export function keysOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The pointer one level up; the root's is the root. */
export function parentOf(pointer: string): string {
  return pointer.slice(0, Math.max(0, pointer.lastIndexOf('/')));
}

/** What is at these keys of a value; undefined where nothing is. */
export function valueIn(value: unknown, keys: readonly string[]): unknown {
  return keys.reduce((parent: unknown, key) => {
    return parent !== null && typeof parent === 'object' && Object.hasOwn(parent, key)
      ? (parent as Readonly<Record<string, unknown>>)[key]
      : undefined;
  }, value);
}

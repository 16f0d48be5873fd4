import config from '../../../schemas/config.schema.json' with { type: 'json' };
import kubernetes from '../../../schemas/kubernetes.schema.json' with { type: 'json' };
import values from '../../../schemas/values.schema.json' with { type: 'json' };
import { keysOf } from '../model/pointer.ts';

/** The JSON schema of values files or of the settings as a file of its own, for an editor: it refers to no other. */
export function schemaText(name: 'values' | 'config'): string {
  const others = { 'values.schema.json': values, 'kubernetes.schema.json': kubernetes };
  const whole = standaloneSchema(name === 'values' ? values : config, others);
  return `${JSON.stringify(whole, null, 2)}\n`;
}

type Schema = Readonly<Record<string, unknown>>;

/** A schema that works on its own: what it refers to in others, by their file names, is copied into its `$defs`. */
function standaloneSchema(schema: Schema, others: Readonly<Record<string, Schema>>): Schema {
  const copied = new Map<string, unknown>();

  /** The same with every reference leading into this schema; `home` is the file that `#` means here, if another one. */
  const rewritten = (node: unknown, home?: string): unknown => {
    if (Array.isArray(node)) return node.map((item) => rewritten(item, home));
    if (node === null || typeof node !== 'object') return node;
    return Object.fromEntries(
      Object.entries(node).map(([key, value]) => {
        return [key, key === '$ref' && typeof value === 'string' ? referenceTo(value, home) : rewritten(value, home)];
      }),
    );
  };

  const referenceTo = (reference: string, home?: string): string => {
    const [written = '', pointer = ''] = reference.split('#');
    const file = written || home;
    if (file === undefined) return reference; // its own already
    const name = [file.replace(/\.schema\.json$/, ''), ...keysOf(pointer).filter((key) => !STRUCTURE.has(key))].join(
      '-',
    );
    if (!copied.has(name)) {
      copied.set(name, undefined); // a schema may refer to itself
      copied.set(name, rewritten(partOf(others[file], pointer, reference), file));
    }
    return `#/$defs/${name}`;
  };

  const own = rewritten(schema) as Schema;
  if (copied.size === 0) return own;
  return { ...own, $defs: { ...(own.$defs as object | undefined), ...Object.fromEntries(copied) } };
}

const STRUCTURE = new Set(['$defs', 'properties']);

function partOf(schema: unknown, pointer: string, reference: string): unknown {
  let part = schema;
  for (const key of keysOf(pointer)) part = (part as Record<string, unknown> | undefined)?.[key];
  if (part === undefined) throw new Error(`there is no schema ${reference}`);
  return part;
}

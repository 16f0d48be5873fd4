import { type Field, QueryProblem, type Selection } from './parse.ts';

type Args = Readonly<Record<string, unknown>>;

/** A node whose fields are computed on demand. */
export interface Node {
  readonly type: string;
  readonly fields: Readonly<Record<string, (args: Args) => unknown>>;
}

/** Selects a query's fields of a node, as JSON. An unknown field is an error of the query. */
export async function resolveNode(
  node: Node,
  selections: readonly Selection[],
): Promise<Readonly<Record<string, unknown>>> {
  const fields = selections.flatMap((selection) => fieldsFor(node, selection));
  const entries = await Promise.all(
    fields.map(async (field) => [field.alias, await resolveField(node, field)] as const),
  );
  return Object.fromEntries(entries);
}

function fieldsFor(node: Node, selection: Selection): readonly Field[] {
  if (selection.kind === 'field') return [selection];
  return selection.type === node.type ? selection.selections.flatMap((each) => fieldsFor(node, each)) : [];
}

async function resolveField({ type, fields }: Node, { name, args, selections }: Field): Promise<unknown> {
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (!field) throw new QueryProblem(`Field '${name}' doesn't exist on type '${type}', as far as the sandbox knows it`);
  return resolveValue(await field(args), selections);
}

async function resolveValue(value: unknown, selections: readonly Selection[]): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((each) => resolveValue(each, selections)));
  return isNode(value) ? resolveNode(value, selections) : (value ?? null);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'fields' in value && 'type' in value;
}

import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import config from '../schemas/config.schema.json' with { type: 'json' };
import values from '../schemas/values.schema.json' with { type: 'json' };
import { listRules } from '../src/core/rules/registry.ts';
import { codeIn, namesIn, readPage, rowsOf, sorted } from './support/pages.ts';

// The pages name every field, setting and rule that there is with its default, and none that there is not.

interface Node {
  readonly $ref?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly additionalProperties?: Node | boolean;
}

interface Field {
  readonly words: readonly string[]; // that it may be
  readonly isRequired: boolean;
  readonly default: unknown;
}

interface Schema {
  readonly page: string;
  readonly head: string; // of the first column of its tables
  readonly root: Node;
  readonly defs: Readonly<Record<string, Node>>;
  readonly names: Readonly<Record<string, string>>; // of a map: what its keys are called in the pages
  readonly closed: readonly string[]; // one row says what they have: fields of Kubernetes, or of another table
}

const VALUES: Schema = {
  page: 'docs/values.md',
  head: 'field',
  root: values as Node,
  defs: values.$defs as Readonly<Record<string, Node>>,
  names: { deployment: '<version>' },
  closed: ['defaults', ...['env', 'container', 'pod'].map((field) => `deployment.<version>.${field}`)],
};

const SETTINGS: Schema = {
  page: 'docs/settings.md',
  head: 'key',
  root: config as Node,
  defs: config.$defs as Readonly<Record<string, Node>>,
  names: { domains: '<apiGroup>', rules: '<id>', stages: '<stage>' },
  closed: [
    'rules',
    'stages.<stage>',
    ...Object.keys(config.properties.commands.properties).map((it) => `commands.${it}`),
  ],
};

/** Every field that a schema has, by its path as a page writes it. */
function fieldsOf({ root, defs, names, closed }: Schema): ReadonlyMap<string, Field> {
  const fields = new Map<string, Field>();
  const walk = (node: Node, at: string): void => {
    if (closed.includes(at)) return;
    const target = { ...defs[node.$ref?.replace('#/$defs/', '') ?? ''], ...node };
    for (const [key, child] of Object.entries(target.properties ?? {})) {
      const path = at === '' ? key : `${at}.${key}`;
      const whole = { ...defs[child.$ref?.replace('#/$defs/', '') ?? ''], ...child };
      fields.set(path, {
        words: (whole.enum ?? []).filter((word) => typeof word === 'string'),
        isRequired: target.required?.includes(key) ?? false,
        default: whole.default,
      });
      walk(child, path);
    }
    const name = names[at];
    if (name !== undefined && typeof target.additionalProperties === 'object') {
      fields.set(`${at}.${name}`, { words: [], isRequired: false, default: undefined });
      walk(target.additionalProperties, `${at}.${name}`);
    }
    if (target.items) walk(target.items, `${at}[]`);
  };
  walk(root, '');
  return fields;
}

describe.each([VALUES, SETTINGS])('$page', (schema) => {
  const { page, head } = schema;
  const fields = new Map(fieldsOf(schema));
  if (schema === SETTINGS) {
    fields.set('rules.<id>', { words: [], isRequired: false, default: undefined });
    const right = Object.keys(config.$defs.right.properties) as (keyof typeof config.$defs.right.properties)[];
    for (const key of right) {
      const node = config.$defs.right.properties[key] as Node;
      fields.set(`commands.<command>.${key}`, {
        words: (node.enum ?? []).map(String),
        isRequired: false,
        default: node.default,
      });
    }
  }

  test('has a row for every field, and none for another', () => {
    expect(fields.size).toBeGreaterThan(30);
    expect(sorted(namesIn(page, head))).toEqual(sorted(fields.keys()));
  });

  test('says every word that a field may be', () => {
    const rows = rowsOf(page, head).flatMap((row) => namesIn(page, head, row).map((name) => [name, row[1]] as const));
    const missing = rows.flatMap(([name, meaning]) => {
      const said = codeIn(meaning);
      return (fields.get(name)?.words ?? []).filter((word) => !said.includes(word)).map((word) => `${name}: ${word}`);
    });
    expect(missing).toEqual([]);
  });

  test('says which fields are required, and the default of each other one', () => {
    let count = 0;
    for (const row of rowsOf(page, head)) {
      for (const name of namesIn(page, head, row)) {
        const field = fields.get(name);
        const said = row[2] ?? '';
        expect([name, said === 'required']).toEqual([name, field?.isRequired]);
        expect([name, codeIn(said).map((code) => parse(code))]).toEqual([
          name,
          field?.default === undefined ? [] : [field.default],
        ]);
        if (field?.default !== undefined) count += 1;
      }
    }
    expect(count).toBeGreaterThan(5);
  });
});

const headings = [...readPage('docs/rules.md').matchAll(/^## (.+)$/gm)].map(([, id = '']) => id);

test('the table of rules has each with its severity, and what the settings may do with it', () => {
  const words = { any: '`error`, `warning` or `off`', fixed: 'always an error', none: 'always an error' };
  expect(rowsOf('docs/rules.md', 'rule')).toEqual(
    listRules().map(({ id, severity, inSettings }) => [`[\`${id}\`](#${id})`, severity, words[inSettings]]),
  );
});

test('every rule has its heading, which is its anchor', () => {
  expect(sorted(headings)).toEqual(listRules().map(({ id }) => id));
});

test('every rule begins with its severity', () => {
  const said = listRules().map(({ id }) => {
    const [, text = ''] = readPage('docs/rules.md').split(`\n## ${id}\n`);
    return [id, /^\s*([A-Z][a-z]+)/.exec(text)?.[1]?.toLowerCase()];
  });
  expect(said).toEqual(listRules().map(({ id, severity }) => [id, severity]));
});

test('the settings know the severity of each rule that they may change', () => {
  const known = config.properties.rules.properties as Readonly<Record<string, Node>>;
  const settable = listRules().filter(({ inSettings }) => inSettings !== 'none');
  expect(Object.entries(known).map(([id, node]) => [id, node.default])).toEqual(
    settable.map(({ id, severity }) => [id, severity]),
  );
});

import Handlebars from 'handlebars';
import { load } from 'js-yaml';
import { doubleQuoted } from '../yaml/scalar.ts';

/** A rendered object, before it is written. */
export type Manifest = Readonly<Record<string, unknown>> & {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
};

/** Fills in the template of that name and gives what it says, parsed. */
export type Charts = (template: string, view: object) => Manifest;

/** Compiles templates, by name. `noEscape` and `strict`, and every value goes through `quote`. */
export function compileCharts(templates: ReadonlyMap<string, string>): Charts {
  const handlebars = Handlebars.create();
  handlebars.registerHelper('quote', quoteValue);
  const compiled = new Map(
    [...templates].map(([name, text]) => {
      return [name, handlebars.compile(text, { noEscape: true, strict: true, knownHelpers: { quote: true } })] as const;
    }),
  );
  return (name, view) => {
    const template = compiled.get(name);
    if (!template) throw new Error(`there is no template ${name}`);
    return load(template(view)) as Manifest;
  };
}

/** A value as YAML flow text on one line, which can't become anything but that value. */
function quoteValue(value: unknown): string {
  if (typeof value === 'string') return doubleQuoted(value);
  if (typeof value === 'number' || typeof value === 'boolean') return JSON.stringify(value);
  if (value !== null && typeof value === 'object') return doubleQuotedJson(value);
  throw new Error(`a template asked for a value that isn't there: ${String(value)}`);
}

function doubleQuotedJson(value: object): string {
  if (Array.isArray(value)) return `[${value.map(quoteValue).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, item]) => `${doubleQuoted(key)}: ${quoteValue(item)}`)
    .join(', ')}}`;
}

import Handlebars from 'handlebars';
import { load } from 'js-yaml';
import type { Manifest } from '../model/manifest.ts';

/** Fills in the template of that name and gives what it says, parsed. */
export type FillTemplate = (template: string, view: object) => Manifest;

/**
 * Compiles templates, by name: `noEscape` and `strict`, and every value goes through `quote`. What `quote` writes is a
 * mark, and the value is put in its place after parsing: no value can become anything but itself, and templates filled
 * in alike (the same branches taken, as often around each loop) are parsed once.
 */
export function compileTemplates(templates: ReadonlyMap<string, string>): FillTemplate {
  const handlebars = Handlebars.create();
  let values: unknown[] = [];
  handlebars.registerHelper('quote', (value: unknown) => {
    if (value === undefined) throw new Error('a template asked for a value that is not there');
    values.push(value);
    return `"${MARK}${values.length - 1}"`;
  });
  const compiled = new Map(
    [...templates].map(([name, text]) => {
      return [name, handlebars.compile(text, { noEscape: true, strict: true, knownHelpers: { quote: true } })] as const;
    }),
  );
  const shapes = new Map<string, unknown>();
  return (name, view) => {
    const template = compiled.get(name);
    if (!template) throw new Error(`there is no template ${name}`);
    values = [];
    const text = template(view);
    const shape = shapes.get(text) ?? load(text);
    if (shapes.size < MAX_SHAPES) shapes.set(text, shape);
    return filled(shape, values) as Manifest;
  };
}

const MARK = 'value of the view: ';
const MAX_SHAPES = 1000;

/** A copy of parsed YAML with the values in place of their marks. */
function filled(shape: unknown, values: readonly unknown[]): unknown {
  if (typeof shape === 'string') return shape.startsWith(MARK) ? values[Number(shape.slice(MARK.length))] : shape;
  if (Array.isArray(shape)) return shape.map((item) => filled(item, values));
  if (shape === null || typeof shape !== 'object') return shape;
  return Object.fromEntries(Object.entries(shape).map(([key, item]) => [filled(key, values), filled(item, values)]));
}

import { compileTemplates, type FillTemplate } from './templates.ts';

/** Everything that renders, made with its templates: one value that is handed to all that renders or reads what was rendered. */
export interface Targets {
  readonly fill: FillTemplate;
}

/** Makes the render targets with these templates, by name ('gloo/routetable'). */
export function compileTargets(templates: ReadonlyMap<string, string>): Targets {
  return { fill: compileTemplates(templates) };
}

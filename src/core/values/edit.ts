import { patchOf } from '../model/diff.ts';
import { parseYaml } from '../yaml/document.ts';
import type { ParsedYaml } from '../yaml/parsed.ts';
import { splice } from './edit/block.ts';
import { changeData, type Edit, type Json, sameData, valueAt } from './edit/data.ts';
import { layoutOf } from './edit/layout.ts';
import { type Plan, planEdit } from './edit/plan.ts';

export type { Edit, Json } from './edit/data.ts';

/** The changed text; or why it isn't changed, with a patch to look at and to apply by hand where one can be made. */
export type Edited =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: string; readonly patch?: string };

/**
 * Makes edits in the text of a values file, one after the other: all or none. Only the scalars meant and the lines of
 * blocks that come or go change, which is proved by reading the result: it must hold the old data, so changed.
 */
export function editValues(text: string, edits: readonly Edit[], file = 'values.yaml'): Edited {
  let current = text;
  let reason: string | undefined;
  for (const edit of edits) {
    const step = editOnce(current, edit);
    if (!step.ok) reason ??= `${describe(edit)}: ${step.reason}`;
    if (step.text === undefined) return { ok: false, reason: reason ?? '' };
    current = step.text;
  }
  if (reason === undefined) return { ok: true, text: current };
  return { ok: false, reason, patch: patchOf({ path: file, before: text, after: current }) };
}

/** One edit's text; not ok with a text is what a person may do. */
type Step =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly text?: string; readonly reason: string };

function editOnce(text: string, edit: Edit): Step {
  const before = read(text);
  if (!before.ok) return { ok: false, reason: `the file can't be read: ${firstOf(before)}` };
  const data = before.document.value;
  const meant = changeData(data, edit);
  if (!meant.ok) return meant;
  if (sameData(data, meant.data)) return { ok: true, text };

  const layout = layoutOf(text);
  const plan = planEdit(layout, data, edit);
  const edited = textOf(plan, text, meant.data);
  if (edited.text !== undefined) {
    const doubt = plan.kind === 'splices' ? plan.doubt : undefined;
    return doubt === undefined ? { ok: true, text: edited.text } : { ok: false, reason: doubt, text: edited.text };
  }
  const { anew } = plan;
  if (!anew) return { ok: false, reason: edited.reason };
  const whole = planEdit(layout, data, { kind: 'put', path: anew, value: valueAt(meant.data, anew) as Json });
  const { text: candidate } = textOf(whole, text, meant.data);
  return { ok: false, reason: edited.reason, ...(candidate === undefined ? {} : { text: candidate }) };
}

type Tried = { readonly text: string } | { readonly text?: undefined; readonly reason: string };

/** The text that a plan gives, if it is proved. */
function textOf(plan: Plan, text: string, meant: unknown): Tried {
  if (plan.kind === 'refused') return plan;
  const edited = splice(text, plan.splices);
  const reason = disproof(edited, meant);
  return reason === undefined ? { text: edited } : { reason: plan.doubt ?? reason };
}

/** What is wrong with an edited text; nothing, if reading it gives exactly the data that were meant. */
function disproof(text: string, meant: unknown): string | undefined {
  const after = read(text);
  if (!after.ok) return `the result could not be read: ${firstOf(after)}`;
  if (sameData(after.document.value, meant)) return undefined;
  return 'other places of the file would change with it (an anchor, or a value that goes over several lines)';
}

function read(text: string): ParsedYaml {
  return parseYaml('', new TextEncoder().encode(text));
}

function firstOf(parsed: ParsedYaml): string {
  const [first] = parsed.ok ? [] : parsed.findings;
  return first ? `line ${first.range.line}: ${first.message}` : '';
}

function describe(edit: Edit): string {
  switch (edit.kind) {
    case 'set':
      return `${edit.path} can't be set in place`;
    case 'put':
      return `${edit.path} can't be written in place`;
    case 'copy':
      return `${edit.from} can't be copied to ${edit.to}`;
    case 'remove':
      return `${edit.path} can't be taken out`;
  }
}

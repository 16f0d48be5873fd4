import { isAlias, isCollection, isMap, isScalar, type Node } from 'yaml';
import { keysOf, parentOf } from '../../model/pointer.ts';
import {
  addEntry,
  copyLines,
  copyText,
  fillEntry,
  insertLines,
  isEmptyValue,
  removeLines,
  replaceAll,
  replaceEntry,
  replaceScalar,
} from './block.ts';
import { type Edit, isMapping, type Json } from './data.ts';
import { insertBehind, insertInto, isFilledFlow, isFlow, isJson, removeFrom, replaceValue } from './flow.ts';
import {
  type Entry,
  endOf,
  type Found,
  find,
  type Gap,
  type Layout,
  offsetsOf,
  type Splice,
  startOf,
} from './layout.ts';
import { blockLines, flowEntry, flowText, isBlock, scalarText } from './write.ts';

/** How an edit is made in the text; with a doubt it is for a person to look at. */
export type Plan =
  | { readonly kind: 'splices'; readonly splices: readonly Splice[]; readonly doubt?: string; readonly anew?: string }
  | { readonly kind: 'refused'; readonly reason: string; readonly anew?: string }; // anew: what could be written whole

const REASONS = {
  flow: 'the braces that it stands in go over several lines',
  shared: 'it shares its line with something else',
} as const;

/** Decides where an edit changes the text. The data says already that the edit makes sense and changes something. */
export function planEdit(layout: Layout, data: unknown, edit: Edit): Plan {
  const path = edit.kind === 'copy' ? edit.from : edit.path;
  const found = find(layout, data, keysOf(path));
  if (found.kind === 'blocked') return { kind: 'refused', reason: found.reason, anew: found.path };
  if (found.kind === 'missing') return planMissing(found, edit, layout);
  switch (edit.kind) {
    case 'set':
      return planSet(found, edit.value, layout);
    case 'put':
      return planPut(found, edit.value, layout);
    case 'copy':
      return planCopy(found.entry, lastKey(edit.to), layout);
    case 'remove':
      return planRemove(found.entry, layout);
  }
}

type FoundValue = Extract<Found, { kind: 'value' }>;

/** What isn't there is added to the nearest block above it, with all that is missing between. */
function planMissing(gap: Gap, edit: Edit, layout: Layout): Plan {
  const { merged, rest } = gap;
  if (edit.kind === 'copy' || edit.kind === 'remove') {
    const anew = edit.kind === 'copy' ? edit.to : merged === edit.path ? parentOf(edit.path) : merged;
    return { kind: 'refused', reason: `${merged} comes from a merge key (<<)`, ...only('anew', anew) };
  }
  const [name, ...inner] = rest;
  const added = inner.reduceRight<Json>((below, key) => ({ [key]: below }), edit.value);
  return { ...planAdded(gap, name, added, layout), ...only('anew', merged) };
}

function planAdded({ value, above }: Gap, name: string, added: Json, layout: Layout): Plan {
  const empty = isEmptyValue(value, layout.text);
  if (value === layout.root && empty) return splices(fillRoot({ [name]: added }, layout));
  if (above && empty) {
    if (isFlow(above)) return splices(replaceValue(above, flowText({ [name]: added }, isJson(above.map))));
    return splices(fillEntry(above, { [name]: added }, layout));
  }
  if (!isMap(value)) return { kind: 'refused', reason: 'it would be in an empty item of a list' };
  if (value.flow) return splices(insertInto(value, flowEntry(name, added, isJson(value)), layout));
  const lines = addEntry(value, name, added, layout);
  return lines ? splices(lines) : { kind: 'refused', reason: 'its neighbours are written with "?"' };
}

function fillRoot(value: Json, layout: Layout): readonly Splice[] {
  const { root, text, style } = layout;
  const lines = blockLines(value, 0, style);
  const [from, to] = root ? offsetsOf(root) : [0, 0];
  return to > from ? [{ from, to, text: lines.join(style.newline) }] : [insertLines(text.length, lines, layout)];
}

function planSet({ value, entry }: FoundValue, wanted: Scalar, layout: Layout): Plan {
  const doubt = doubtAbout(value);
  const type = isScalar(value) ? value.type : undefined;
  if (entry && doubt !== undefined) return splices([replaceAll(entry, scalarText(wanted), layout)], doubt);
  if (entry && isFlow(entry)) {
    const json = isJson(entry.map) && !(isScalar(value) && typeof value.value === 'string');
    return splices(replaceValue(entry, json ? flowText(wanted, true) : scalarText(wanted, type)));
  }
  if (entry) return splices([replaceScalar(entry, wanted, layout)]);
  const [from, to] = value ? offsetsOf(value) : [0, 0];
  if (from === to) return { kind: 'refused', reason: 'it is an empty item of a list' };
  return splices([{ from, to, text: scalarText(wanted, type) }], doubt);
}

function planPut(found: FoundValue, wanted: Json, layout: Layout): Plan {
  const { value, entry } = found;
  if (isOneWord(wanted) && !isCollection(value)) return planSet(found, wanted, layout);
  if (!entry) return { kind: 'refused', reason: 'it is an item of a list' };
  const doubt = doubtAbout(value);
  if (isFlow(entry) || (isBlock(wanted) && isFilledFlow(entry, layout.text))) {
    const text = flowText(wanted, isFlow(entry) && isJson(entry.map));
    return splices(doubt === undefined ? replaceValue(entry, text) : [replaceAll(entry, text, layout)], doubt);
  }
  if (isMapping(wanted) && isBlock(wanted) && doubt === undefined && isEmptyValue(value, layout.text))
    return splices(fillEntry(entry, wanted, layout));
  return splices([replaceEntry(entry, wanted, layout)], doubt);
}

function planCopy(entry: Entry | undefined, name: string, layout: Layout): Plan {
  if (!entry) return { kind: 'refused', reason: 'it is an item of a list' };
  if (!isFlow(entry)) {
    const lines = copyLines(entry, name, layout);
    return lines ? splices(lines) : { kind: 'refused', reason: REASONS.shared };
  }
  const { text } = layout;
  return splices(insertBehind(entry, copyText(entry, name, text, [startOf(entry), endOf(entry, text)]), layout));
}

function planRemove(entry: Entry | undefined, layout: Layout): Plan {
  if (!entry) return { kind: 'refused', reason: 'it is an item of a list' };
  const pieces = isFlow(entry) ? removeFrom(entry, layout) : removeLines(entry, layout);
  return pieces ? splices(pieces) : { kind: 'refused', reason: isFlow(entry) ? REASONS.flow : REASONS.shared };
}

function splices(pieces: readonly Splice[], doubt?: string): Plan {
  return { kind: 'splices', splices: pieces, ...(doubt === undefined ? {} : { doubt }) };
}

type Scalar = string | number | boolean | null;

function isOneWord(value: Json): value is Scalar {
  return typeof value !== 'object' || value === null;
}

/** What makes a person look at a new value first. */
function doubtAbout(value: Node | null): string | undefined {
  if (isAlias(value)) return `the value is the alias *${value.source}`;
  const tag = value?.tag?.replace('tag:yaml.org,2002:', '!!');
  return tag === undefined ? undefined : `the value has the tag ${tag}`;
}

function only<K extends string>(key: K, value: string | undefined): { readonly [key in K]?: string } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [key in K]?: string };
}

function lastKey(path: string): string {
  return keysOf(path).at(-1) ?? '';
}

import type { Draft } from '../model/draft.ts';
import { FILE_START, type Finding, isError } from '../model/finding.ts';
import type { Manifest } from '../model/manifest.ts';
import { join, keysOf } from '../model/pointer.ts';
import type { Release } from '../model/release.ts';
import { CONTAINER_FIELDS } from '../model/version/fields.ts';
import { type Fault, faultsOf } from '../schema/fault.ts';
import { SETTINGS_FILE, type StageSettings } from '../settings/settings.ts';
import { crossFaults } from './kubernetes/cross-checks.ts';
import { placesInWorkload } from './kubernetes/places.ts';
import { VERSION_KINDS, WORKLOAD_KINDS } from './kubernetes/workloads.ts';
import { errorsIn } from './schemas.ts';
import type { RenderedRelease, RenderTarget } from './target.ts';
import { writtenPlaceOf } from './written-place.ts';

// RFC 1123 subdomain: the name of any Kubernetes object. It is also a file's name on the gitops branch.
const NAME = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/;

/** A release as it was rendered, and where it comes from: its file, with what was found there, and the settings. */
export interface Rendered {
  readonly release: Release;
  readonly objects: RenderedRelease;
  readonly target: RenderTarget;
  readonly draft: Draft;
  readonly settings: StageSettings;
  readonly said: readonly Finding[];
}

/**
 * A release's objects are of the kinds that the templates declare, in its own namespace, with names of its own, and
 * such as Kubernetes and the target's controller take them. What breaks that is found where the values say it. Gives all findings: what
 * was said of a place before isn't said twice.
 */
export function guard(rendered: Rendered): readonly Finding[] {
  const { release, objects, target, said } = rendered;
  const whole = !said.some(isError);
  const judged = whole
    ? [...objects.workloads, ...objects.routes]
    : objects.workloads.filter(({ kind }) => VERSION_KINDS.includes(kind));
  const found = judged.flatMap((manifest) => {
    const problem = breach(release, manifest, target);
    if (problem === undefined) return faultsIn(rendered, manifest);
    return whole ? [finding(release, manifest, `which ${problem}`)] : []; // a rule has said it
  });
  return found.length === 0 ? said : withoutRepeats(said, found);
}

function breach({ id }: Release, { kind, metadata }: Manifest, target: RenderTarget): string | undefined {
  const kinds = [...WORKLOAD_KINDS, ...target.kinds].map((each) => each.kind);
  if (!kinds.includes(kind)) return `isn't of a kind that a release may have (${kinds.join(', ')})`;
  if (metadata.namespace !== id.namespace) return `is outside the release's namespace "${id.namespace}"`;
  if (metadata.name !== id.name && !metadata.name.startsWith(`${id.name}-`))
    return `isn't named "${id.name}" or "${id.name}-..."`;
  if (!NAME.test(metadata.name) || !NAME.test(metadata.namespace)) return 'has a name that Kubernetes does not allow';
  return undefined;
}

/** Gives for a JSON pointer into a rendered object the place in the values that it speaks of, whichever layer has it. */
function placesIn(release: Release, manifest: Manifest, target: RenderTarget): (pointer: string) => string {
  const places = placesInWorkload(release, manifest) ?? target.placesIn(manifest) ?? (() => []);
  return (pointer) => places(keysOf(pointer)).reduce((path: string, key) => join(path, key), '');
}

function faultsIn({ release, target, draft, settings, said }: Rendered, manifest: Manifest): readonly Finding[] {
  const [errors, cross] = [errorsIn(manifest, target.schemas), crossFaults(manifest)];
  if (errors.length === 0 && cross.length === 0) return [];
  const base = { rule: 'manifest', severity: 'error', file: draft.file } as const;
  const whole = !said.some(isError);
  const valuesAt = placesIn(release, manifest, target);
  const origin = (pointer: string) => writtenPlaceOf(draft, settings.defaults, valuesAt(pointer));
  const judged = {
    root: manifest,
    writtenAt: (pointer: string) => draft.writtenAt(origin(pointer).path),
    shownAt: (pointer: string) => (isField(valuesAt(pointer)) ? valuesAt(pointer) : pointer),
  };
  return [...faultsOf(errors, judged), ...cross].flatMap((fault) => {
    const { path, fromSettings, isKey } = origin(fault.path);
    if (fromSettings) {
      const message = `${fault.message}; it comes from "defaults" in ${SETTINGS_FILE}`;
      return [{ ...base, path, range: draft.keyRangeOf(path), message }];
    }
    if (!isField(path))
      return whole
        ? [{ ...finding(release, manifest, `in which ${fault.message}`), path, range: draft.keyRangeOf(path) }]
        : [];
    const { about, ...words } = beside(fault, path);
    return [
      { ...base, ...words, path, range: isKey || about === 'key' ? draft.keyRangeOf(path) : draft.rangeOf(path) },
    ];
  });
}

/** A key of `container` that was meant to be one of the version: no other key makes it right where it is. */
function beside({ replacement, ...fault }: Fault, path: string): Fault {
  if (replacement === undefined) return fault;
  const [key = '', parent] = [...keysOf(path)].reverse();
  if (fault.about !== 'key' || parent !== 'container' || !CONTAINER_FIELDS.has(replacement))
    return { ...fault, replacement };
  return { ...fault, message: `unknown key "${key}"; "${replacement}" belongs beside "container"` };
}

/** Whether a place is something that was written; else it follows from a name, which a rule judges, or from our templates. */
function isField(path: string): boolean {
  const [top, ...rest] = keysOf(path);
  return top !== undefined && (top !== 'deployment' || rest.length > 1);
}

function finding({ file }: Release, { kind, metadata }: Manifest, problem: string): Finding {
  return {
    rule: 'manifest',
    severity: 'error',
    file,
    path: '',
    range: FILE_START,
    message: `rendering this file gave ${kind} "${metadata.name}", ${problem}`,
  };
}

/**
 * One fault gives one finding. The file's own schema knows better what a field of ours is for; Kubernetes' knows better
 * than a rule about strings in general what an ambiguous word is to be.
 */
function withoutRepeats(said: readonly Finding[], found: readonly Finding[]): readonly Finding[] {
  const bySchema = said.filter(({ rule }) => rule === 'schema').map(({ path }) => path);
  const kept = new Map<string, Finding>();
  for (const finding of found) {
    if (bySchema.some((path) => isWithin(path, finding.path) || isWithin(finding.path, path))) continue;
    const place = placeOf(finding);
    if (!kept.has(place)) kept.set(place, finding);
  }
  return [
    ...said.filter((finding) => finding.rule !== 'ambiguous-scalar' || !kept.has(placeOf(finding))),
    ...kept.values(),
  ];
}

/** One place has one fault; at a version's key there may be several, of what isn't in the file. */
function placeOf({ path, range, message }: Finding): string {
  return JSON.stringify(isField(path) ? range : [range, message]);
}

function isWithin(path: string, parent: string): boolean {
  return path === parent || (parent !== '' && path.startsWith(`${parent}/`));
}

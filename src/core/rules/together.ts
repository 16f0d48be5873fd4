import { type Draft, routePathOf } from '../model/draft.ts';
import { compare, type Finding, type Severity } from '../model/finding.ts';
import { shortNames } from '../model/names.ts';
import { join } from '../model/pointer.ts';
import { identityOf } from '../model/release.ts';
import { type Settings, stageSettings } from '../settings/settings.ts';
import type { Outlines } from '../targets/outline.ts';
import { RULES } from './registry.ts';
import type { NeighbourBreach, Neighbours } from './rule.ts';

/** What is wrong with a release because of another one, by which rule. Where that stands in its file, its draft says. */
export interface Clash extends NeighbourBreach {
  readonly rule: string;
  readonly severity: Severity;
}

/** How releases get along. */
export interface JudgedOutlines {
  readonly clashes: readonly Clash[];
  readonly broken: ReadonlySet<string>; // identities of those with an error
  readonly outlines: Outlines; // those that get along: a broken one is as it was before, or isn't there
}

/**
 * Holds releases against each other. `before` is how they are already; a release with an error stays as it was there,
 * which may be in the way of yet another one.
 */
export function judgeTogether(proposed: Outlines, before: Outlines, settings: Settings): JudgedOutlines {
  const clashes = new Map<string, Clash>();
  const broken = new Set<string>();
  for (let outlines = proposed; ; ) {
    const found = clashesAmong(outlines, before, settings).filter(({ release }) => !broken.has(release));
    for (const clash of found) {
      const key = JSON.stringify([clash.release, clash.rule, clash.about]);
      if (!clashes.has(key)) clashes.set(key, clash);
    }
    const errors = found.filter(({ severity }) => severity === 'error');
    if (errors.length === 0) return { clashes: [...clashes.values()], broken, outlines };
    for (const { release } of errors) broken.add(release);
    const settled = new Map(outlines);
    for (const identity of broken) {
      const old = before.get(identity);
      if (old) settled.set(identity, old);
      else settled.delete(identity);
    }
    outlines = settled;
  }
}

function clashesAmong(outlines: Outlines, before: Outlines, settings: Settings): readonly Clash[] {
  const nameOf = shortNames([...outlines.values()].map(({ id }) => id));
  const stages = Map.groupBy(outlines, ([, { id }]) => id.stage);
  return [...stages].flatMap(([stage, entries]) => {
    const own = stageSettings(settings, stage);
    const neighbours: Neighbours = {
      outlines: new Map([...entries].sort(([a], [b]) => compare(a, b))),
      settings: own,
      hasAlready: ({ id, apiGroup }, { kind, path }) => {
        const old = before.get(identityOf(id));
        return old?.apiGroup === apiGroup && old.paths.some((each) => each.kind === kind && each.path === path);
      },
      nameOf: ({ id }) => nameOf(id),
    };
    return RULES.flatMap((rule) => {
      if (rule.about !== 'neighbours') return [];
      const severity = own.rules.get(rule.id) ?? rule.severity;
      if (severity === 'off') return [];
      return rule.check(neighbours).map((breach): Clash => {
        return { ...breach, rule: rule.id, severity: breach.isMild ? 'warning' : severity };
      });
    });
  });
}

/** A clash as a finding in the release's own file. */
export function findingOf(clash: Clash, draft: Draft): Finding {
  const { rule, severity, message, replacement } = clash;
  const place = placeIn(draft, clash.about);
  return {
    rule,
    severity,
    file: draft.file,
    ...place,
    message,
    ...(replacement === undefined ? {} : { replacement }),
  };
}

function placeIn(draft: Draft, about: Clash['about']): Pick<Finding, 'path' | 'range'> {
  if (about.kind === 'upstream') {
    const { name, namespace } = about.upstream;
    const [version = ''] =
      [...(draft.versions ?? [])].find(([, { upstream }]) => {
        return upstream?.name === name && upstream.namespace === namespace;
      }) ?? [];
    const path = `${join('/deployment', version)}/upstream/name`;
    return { path, range: draft.rangeOf(path) };
  }
  const { kind, path: text } = about.path;
  const index = (draft.paths ?? []).findIndex((written) => {
    const path = routePathOf(written);
    return path?.kind === kind && path.path === text;
  });
  if (index < 0) return { path: '/routes', range: draft.keyRangeOf('/routes') }; // the default path, which is not in the file
  const path = `/routes/paths/${index}/${kind}`;
  return { path, range: draft.rangeOf(path) };
}

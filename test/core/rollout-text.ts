import { readValues } from '../../src/core/build/read-values.ts';
import { parseComment } from '../../src/core/commands/parse.ts';
import { findingsOf, isError } from '../../src/core/model/finding.ts';
import { noteText } from '../../src/core/report/note.ts';
import { refusalText } from '../../src/core/report/refusal.ts';
import { toPlain } from '../../src/core/report/sentence.ts';
import {
  deploy,
  type Previous,
  promote,
  type ReleaseRollout,
  type StepDecision,
} from '../../src/core/rollout/promote.ts';
import type { Rollback } from '../../src/core/rollout/rollback.ts';
import { decideRollback, goForward } from '../../src/core/rollout/rollback.ts';
import type { Way } from '../../src/core/rollout/way.ts';
import type { Rollout } from '../../src/core/settings/settings.ts';
import { editValues } from '../../src/core/values/edit.ts';
import { bytesOf, defaults, echo } from './support.ts';

/**
 * A release in words, its primary first: `v1, canary v2 50%, dark v3`. The others: `was v1` (a primary of before; the
 * newest first), `copied v2` (as `/deploy` writes it), `begun v2 0%` (a canary as a promotion writes it), `canary v2 0%
 * without headers`, `shadow v2`, and behind a version `on IMAGE`.
 */
export type Words = string;

interface Said {
  readonly versions: ReadonlyMap<string, { readonly image: string; readonly copied: boolean }>;
  readonly primary: string;
  readonly canary?: {
    readonly version: string;
    readonly weight: string;
    readonly begun: boolean;
    readonly headers: boolean;
  };
  readonly shadow?: string;
  readonly former: readonly string[];
}

const ITEM =
  /^(?:(?<what>canary|begun|dark|was|copied|shadow) )?(?<version>[\w-]+)(?: (?<weight>\d+)%)?(?<bare> without headers)?(?: on (?<image>\S+))?$/;

function said(words: Words): Said {
  const items = words.split(', ').map((item) => {
    const groups = ITEM.exec(item)?.groups;
    if (!groups) throw new Error(`not a word of a release: ${item}`);
    const { what, version = '', weight = '', bare, image } = groups;
    return { what, version, weight, bare: bare !== undefined, image };
  });
  const canary = items.find(({ what }) => what === 'canary' || what === 'begun');
  const shadow = items.find(({ what }) => what === 'shadow')?.version;
  const versions = items
    .filter(({ what }) => what !== 'shadow')
    .map(
      ({ what, version, image = `example.com/echo:${version}` }) =>
        [version, { image, copied: what === 'copied' }] as const,
    );
  return {
    versions: new Map(versions.toSorted(([a], [b]) => (a < b ? -1 : 1))),
    primary: items[0]?.version ?? '',
    ...(canary
      ? {
          canary: {
            version: canary.version,
            weight: canary.weight,
            begun: canary.what === 'begun',
            headers: !canary.bare,
          },
        }
      : {}),
    ...(shadow === undefined ? {} : { shadow }),
    former: items.filter(({ what }) => what === 'was').map(({ version }) => version),
  };
}

/** The values file of such a release, with comments, quotes and blank lines where people have them. */
export function valuesOf(words: Words): string {
  const { versions, primary, canary, shadow } = said(words);
  const shadowed = shadow === undefined ? [] : [`  shadow: {version: "${shadow}", percentage: 10} # a tenth`];
  const block = canary ? canaryLines(canary) : [];
  return [
    '# echo: what we sell',
    '',
    'deployment:',
    '  # every version that runs',
    ...[...versions].flatMap(([name, { image, copied }]) => [
      `  ${name}:`,
      `    image: '${image}'${copied ? '' : ` # of ${name}`}`,
      '',
      `    replicas: 9${copied ? '' : ' # three in each zone'}`,
    ]),
    '  # and no other',
    '',
    'routes:',
    '  primary:',
    `    version: "${primary}" # takes the rest`,
    ...(canary?.begun ? [...shadowed, ...block] : [...block, ...shadowed]), // what comes stands last
    '',
    '# the end',
    '',
  ].join('\n');
}

function canaryLines({ version, weight, begun, headers }: NonNullable<Said['canary']>): readonly string[] {
  if (begun) {
    return ['  canary:', `    version: ${version}`, `    weight: ${weight}`, '    headers:', '      stage: canary'];
  }
  return [
    '  canary: # by commands',
    `    version: '${version}'`,
    `    weight: ${weight} # percent`,
    ...(headers ? ['    headers: { stage: "canary" }'] : []),
  ];
}

/** The release as its rollout sees it, from the text itself. */
export function rollingOf(text: string, former: readonly string[]): ReleaseRollout {
  const read = readValues({ ...echo, bytes: bytesOf(text) }, defaults);
  const errors = findingsOf(read).filter(isError);
  if (errors.length > 0) throw new Error(`${errors.map(({ message }) => message).join('; ')} in\n${text}`);
  const { versions, primary = '', canary, shadow } = read.draft ?? {};
  return {
    versions: [...(versions?.keys() ?? [])],
    primary,
    ...(canary?.version === undefined ? {} : { canary: { version: canary.version, weight: canary.weight ?? 0 } }),
    ...(shadow?.version === undefined ? {} : { shadow: shadow.version }),
    former,
  };
}

export function rollingIn(words: Words): ReleaseRollout {
  return rollingOf(valuesOf(words), said(words).former);
}

export interface Given {
  readonly steps?: readonly number[];
  readonly headers?: Rollout['headers'];
  readonly previous?: Previous;
}

/** A step, or a refusal, as a terminal shows it. */
export type Worded =
  | (Omit<Extract<StepDecision, { kind: 'step' }>, 'note'> & { readonly note?: string })
  | { readonly kind: 'refused'; readonly reason: string; readonly ways: readonly Way[] };

function worded(made: StepDecision | Extract<Rollback, { kind: 'nothing' }>): Worded {
  if (made.kind !== 'step') {
    return {
      kind: 'refused',
      reason: toPlain(refusalText(made.refusal)),
      ways: made.kind === 'nothing' ? [{ verb: 'status' }] : made.ways,
    };
  }
  const { note, ...step } = made;
  return { ...step, ...(note ? { note: toPlain(noteText(note)) } : {}) };
}

/** What a command, as people type it, makes of a release. */
export function move(rolling: ReleaseRollout, command: string, given: Given = {}): Worded {
  const { steps = defaults.rollout.steps, headers = defaults.rollout.headers, previous } = given;
  const [parsed] = parseComment(command);
  if (parsed?.kind !== 'run') throw new Error(`not understood: ${command}`);
  const [version, image] = parsed.names;
  const { to } = parsed.options;
  const named = version === undefined ? {} : { version };
  switch (parsed.verb) {
    case 'promote':
      return worded(promote(rolling, { ...named, ...(to === undefined ? {} : { to }) }, { steps, headers }));
    case 'rollback':
      return rolledBack(rolling, version, previous);
    case 'deploy':
      return worded(deploy(rolling, { version: version ?? '', ...(image === undefined ? {} : { image }) }));
    default:
      throw new Error(`no move: ${command}`);
  }
}

/** What a rollback makes of a release whose values are published. */
function rolledBack(rolling: ReleaseRollout, to: string | undefined, previous: Previous | undefined): Worded {
  const { primary, canary, shadow } = rolling;
  const routes = {
    primary,
    ...(canary ? { canary: { ...canary, headers: canary.weight === 0 ? { stage: 'canary' } : {} } } : {}),
    ...(shadow === undefined ? {} : { shadow: { version: shadow, percentage: 100 } }),
  };
  const situation = {
    rolling,
    routes,
    serving: routes,
    missing: new Map(),
    ...(to === undefined ? {} : { to }),
  };
  const decision = decideRollback(situation);
  return worded(decision.kind === 'history' ? goForward(situation, previous) : decision);
}

/** The text with a step's edits. */
export function edited(text: string, made: Worded): string {
  if (made.kind === 'refused') throw new Error(made.reason);
  const after = editValues(text, made.edits, echo.file);
  if (!after.ok) throw new Error(after.reason);
  return after.text;
}

import { type Change, kindOf, patchOf } from '../model/diff.ts';
import type { Finding } from '../model/finding.ts';
import { brief } from '../model/printable.ts';
import { sharesOf } from '../model/traffic.ts';
import { COMMENT_LIMIT, fitBlocks, sizeOf } from './budget.ts';
import { code, fenced, markdown } from './escape.ts';
import { holdText } from './hold.ts';
import { headersText, type Meaning } from './meaning.ts';
import { countText, excerptAdvice, excerptText, type Review, type ReviewedRelease } from './review.ts';

/** By this the comment of a review is found again. */
export const REVIEW_MARKER = '<!-- coalmine:review -->';

/** The comment of a review: first what it means, then what is wrong, then the manifests' differences, folded. */
export function formatComment(review: Review): string {
  const head = [
    REVIEW_MARKER,
    ...(review.excerpt
      ? [`❌ **${capital(excerptText(review.excerpt))}.** ${markdown(excerptAdvice(review.excerpt))}`]
      : []),
    ...meaningBlocks(review),
    ...findingBlocks(review.findings),
    ...review.notes.map((note) => `> ${markdown(note)}`),
  ];
  const foot = `<sub>Commit ${review.head.slice(0, 7)} compared with ${markdown(review.base)}.</sub>`;
  const folds = foldBlocks(review);
  const room = COMMENT_LIMIT - sizeOf(foot) - 600;
  const top = fitBlocks(head, room);
  const shown = fitBlocks(folds, room - sizeOf(top.text));
  const cut =
    shown.shown < folds.length
      ? [
          `Showing the manifests of ${shown.shown} of ${folds.length} groups; ${code(`npx coalmine diff ${review.base} ${review.head.slice(0, 7)}`)} shows all.`,
        ]
      : [];
  const left =
    top.shown < head.length
      ? [`${head.length - top.shown} more lines do not fit here; the check run has the findings.`]
      : [];
  return `${[top.text, ...left, shown.text, ...cut, foot].filter((block) => block !== '').join('\n\n')}\n`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The comment when a later push took back every change of values. */
export function formatEmptyComment(head: string, base: string): string {
  return `${REVIEW_MARKER}\n\nThis pull request no longer changes what runs in the cluster.\n\n<sub>Commit ${head.slice(0, 7)} compared with ${markdown(base)}.</sub>\n`;
}

/** The difference alone, as Markdown: what `coalmine diff --format markdown` prints. */
export function formatDiff(review: Review): string {
  const blocks = [...meaningBlocks(review), ...findingBlocks(review.findings), ...foldBlocks(review)];
  return `${blocks.length === 0 ? 'Nothing changes in the cluster.' : blocks.join('\n\n')}\n`;
}

/** The same for a description of a pull request: what doesn't fit into so many bytes is left out, and said. */
export function formatDifference(review: Review, limit: number): string {
  const blocks = [...meaningBlocks(review), ...findingBlocks(review.findings), ...foldBlocks(review)];
  const { text, shown } = fitBlocks(blocks, limit - CUT.length - 2);
  return shown < blocks.length ? `${text}\n\n${CUT}` : text;
}

const CUT = '_The rest is too long for this place; the comment below has more._';

function meaningBlocks({ releases, others }: Review): readonly string[] {
  const said = releases.flatMap(({ name, meaning, findings, parts, hold }) => {
    if (meaning) return [meaningBlock(name, meaning, { parts, hold })];
    if (findings.some(({ severity }) => severity === 'error'))
      return [
        `### ${markdown(name)}: can't be rendered\nNothing of it will be published until its errors are fixed; what is published stays.`,
      ];
    return [`### ${markdown(name)}: nothing changes in the cluster`];
  });
  const domains = [...new Set(others.map(({ path }) => path))];
  return [
    ...said,
    ...(domains.length > 0
      ? [`### Shared objects change\n${domains.map((path) => `- ${code(path)}`).join('\n')}`]
      : []),
  ];
}

function meaningBlock(
  name: string,
  meaning: Meaning,
  { parts, hold }: { readonly parts: ReviewedRelease['parts']; readonly hold: ReviewedRelease['hold'] },
): string {
  const lines = [`### ${markdown(`${name}: ${meaning.headline}`)}`];
  if (meaning.after) lines.push(fenced('text', trafficBar(meaning)));
  const { headers } = meaning.after ?? {};
  if (headers)
    lines.push(
      `- Requests with ${code(headersText(headers))} go to ${markdown(headers.version)}, whatever the weights.`,
    );
  if (meaning.starts.length > 0) lines.push(`- Starts ${meaning.starts.map(markdown).join(', ')}.`);
  const shares = new Map(meaning.after ? sharesOf(meaning.after) : []);
  for (const version of meaning.changes)
    lines.push(`- Changes ${markdown(version)} in place; it takes ${shares.get(version) ?? 0}% of the traffic.`);
  if (meaning.stops.length > 0) lines.push(`- Stops ${meaning.stops.map(markdown).join(', ')}.`);
  if (hold) lines.push(`- Commands don't move it: ${holdText(hold)}; ${code(`/resume ${name}`)} lifts that.`);
  if (parts) lines.push(partsBlock(parts));
  return lines.join('\n');
}

/** In how many parts, and what each waits for: make before break, said beforehand. */
function partsBlock(parts: readonly string[]): string {
  if (parts.length < 2) return '- Will be published in one part.';
  return [
    `- Will be published in ${parts.length} parts:`,
    ...parts.map((text, index) => `  ${index + 1}. ${markdown(text)}`),
  ].join('\n');
}

const BAR = 20;

/** The shares after the change, a line a version; where a share moves, what it was. */
export function trafficBar({ before, after }: Pick<Meaning, 'before' | 'after'>): string {
  if (!after) return '';
  const was = new Map(before ? sharesOf(before) : []);
  const now = new Map(sharesOf(after));
  const versions = [...new Set([...now.keys(), ...was.keys(), ...(after.canary ? [after.canary.version] : [])])];
  const width = Math.max(...versions.map((version) => version.length));
  return versions
    .map((version) => {
      const percent = now.get(version) ?? 0;
      const filled = Math.round((percent / 100) * BAR);
      const old = was.get(version) ?? 0;
      const moved = before && old !== percent ? `  (was ${old}%)` : '';
      return `${version.padEnd(width)} ${'█'.repeat(filled)}${'░'.repeat(BAR - filled)} ${String(percent).padStart(3)}%${moved}`;
    })
    .join('\n');
}

function findingBlocks(findings: readonly Finding[]): readonly string[] {
  if (findings.length === 0) return [];
  const lines = findings.map(({ severity, file, range, message, rule }) => {
    return `- ${severity === 'error' ? '❌' : '⚠️'} ${code(`${file}:${range.line}`)} ${markdown(brief(message))} (${code(rule)})`;
  });
  if (findings.some(({ severity }) => severity === 'error')) return [`**${countText(findings)}**`, ...chunked(lines)];
  return [
    `<details><summary>${countText(findings)}</summary>\n\n${lines.slice(0, 50).join('\n')}${lines.length > 50 ? `\n- ... and ${lines.length - 50} more` : ''}\n\n</details>`,
  ];
}

/** Lists in blocks of a size that the budget can leave out whole. */
function chunked(lines: readonly string[]): readonly string[] {
  return Array.from({ length: Math.ceil(lines.length / 20) }, (_, index) =>
    lines.slice(index * 20, index * 20 + 20).join('\n'),
  );
}

/** Releases whose differences are alike but for the name: those of the first are shown. */
interface Group {
  readonly name: string;
  readonly changes: readonly Change[];
  readonly diffs: string;
  readonly alike: string[];
}

/** One fold for each release; releases whose differences are alike but for the name share one. */
function foldBlocks({ releases, others }: Review): readonly string[] {
  const groups = new Map<string, Group>();
  for (const { name, changes } of releases) {
    if (changes.length === 0) continue;
    const diffs = patches(changes);
    const key = diffs.replaceAll(name, '\u0000');
    const group = groups.get(key);
    if (group) group.alike.push(name);
    else groups.set(key, { name, changes, diffs, alike: [] });
  }
  const folds = [...groups.values()].map(fold);
  if (others.length === 0) return folds;
  return [...folds, fold({ name: 'shared objects', changes: others, diffs: patches(others), alike: [] })];
}

function fold({ name, changes, diffs, alike }: Group): string {
  const same =
    alike.length > 0
      ? `, and alike in ${alike.slice(0, 20).join(', ')}${alike.length > 20 ? ` and ${alike.length - 20} more` : ''}`
      : '';
  const kinds = (['added', 'changed', 'removed'] as const).flatMap((kind) => {
    const count = changes.filter((change) => kindOf(change) === kind).length;
    return count === 0 ? [] : [`${count} ${kind}`];
  });
  return `<details><summary>${markdown(`${name}${same}: ${kinds.join(', ')}`)}</summary>\n\n${fenced('diff', diffs)}\n\n</details>`;
}

function patches(changes: readonly Change[]): string {
  return changes.map(patchOf).join('');
}

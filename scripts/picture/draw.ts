/** A line of the picture: the pieces of its text, its style and its height. */
interface Line {
  readonly kind: 'heading' | 'text' | 'code' | 'fold';
  readonly pieces: readonly Piece[];
  readonly indent: number; // pixels
}

interface Piece {
  readonly text: string;
  readonly style: 'plain' | 'code' | 'bold' | 'quiet' | 'added' | 'removed' | 'hunk';
}

const WIDTH = 860; // pixels
const LEFT = 24;
const TOP = 44; // height of the bar with the commenter's name
const MAXIMUM_CHARACTERS = 108; // of a line of text; longer lines are wrapped
const HEIGHTS = { heading: 34, text: 22, code: 18, fold: 30 } as const;

/** Draws a Markdown comment of Coalmine as an SVG that needs no special font or program. */
export function drawComment(comment: string): string {
  const lines = readLines(comment);
  const drawn: string[] = [];
  let y = TOP + 10;
  let before: Line['kind'] | undefined;
  for (const line of lines) {
    if (before !== undefined && before !== line.kind) y += 6;
    y += HEIGHTS[line.kind];
    drawn.push(drawLine(line, y));
    before = line.kind;
  }
  const height = y + 20;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title">
<title id="title">Coalmine's comment on a pull request</title>
<style>
  text { font: 14px -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; fill: #1f2328; white-space: pre; }
  .heading { font-size: 18px; font-weight: 600; }
  .code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 12.5px; }
  .bold { font-weight: 600; }
  .quiet { fill: #59636e; font-size: 12.5px; }
  .added { fill: #1a7f37; } .removed { fill: #cf222e; } .hunk { fill: #8250df; }
  .card { fill: #ffffff; stroke: #d1d9e0; } .top { fill: #f6f8fa; } .bar { fill: #1a7f37; } .rest { fill: #d1d9e0; }
  .error { stroke: #cf222e; stroke-width: 2.5; } .warning { fill: #bf8700; } .mark { fill: #59636e; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; } .quiet { fill: #9198a1; } .card { fill: #0d1117; stroke: #3d444d; } .top { fill: #151b23; }
    .added, .bar { fill: #3fb950; } .removed { fill: #f85149; } .hunk { fill: #ab7df8; } .rest { fill: #3d444d; }
    .error { stroke: #f85149; } .warning { fill: #d29922; } .mark { fill: #9198a1; }
  }
</style>
<rect class="card" x=".5" y=".5" width="${WIDTH - 1}" height="${height - 1}" rx="6"/>
<path class="top" d="M1 ${TOP}V7a6 6 0 0 1 6-6h${WIDTH - 14}a6 6 0 0 1 6 6v${TOP - 7}z"/>
<text x="${LEFT}" y="28"><tspan class="bold">coalmine</tspan><tspan class="quiet"> bot  commented on your pull request</tspan></text>
${drawn.join('\n')}
</svg>
`;
}

/** The lines to draw: GitHub's view with only the last fold open. */
function readLines(comment: string): readonly Line[] {
  const lines: Line[] = [];
  let fence: string | undefined;
  for (const line of comment.replace(/<!--.*?-->/gs, '').split('\n')) {
    const opened = /^```(\w*)$/.exec(line);
    if (opened) fence = fence === undefined ? opened[1] : undefined;
    else if (fence !== undefined)
      lines.push({ kind: 'code', indent: 8, pieces: [{ text: line, style: styleOfCode(line, fence) }] });
    else if (line.startsWith('<details>')) {
      const summary = /<summary>(.*)<\/summary>/.exec(line)?.[1] ?? '';
      lines.push({ kind: 'fold', indent: 16, pieces: [{ text: summary, style: 'plain' }] });
    } else if (line.startsWith('<sub>'))
      lines.push({
        kind: 'fold',
        indent: 0,
        pieces: [{ text: plain(line.replaceAll(/<\/?sub>/g, '')), style: 'quiet' }],
      });
    else if (line.startsWith('### '))
      lines.push({ kind: 'heading', indent: 0, pieces: [{ text: plain(line.slice(4)), style: 'plain' }] });
    else if (line !== '' && !line.startsWith('</details>')) lines.push(...wrapText(line));
  }
  return lines;
}

function styleOfCode(line: string, language: string): Piece['style'] {
  if (language !== 'diff') return 'code';
  if (line.startsWith('@@')) return 'hunk';
  if (/^[-+](?![-+]{2})/.test(line)) return line.startsWith('+') ? 'added' : 'removed';
  return 'code';
}

function plain(markdown: string): string {
  return markdown.replaceAll(/\\(?=[!-/:-@[-`{-~])/g, '');
}

/** Wraps a paragraph or an entry of a list; the entry's mark is before its first line. */
function wrapText(markdown: string): readonly Line[] {
  const isEntry = markdown.startsWith('- ');
  const words = piecesOf(isEntry ? markdown.slice(2) : markdown).flatMap(({ text, style }) =>
    (text.match(/\S+\s*|\s+/g) ?? []).map((word) => ({ text: word, style })),
  );
  const lines: Piece[][] = [[]];
  let width = 0;
  for (const word of words) {
    const wide = word.text.length * (word.style === 'code' ? 1.1 : 1);
    if (width + wide > MAXIMUM_CHARACTERS) {
      lines.push([]);
      width = 0;
    }
    lines.at(-1)?.push(word);
    width += wide;
  }
  const [first = [], ...others] = lines;
  const bullet = { text: '•  ', style: 'plain' } as const;
  const isMarked = /^[❌⚠]/u.test(first[0]?.text ?? '');
  return [
    { kind: 'text', indent: 0, pieces: isEntry && !isMarked ? [bullet, ...first] : first },
    ...others.map((pieces) => ({ kind: 'text', indent: isEntry ? (isMarked ? 24 : 14) : 0, pieces }) as const),
  ];
}

function piecesOf(markdown: string): readonly Piece[] {
  return [...markdown.matchAll(/`([^`]+)`|\*\*(.+?)\*\*|((?:\\.|[^`*]|\*(?!\*))+)/g)].map(
    ([, code, bold, text = '']) => {
      if (code !== undefined) return { text: code, style: 'code' };
      return bold === undefined ? { text: plain(text), style: 'plain' } : { text: plain(bold), style: 'bold' };
    },
  );
}

function drawLine({ kind, pieces, indent }: Line, y: number): string {
  const x = LEFT + indent;
  const text = pieces.map((piece) => piece.text).join('');
  const bar = /^(\S+ +)(█*)(░*)(.*)$/u.exec(text);
  if (kind === 'code' && bar?.[2] !== undefined && bar[3] !== undefined && (bar[2] || bar[3]))
    return drawBar({ name: bar[1] ?? '', full: bar[2].length, rest: bar[3].length, share: bar[4] ?? '' }, x, y);
  const [mark, shift] = drawMark(kind, text, x, y);
  const spans = pieces.map(({ text: words, style }, index) => {
    const shown = index === 0 && shift > 0 && kind === 'text' ? words.replace(/^[❌⚠]\uFE0F? */u, '') : words;
    const classes = { plain: '', added: 'code added', removed: 'code removed', hunk: 'code hunk' } as const;
    const name = style in classes ? classes[style as keyof typeof classes] : style;
    return name === '' ? escapeXml(shown) : `<tspan class="${name}">${escapeXml(shown)}</tspan>`;
  });
  const heading = kind === 'heading' ? ' class="heading"' : '';
  return `${mark}<text${heading} x="${x + shift}" y="${y}" xml:space="preserve">${spans.join('')}</text>`;
}

/** The mark before a line, and the indent of its text. */
function drawMark(kind: Line['kind'], text: string, x: number, y: number): readonly [svg: string, shift: number] {
  if (kind === 'fold' && x > LEFT) return [`<path class="mark" d="M${x - 15} ${y - 8}h9l-4.5 6z"/>`, 0];
  if (kind !== 'text') return ['', 0];
  if (text.startsWith('❌')) return [`<path class="error" d="M${x + 2} ${y - 10}l10 10m0 -10l-10 10"/>`, 24];
  if (text.startsWith('⚠'))
    return [
      `<path class="warning" fill-rule="evenodd" d="M${x + 7} ${y - 12}l7 13h-14zm-1 4v5h2v-5zm0 6v2h2v-2z"/>`,
      24,
    ];
  return ['', 0];
}

interface Bar {
  readonly name: string;
  readonly full: number; // cells of the version's share
  readonly rest: number;
  readonly share: string;
}

function drawBar({ name, full, rest, share }: Bar, x: number, y: number): string {
  const cell = 9;
  const start = x + 8 * name.length + 4;
  const end = start + cell * (full + rest);
  return [
    `<text x="${x}" y="${y}"><tspan class="code">${escapeXml(name.trim())}</tspan></text>`,
    `<rect class="rest" x="${start}" y="${y - 11}" width="${end - start}" height="13" rx="2"/>`,
    ...(full > 0 ? [`<rect class="bar" x="${start}" y="${y - 11}" width="${cell * full}" height="13" rx="2"/>`] : []),
    `<text x="${end + 8}" y="${y}"><tspan class="code">${escapeXml(share.trim())}</tspan></text>`,
  ].join('');
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

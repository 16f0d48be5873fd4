import markdownIt from 'markdown-it';
import sanitizeHtml from 'sanitize-html';
import { escapeHtml, type Html, html, trusted } from './html.ts';

const renderer = markdownIt({ html: true, linkify: true, breaks: true });

const plainFence = renderer.renderer.rules.fence;
renderer.renderer.rules.fence = (tokens, index, options, env, self) => {
  const token = tokens[index];
  if (token && /^diff\b/.test(token.info)) return `<pre><code>${diffLines(token.content).html}</code></pre>\n`;
  if (token && /^suggestion\b/.test(token.info) && typeof env?.line === 'string') {
    const written = token.content.split('\n').slice(0, -1);
    const lines = [`-${env.line}`, ...written.map((line) => `+${line}`)];
    return `<p>Suggested change:</p><pre><code>${diffLines(lines.join('\n')).html}</code></pre>\n`;
  }
  return plainFence?.(tokens, index, options, env, self) ?? '';
};

const allowed: sanitizeHtml.IOptions = {
  allowedTags: [
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'p', 'br', 'hr', 'blockquote', 'ul', 'ol', 'li', 'details', 'summary'],
    ...['a', 'b', 'strong', 'i', 'em', 's', 'del', 'ins', 'sub', 'sup', 'code', 'kbd', 'pre', 'span', 'img', 'div'],
    ...['table', 'thead', 'tbody', 'tr', 'th', 'td'],
  ],
  allowedAttributes: {
    a: ['href', 'title'],
    img: ['src', 'alt', 'title', 'width', 'height'],
    details: ['open'],
    ol: ['start'],
    th: ['align', 'style', 'colspan', 'rowspan'],
    td: ['align', 'style', 'colspan', 'rowspan'],
  },
  allowedClasses: { code: ['language-*'], span: ['add', 'del', 'hunk'] },
  allowedStyles: { '*': { 'text-align': [/^(left|right|center)$/] } },
  allowedSchemes: ['http', 'https', 'mailto'],
};

/**
 * Renders a comment as GitHub does: Markdown with harmless HTML; HTML comments stay hidden. A suggestion is shown as a diff
 * of the commented line.
 */
export function renderMarkdown(text: string, line?: string): Html {
  return html`<div class="markdown">${trusted(sanitizeHtml(renderer.render(text, { line }), allowed))}</div>`;
}

/** Renders the lines of a diff, coloured by their first character. */
export function diffLines(text: string): Html {
  const lines = text.replace(/\n$/, '').split('\n');
  return trusted(lines.map((line) => `<span class="${classOf(line)}">${escapeHtml(line)}</span>`).join('\n'));
}

function classOf(line: string): string {
  if (line.startsWith('+')) return 'add';
  if (line.startsWith('-')) return 'del';
  return line.startsWith('@@') ? 'hunk' : '';
}

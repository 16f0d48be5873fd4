/** Text that is HTML already; all other text is escaped on insertion. */
export interface Html {
  readonly html: string;
}

type HtmlPart = Html | string | number | readonly HtmlPart[] | undefined | null | false;

/** Builds HTML: escapes inserted values except `Html`, joins lists, and leaves out undefined, null and false. */
export function html(literals: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  return { html: literals.map((literal, index) => literal + render(parts[index])).join('') };
}

/** Marks text that was made safe elsewhere as HTML. */
export function trusted(text: string): Html {
  return { html: text };
}

function render(part: HtmlPart): string {
  if (part === undefined || part === null || part === false) return '';
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  return 'html' in part ? part.html : part.map(render).join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

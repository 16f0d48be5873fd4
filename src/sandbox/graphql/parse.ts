/** A field of a query, with its arguments. */
export interface Field {
  readonly kind: 'field';
  readonly name: string;
  readonly alias: string; // the field's name if the query has no alias
  readonly args: Readonly<Record<string, unknown>>;
  readonly selections: readonly Selection[];
}

/** A field, or fields of only one type. */
export type Selection =
  | Field
  | { readonly kind: 'on'; readonly type: string; readonly selections: readonly Selection[] };

/** An invalid query; the message is for its author. */
export class QueryProblem extends Error {
  override readonly name = 'QueryProblem';
}

const TOKEN = /\s*(\.\.\.|[A-Za-z_]\w*|\$\w+|"(?:[^"\\\n]|\\.)*"|-?\d+|[{}()[\]:!=])[\s,]*/y;

/**
 * Parses one anonymous query without directives, and inserts its variables and fragments. The App's queries use no other
 * part of the language.
 */
export function parseQuery(text: string, variables: Readonly<Record<string, unknown>>): readonly Selection[] {
  const tokens = tokensIn(text);
  let at = 0;
  const peek = (): string | undefined => tokens[at];
  const next = (): string => {
    const token = tokens[at];
    if (token === undefined) throw new QueryProblem('Expected more, but the query ends');
    at += 1;
    return token;
  };
  const expect = (wanted: string): void => {
    const token = next();
    if (token !== wanted) throw new QueryProblem(`Expected ${wanted}, but found ${token}`);
  };

  const readValue = (): unknown => {
    const token = next();
    if (token.startsWith('$')) return variables[token.slice(1)];
    if (token.startsWith('"')) return JSON.parse(token);
    if (/^-?\d/.test(token)) return Number(token);
    if (token === '{') return readPairs('}');
    if (token !== '[') return { true: true, false: false, null: null }[token] ?? token; // an enum's value
    const list: unknown[] = [];
    while (peek() !== ']') list.push(readValue());
    expect(']');
    return list;
  };

  const readPairs = (end: string): Record<string, unknown> => {
    const pairs: Record<string, unknown> = {};
    while (peek() !== end) {
      const name = next();
      expect(':');
      pairs[name] = readValue();
    }
    expect(end);
    return pairs;
  };

  const readSelections = (): readonly Selection[] => {
    const found: Selection[] = [];
    expect('{');
    while (peek() !== '}') found.push(peek() === '...' ? readFragment() : readField());
    expect('}');
    return found;
  };

  const readFragment = (): Selection => {
    expect('...');
    expect('on');
    return { kind: 'on', type: next(), selections: readSelections() };
  };

  const readField = (): Field => {
    const alias = next();
    if (!/^[A-Za-z_]/.test(alias)) throw new QueryProblem(`Expected a field, but found ${alias}`);
    const isRenamed = peek() === ':';
    if (isRenamed) next();
    const name = isRenamed ? next() : alias;
    const isAsked = peek() === '(';
    if (isAsked) next();
    const args = isAsked ? readPairs(')') : {};
    return { kind: 'field', name, alias, args, selections: peek() === '{' ? readSelections() : [] };
  };

  expect('query');
  if (peek() === '(') while (next() !== ')');
  const selections = readSelections();
  if (at < tokens.length) throw new QueryProblem(`Expected one query, but ${peek()} follows`);
  return selections;
}

function tokensIn(text: string): readonly string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const from = TOKEN.lastIndex;
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined)
      throw new QueryProblem(`Nothing can be made of ${JSON.stringify(text.slice(from, from + 20))}`);
    tokens.push(token);
  }
  return tokens;
}

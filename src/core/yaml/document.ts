import { Composer, type Document, Lexer, type ParsedNode, Parser } from 'yaml';
import type { Finding } from '../model/finding.ts';
import { escapeInvisible } from '../model/invisible.ts';
import { LIMITS, TOO_DEEP } from './limits.ts';
import type { ParsedYaml, YamlDocument } from './parsed.ts';
import { type Recognized, recognize } from './recognize.ts';
import { Source, tooLarge } from './source.ts';
import { Walk } from './walk.ts';
import { syntaxFindings } from './wording.ts';

/** What is in a file; of one over the limit the length is enough: the rest is not fetched. */
export type Content = Uint8Array | { readonly length: number };

/** Reads the bytes of one YAML file. All that makes it unreadable comes back as findings; it never throws. */
export function parseYaml(file: string, bytes: Content): ParsedYaml {
  if (bytes.length > LIMITS.bytes || !(bytes instanceof Uint8Array))
    return { ok: false, findings: [tooLarge(file, `is ${bytes.length} bytes; at most ${LIMITS.bytes} are read`)] };
  const text = UTF8.decode(bytes);
  const recognized = recognize(text);
  if (recognized) return { ok: true, document: withPlaces(file, text, recognized) };
  const source = new Source(file, text);
  const unreadable = notText(source, bytes);
  return unreadable ? { ok: false, findings: [unreadable] } : parseText(source);
}

const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Reads any YAML text, by the library. */
export function parseText(source: Source): ParsedYaml {
  const composed = compose(source);
  return composed.ok ? new Walk(source).read(composed.document) : composed;
}

/** What was recognized as a document: the library looks its places up, once one is asked for. */
function withPlaces(file: string, text: string, recognized: Recognized): YamlDocument {
  let whole: YamlDocument | undefined;
  const found = () => {
    if (whole) return whole;
    const parsed = parseText(new Source(file, text));
    if (!parsed.ok) throw new Error(`${file} was taken for YAML that it is not`);
    whole = parsed.document;
    return whole;
  };
  return {
    file,
    ...recognized,
    rangeOf: (path) => found().rangeOf(path),
    keyRangeOf: (path) => found().keyRangeOf(path),
  };
}

type Composed =
  | { readonly ok: true; readonly document: Document.Parsed<ParsedNode> }
  | { readonly ok: false; readonly findings: readonly Finding[] };

function compose(source: Source): Composed {
  const composer = new Composer<ParsedNode>({
    uniqueKeys: false,
    strict: true,
    merge: false,
    schema: 'core', // whatever a %YAML directive says
    resolveKnownTags: false,
    logLevel: 'silent',
  });
  const parser = new Parser();
  const documents: Document.Parsed<ParsedNode>[] = [];
  reading: for (const lexeme of new Lexer().lex(source.text)) {
    for (const token of parser.next(lexeme)) {
      documents.push(...composer.next(token));
      if (token.type === 'error') break reading; // what follows would only repeat it
    }
    // Bounds the parser's memory and the composer's recursion; the exact depth is the walk's to judge.
    if (parser.stack.length > 2 * LIMITS.depth) {
      return { ok: false, findings: [source.tooLarge([parser.offset, parser.offset], TOO_DEEP)] };
    }
  }
  for (const token of parser.end()) documents.push(...composer.next(token));
  documents.push(...composer.end(true, source.text.length));

  const [document, second] = documents;
  if (!document) throw new Error('a composer that is told to gives a document');
  const several = second
    ? [
        source.syntax(
          [second.range[0], second.range[0]],
          'a second YAML document begins here; keep one, without further "---"',
        ),
      ]
    : [];
  const findings = [...syntaxFindings(source, [...document.errors, ...document.warnings]), ...several];
  return findings.length > 0 ? { ok: false, findings } : { ok: true, document };
}

const CONTROL = /[^\P{Cc}\t\n\r\u0085]|[\ufffe\uffff]/u;

/** The first thing in the file that isn't text. */
function notText(source: Source, bytes: Uint8Array): Finding | undefined {
  const encoded = new TextEncoder().encode(source.text);
  const wrong = bytes.findIndex((byte, index) => byte !== encoded[index]);
  if (wrong >= 0) {
    const at = UTF8.decode(bytes.subarray(0, wrong)).replace(/\ufffd$/, '').length;
    return source.syntax([at, at + 1], 'the file is not UTF-8 text from here on; save it as UTF-8');
  }
  const control = CONTROL.exec(source.text);
  if (!control) return undefined;
  const shown = escapeInvisible(control[0]);
  return source.syntax(
    [control.index, control.index + 1],
    `a control character (${shown}) can't stand in a YAML file; between double quotes it is written as an escape`,
  );
}

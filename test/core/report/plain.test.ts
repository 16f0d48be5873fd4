import fc from 'fast-check';
import { expect, test } from 'vitest';
import { oneLine } from '../../../src/core/model/printable.ts';
import { code, markdown } from '../../../src/core/report/escape.ts';
import { plain } from '../../../src/core/report/plain.ts';

test.each([
  ['the values have no errors (`charts-values/echo.yaml`)', 'the values have no errors (charts-values/echo.yaml)'],
  ['**failed**: Flux (eu\\_1, routes) says `x * y`', 'failed: Flux (eu_1, routes) says x * y'],
  ['`` a`b ``, ` `` `, `*`', 'a`b,  `` , *'],
  ['a @&#8203;team &amp; &lt;b> http:/&#8203;/x', 'a @team & <b> http://x'],
  ['&amp;lt; is &amp;#8203;', '&lt; is &#8203;'],
  ['half a `span', 'half a `span'],
  ['2 * 3 _ 4 #5', '2 * 3 _ 4 #5'],
])('%s', (text, said) => expect(plain(text)).toBe(said));

// What strangers may write: anything, and above all what Markdown takes for its own.
const anything = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...'`\\*_[]#|~&<>;@:/w.a 8#lt\n', '&amp;', '&#8203;', '**') }),
);

test('is the way back from what was escaped, whatever it was', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), anything)), (parts) => {
      const written = parts.map(([isCode, text]) => (isCode ? code(text) : markdown(text))).join(' ');
      const said = parts.map(([, text]) => oneLine(text)).join(' ');
      fc.pre(parts.every(([, text]) => !/^ {2}$/.test(text))); // as code it looks as if there was nothing
      expect(plain(written)).toBe(said);
    }),
  );
});

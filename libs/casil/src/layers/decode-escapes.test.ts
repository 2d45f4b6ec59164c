import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeHtmlEntities, decodeJsonEscapes, decodePercent, decodeQuotedPrintable, type EscapeOptions } from './decode-escapes.js';
import { Layer } from './layer.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

type Decode = (bytes: Uint8Array, start: number, end: number, out: Layer, options: EscapeOptions) => boolean;

interface Decoded {
  readonly isDecoded: boolean;
  readonly text: string;
  readonly layer: Layer;
  readonly source: Uint8Array;
}

function decode(decodeWith: Decode, text: string, options: Partial<EscapeOptions> = {}): Decoded {
  const layer = new Layer();
  const source = encoder.encode(text);
  const isDecoded = decodeWith(source, 0, source.length, layer, { budgetBytes: 65_536, ...options });
  return { isDecoded, text: decoder.decode(layer.bytes.subarray(0, layer.length)), layer, source };
}

/** What a range of a decoded text stands for in the source. */
function sourceOf({ layer, source }: Decoded, start: number, end: number): string {
  const range = layer.toSource(start, end);
  return decoder.decode(source.subarray(range.start, range.end));
}

const escapedText = fc.string({ unit: fc.constantFrom('a', 'Z', '"', '\\', '/', '\n', '\t', '\u0001', 'é', '漢', '😀', ' '), maxLength: 200 });

/** The string with some characters written as \\u escapes, inside quotes left out. */
function inJson(text: string, asUnicode: boolean): string {
  const quoted = JSON.stringify(text).slice(1, -1);
  return asUnicode ? Array.from(quoted, (character) => (character === '\\' || character < '\x80' ? character : unicodeEscape(character))).join('') : quoted;
}

function unicodeEscape(character: string): string {
  return Array.from({ length: character.length }, (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`).join('');
}

describe('decodeJsonEscapes()', () => {
  it('agrees with JSON.parse, and its map leads each part back to what it was decoded from', () => {
    fc.assert(
      fc.property(escapedText, fc.boolean(), fc.nat(), fc.nat(), (text, asUnicode, from, count) => {
        const decoded = decode(decodeJsonEscapes, inJson(text, asUnicode));
        expect(decoded.isDecoded).toBe(inJson(text, asUnicode).includes('\\'));
        if (!decoded.isDecoded) return;
        const all = [...text];
        expect(decoded.text).toBe(text);
        const first = from % all.length;
        const part = all.slice(first, first + 1 + (count % 20));
        const start = encoder.encode(all.slice(0, first).join('')).length;
        const source = sourceOf(decoded, start, start + encoder.encode(part.join('')).length);
        expect(JSON.parse(`"${source}"`)).toBe(part.join(''));
      }),
    );
  });

  it('keeps what is no escape and decodes \\xHH to a byte', () => {
    expect(decode(decodeJsonEscapes, 'a\\qb\\u12\\x4').isDecoded).toBe(false);
    expect(decode(decodeJsonEscapes, 'C:\\qd \\ud800 \\x41\\xc3\\xa9 \\').text).toBe('C:\\qd \\ud800 Aé \\');
  });

  it('decodes what programming languages add', () => {
    expect(decode(decodeJsonEscapes, "it\\'s \\u{41}\\u{1F600} \\u{} \\u{110000} \\u{1").text).toBe("it's A😀 \\u{} \\u{110000} \\u{1");
  });

  it('unescapes once', () => {
    expect(decode(decodeJsonEscapes, '{\\\\\\"a\\\\\\"}').text).toBe('{\\"a\\"}');
  });

  it('decodes nested escapes to the end when asked to', () => {
    const decoded = decode(decodeJsonEscapes, 'a\\\\\\"b\\\\\\\\nc\\\\u0041\\\\qd\\\\', { isNested: true });
    expect(decoded.text).toBe('a"b\ncA\\qd\\');
    expect(sourceOf(decoded, 1, 2)).toBe('\\\\\\"');
    expect(sourceOf(decoded, 3, 4)).toBe('\\\\\\\\n');
  });

  it('leaves out what is far from every escape, at the ends of words', () => {
    const filler = 'word '.repeat(400);
    const decoded = decode(decodeJsonEscapes, `${filler}one\\ntwo ${filler}three\\nfour ${filler}`);
    expect(decoded.text.length).toBeLessThan(1_600);
    expect(decoded.text).toContain('one\ntwo word');
    expect(decoded.text).toContain('three\nfour word');
    const words = decoded.text.split(/[\s\0]+/).filter((word) => word !== '');
    expect(new Set(words)).toEqual(new Set(['word', 'one', 'two', 'three', 'four']));
    const at = decoded.text.indexOf('three');
    expect(sourceOf(decoded, at, at + 10)).toBe('three\\nfour');
  });

  it('keeps a long word whole and the name before it', () => {
    const body = 'k'.repeat(2_000);
    const decoded = decode(decodeJsonEscapes, `${'x '.repeat(500)}"key": "${body}\\n${body}", ${'y '.repeat(500)}`);
    expect(decoded.text).toContain(`"key": "${body}\n${body}",`);
  });

  it('stops at the budget and says so', () => {
    const decoded = decode(decodeJsonEscapes, '\\n'.repeat(100), { budgetBytes: 40 });
    expect(decoded.layer.length).toBe(40);
    expect(decoded.layer.isCut).toBe(true);
    expect(decode(decodeJsonEscapes, '\\n'.repeat(40), { budgetBytes: 40 }).layer.isCut).toBe(false);
  });
});

describe('decodePercent()', () => {
  it('agrees with decodeURIComponent', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '%', '&', '=', ' ', '/', '+', '\n', 'é', '😀'), maxLength: 120 }), (text) => {
        const encoded = encodeURIComponent(text);
        const decoded = decode(decodePercent, encoded);
        const hasAscii = [...text].some((character) => character < '\x80' && encodeURIComponent(character) !== character);
        expect(decoded.isDecoded).toBe(hasAscii);
        if (hasAscii) expect(decoded.text).toBe(decodeURIComponent(encoded));
      }),
    );
  });

  it('reads a plus of form data as a space, an escaped one as a plus', () => {
    const decoded = decode(decodePercent, 'a+b%2Bc%3Dd', { plusIsSpace: true });
    expect(decoded.text).toBe('a b+c=d');
    expect(sourceOf(decoded, 2, 5)).toBe('b%2Bc');
  });

  it('decodes %uXXXX', () => {
    expect(decode(decodePercent, 'a%u003d%u00e9%u12').text).toBe('a=é%u12');
  });

  it('leaves text alone that has only escapes of bytes from 0x80 up, or none', () => {
    expect(decode(decodePercent, 'caf%C3%A9').isDecoded).toBe(false);
    expect(decode(decodePercent, '100% of %d %zz %4').isDecoded).toBe(false);
  });
});

describe('decodeHtmlEntities()', () => {
  it('decodes the five names and references by number once', () => {
    const decoded = decode(decodeHtmlEntities, '&lt;a b=&quot;c&apos;&#65;&#x1F600;&amp;lt;&gt;');
    expect(decoded.text).toBe('<a b="c\'A😀&lt;>');
    expect(sourceOf(decoded, 0, 1)).toBe('&lt;');
    expect(sourceOf(decoded, 7, 8)).toBe("&apos;");
  });

  it('keeps what is none', () => {
    expect(decode(decodeHtmlEntities, 'a & b &nbsp; &#; &#xD800; &#1114112; &quot &#65').isDecoded).toBe(false);
  });
});

describe('decodeQuotedPrintable()', () => {
  const header = 'Content-Transfer-Encoding: Quoted-Printable\r\n\r\n';

  it('decodes escapes and joins broken lines, and its map leads back over the break', () => {
    const decoded = decode(decodeQuotedPrintable, `Gr=C3=BC=C3=9Fe, the token=3A ab=\r\ncd and =\nmore =3D`);
    expect(decoded.text).toBe('Grüße, the token: abcd and more =');
    const at = encoder.encode('Grüße, the token: ').length;
    expect(sourceOf(decoded, at, at + 4)).toBe('ab=\r\ncd');
    expect(sourceOf(decoded, at, at + 2)).toBe('ab');
    expect(sourceOf(decoded, at + 2, at + 4)).toBe('cd');
  });

  it('needs an escape that is no number behind a name', () => {
    for (const text of ['a=3Db', 'key=3D"value"', 'x=3Ay', '{=22a=22=3A1}', 'name=3A value', 'Stra=C3=9Fe', 'a=0D=0Ab']) expect(decode(decodeQuotedPrintable, text).isDecoded, text).toBe(true);
    for (const text of [
      'timeout=20\nretries=22', '?a=20&b=22&c=3D&d=3A', 'x == 20', 'x==3D', 'mode=3D rendering', 'id=ABCDEF0123', 'PORT=80 HOST=C3', 'a=b', '=', '=3', 'a>=20', 'KEY=\nOTHER=1', 'sum=5A1f',
      `${'x'.repeat(60)}=\nnext`, `h1:${'A'.repeat(43)}=\nh1:${'B'.repeat(43)}=\n`, 'color=0A0B0C',
    ]) expect(decode(decodeQuotedPrintable, text).isDecoded, text).toBe(false);
  });

  it('trusts text that names its encoding', () => {
    expect(decode(decodeQuotedPrintable, `${header}end of line=20\r\n`).text).toContain('end of line \r\n');
    const line = 'word '.repeat(14);
    expect(decode(decodeQuotedPrintable, `${header}${line}sec=\r\nret`).text).toContain('secret');
    expect(decode(decodeQuotedPrintable, `${header}no=equals`).isDecoded).toBe(false);
  });

  it('keeps what is no escape', () => {
    expect(decode(decodeQuotedPrintable, 'a=3Db =zz =4 =ab ==').text).toBe('a=b =zz =4 =ab ==');
  });
});

import fc from 'fast-check';
import { timeGrowth } from '@arqonbus/testkit';
import { describe, expect, it } from 'vitest';
import { LayerDecoder } from './decode-layers.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const maxDecodedBytes = 65_536;

interface Shown {
  readonly name: string;
  readonly depth: number;
  readonly text: string;
  /** What the whole layer stands for. */
  readonly source: string;
}

function layersOf(text: string | Uint8Array, { form = false, budgetBytes = maxDecodedBytes, layers = new LayerDecoder() } = {}): Shown[] {
  const bytes = typeof text === 'string' ? encoder.encode(text) : text;
  const shown: Shown[] = [];
  layers.forEachLayer(bytes, 0, bytes.length, { form, maxDecodedBytes: budgetBytes }, (layer, depth) => {
    const range = layer.toSource(0, layer.length);
    shown.push({ name: layer.name, depth, text: decoder.decode(layer.bytes.subarray(0, layer.length)), source: decoder.decode(bytes.subarray(range.start, range.end)) });
  });
  return shown;
}

const plain = 'name = value of some length, and more';
const base64 = Buffer.from(plain).toString('base64');

describe('LayerDecoder.forEachLayer()', () => {
  it('shows nothing for text without encodings', () => {
    expect(layersOf('{"id": 12, "path": "/usr/local/lib/node_modules/some-package-name/index"}')).toEqual([]);
  });

  it('finds printable text in base64, base64url and hexadecimal, whatever stands around it', () => {
    const printable = fc.string({ unit: fc.constantFrom(...'abcXYZ019 ={}":,.-_é漢'), minLength: 40, maxLength: 200 });
    fc.assert(
      fc.property(printable, fc.constantFrom('base64', 'base64url', 'hex'), fc.constantFrom(['"', '"'], ['=', '&'], ['> ', '\n'], [' ', '']), (text, encoding, [left, right]) => {
        const run = Buffer.from(text).toString(encoding);
        const shown = layersOf(`left${left}${run}${right}`).filter(({ depth }) => depth === 1);
        expect(shown).toEqual([{ name: encoding === 'hex' ? 'hex' : 'base64', depth: 1, text, source: run }]);
      }),
    );
  });

  it('joins lines as PEM and MIME break them', () => {
    const long = plain.repeat(6);
    const broken = Buffer.from(long).toString('base64').replaceAll(/.{64}/g, '$&\r\n  ');
    expect(layersOf(`data: |\n  ${broken}\n`)).toEqual([{ name: 'base64', depth: 1, text: long, source: broken.trim() }]);
  });

  it('joins no lines of another length', () => {
    const text = 'first text, which has 61 characters as base64';
    const run = Buffer.from(text).toString('base64url').padEnd(61, 'A');
    expect(layersOf(`${run}\n${base64}`)[0].text).toContain(`\0\n${plain}`);
  });

  it('passes over the parts of a JWT', () => {
    const part = Buffer.from('{"sub":"somebody","role":"somewhat"}').toString('base64url');
    expect(layersOf(`"${part}.${part}.${'Ab3_'.repeat(10)}"`)).toEqual([]);
    expect(layersOf(`"${part}"`).length).toBe(1);
  });

  it('decodes JSON that only a time and a signature follow', () => {
    const session = '{"user":"somebody","role":"somewhat"}';
    const part = Buffer.from(session).toString('base64url');
    expect(layersOf(`Cookie: a=${part}.Zx1Yq3.${'Ab3_'.repeat(10)}`).map(({ text, source }) => [text, source])).toEqual([[session, part]]);
  });

  it('decodes a run once when escapes stand elsewhere', () => {
    const other = Buffer.from('another text, long enough').toString('base64');
    const shown = layersOf(`{"a":"${base64}","b":"x\\u002f\\u002f${other}"}`);
    expect(shown.filter(({ name }) => name === 'base64').map(({ depth, text }) => `${depth} ${text}`)).toEqual([`1 ${plain}`, '2 another text, long enough']);
    const escaped = base64.replace(/^./, (first) => `\\u00${first.charCodeAt(0).toString(16)}`);
    const nested = layersOf(`{"a":"${other}","b":"${escaped}"}`);
    expect(nested.filter(({ name }) => name === 'base64').map(({ depth, text }) => `${depth} ${text}`)).toEqual(['1 another text, long enough', `2 ${plain}`]);
  });

  it('finds base64 after a path and after 0x', () => {
    expect(layersOf(`/some/where_over/${base64}`)[0]).toMatchObject({ text: plain, source: base64 });
    expect(layersOf(`/a/b/c/d/e/${base64}`)[0]).toMatchObject({ text: plain, source: base64 });
    const hex = Buffer.from(plain).toString('hex');
    expect(layersOf(`0x${hex}`)[0]).toMatchObject({ name: 'hex', text: plain, source: hex });
  });

  it('shows several runs in one text, each leading back to its own', () => {
    const other = Buffer.from('another text, long enough').toString('base64');
    const bytes = encoder.encode(`${base64} ${other}`);
    const texts: string[] = [];
    new LayerDecoder().forEachLayer(bytes, 0, bytes.length, { form: false, maxDecodedBytes }, (layer) => {
      const text = decoder.decode(layer.bytes.subarray(0, layer.length));
      const range = layer.toSource(text.indexOf('another'), text.indexOf('another') + 7);
      texts.push(decoder.decode(bytes.subarray(range.start, range.end)));
    });
    expect(texts).toEqual([other]);
  });

  it('passes over pictures, fonts, archives and random bytes', () => {
    for (const magic of ['\x89PNG\r\n\x1a\n', 'GIF89a some text that follows', '\xff\xd8\xff\xe0', '%PDF-1.7 and text that follows', 'wOF2 text that follows here', 'PK\x03\x04', '\x1f\x8b\x08', '\0asm']) {
      const bytes = Buffer.concat([Buffer.from(magic, 'latin1'), Buffer.from(Array.from({ length: 200 }, (_, index) => (index * 73 + 11) & 0xff))]);
      expect(layersOf(`"${bytes.toString('base64')}"`), magic).toEqual([]);
      expect(layersOf(`"${bytes.toString('hex')}"`), magic).toEqual([]);
    }
  });

  it('decodes what was decoded once more and maps it to the outer text', () => {
    const shown = layersOf(JSON.stringify({ a: JSON.stringify({ b: 'x\ny' }) }));
    expect(shown.map(({ name, depth }) => `${name} ${depth}`)).toEqual(['json 1', 'json 2']);
    expect(shown[1].text).toContain('x\ny');
    const twice = Buffer.from(base64).toString('base64');
    expect(layersOf(`v: ${twice};`)).toEqual([
      { name: 'base64', depth: 1, text: base64, source: twice },
      { name: 'base64', depth: 2, text: plain, source: twice },
    ]);
  });

  it('finds what JSON in JSON in JSON in JSON holds', () => {
    const nested = [1, 2, 3].reduce((inner) => JSON.stringify({ next: inner }), JSON.stringify({ log: 'x\nword' }));
    expect(layersOf(nested).at(-1)?.text).toContain('"log":"x\nword"');
  });

  it('finds what mail holds, in JSON too', () => {
    const mail = 'Content-Transfer-Encoding: quoted-printable\r\n\r\nname =3D value, which goes on and on and on until the line is long en=\r\nough';
    const text = 'name = value, which goes on and on and on until the line is long enough';
    expect(layersOf(mail).map(({ name, depth }) => `${name} ${depth}`)).toEqual(['quoted_printable 1']);
    expect(layersOf(mail)[0].text).toContain(text);
    const inJson = layersOf(JSON.stringify({ mail }));
    expect(inJson.find(({ name, depth }) => name === 'quoted_printable' && depth === 2)?.text).toContain(text);
    const base64InMail = layersOf(`Content-Transfer-Encoding: quoted-printable\r\n\r\n${base64.slice(0, 40)}=\r\n${base64.slice(40)}`);
    expect(base64InMail.at(-1)).toMatchObject({ name: 'base64', depth: 2, text: plain });
  });

  it('finds base64 that an escape runs into', () => {
    expect(layersOf(`{"k":"v\\n${base64}"}`).find(({ text }) => text === plain)).toEqual({ name: 'base64', depth: 1, text: plain, source: base64 });
  });

  it('shows texts that read the same once', () => {
    const shown = layersOf(`"a\\"b" %22 ${base64}`);
    expect(shown.map(({ name, depth }) => `${name} ${depth}`)).toEqual(['json 1', 'percent 1', 'base64 1', 'percent 2']);
  });

  it('reads a plus as a space in form data alone', () => {
    expect(layersOf('a=b+c%21', { form: true })[0].text).toBe('a=b c!');
    expect(layersOf('a=b+c%21')[0].text).toBe('a=b+c!');
  });

  it('says when the budget was used up and never decodes more', () => {
    const layers = new LayerDecoder();
    const shown = layersOf('\\u0041'.repeat(100), { layers, budgetBytes: 30 });
    expect(shown.map(({ text }) => text.length)).toEqual([30]);
    expect(layers.isIncomplete).toBe(true);
    layersOf('a\\nb', { layers });
    expect(layers.isIncomplete).toBe(false);
  });

  it('never decodes more than the budget and keeps ranges inside the message, for any bytes', () => {
    const pieces = fc.constantFrom('\\n', '\\u0041', '\\\\', '%41', '%2525', '&amp;', '&#65;', base64, Buffer.from(base64).toString('base64'), 'QUFB', '41', ' ', '\n', '=', '=3D', '=\r\n', '=C3=A9', 'é', '"', '\0');
    const layers = new LayerDecoder();
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 120 }), fc.integer({ min: 0, max: 2_000 }), (parts, budgetBytes) => {
        const bytes = encoder.encode(parts.join(''));
        let total = 0;
        layers.forEachLayer(bytes, 0, bytes.length, { form: false, maxDecodedBytes: budgetBytes }, (layer) => {
          total += layer.length;
          for (let at = 0; at < layer.length; at += 7) {
            const { start, end } = layer.toSource(at, Math.min(layer.length, at + 5));
            if (start < 0 || start > end || end > bytes.length) expect.fail(`${String(start)} ${String(end)}`);
          }
        });
        expect(total).toBeLessThanOrEqual(budgetBytes);
      }),
    );
  });

  it('takes time in proportion to the size of hostile text', () => {
    const layers = new LayerDecoder();
    const decode = (bytes: Uint8Array) => (): void => { layers.forEachLayer(bytes, 0, bytes.length, { form: true, maxDecodedBytes }, () => undefined); };
    const hostile = ['\\', '\\n', '\\\\\\"', '%41', '%25', '%', '&', '&amp;', '&#x41;', '=', '=3', '=20', '=3Da', '=\n', '=\r\na=3Db', `${'a'.repeat(60)}=\n`, 'quoted-printable=3', base64, 'abcdefghijklmnop/', '41', `${'41'.repeat(16)} `, `${Buffer.from(base64).toString('base64')} `, 'QUFB'.repeat(5)];
    for (const unit of hostile) {
      const bytes = encoder.encode(unit.repeat(Math.ceil(65_536 / unit.length)).slice(0, 65_536));
      expect(timeGrowth(decode(bytes.subarray(0, 4_096)), decode(bytes), 64), unit).toBeLessThan(64);
    }
  });
});

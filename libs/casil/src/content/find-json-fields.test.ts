import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileFieldPaths } from './field-path.js';
import { findJsonFields } from './find-json-fields.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function find(text: string, ...paths: string[]): { values: string[]; isWhole: boolean } {
  const bytes = encoder.encode(text);
  const values: string[] = [];
  const isWhole = findJsonFields(bytes, 0, bytes.length, compileFieldPaths(paths), (start, end) => { values.push(decoder.decode(bytes.subarray(start, end))); });
  return { values, isWhole };
}

describe('findJsonFields()', () => {
  it('reports values of every type', () => {
    const text = '{"user": {"password": "a\\"b", "n": -1.5e3, "t": true}, "items": [{"token": "x"}, {"token": null}], "ssn": 1}';
    expect(find(text, 'user.password').values).toEqual(['"a\\"b"']);
    expect(find(text, 'user.*').values).toEqual(['"a\\"b"', '-1.5e3', 'true']);
    expect(find(text, 'items.*.token').values).toEqual(['"x"', 'null']);
    expect(find(text, 'items.1.token').values).toEqual(['null']);
    expect(find(text, '**.ssn').values).toEqual(['1']);
    expect(find(text, 'items', 'items.*.token').values).toEqual(['[{"token": "x"}, {"token": null}]']);
  });

  it('sees through escapes in keys', () => {
    expect(find('{"pass\\u0077ord":1,"pa\\/th":2}', 'password', 'pa/th').values).toEqual(['1', '2']);
  });

  it('reads documents that follow one another', () => {
    expect(find('{"a":1}\n{"b":2}\n{"a":3}', 'a')).toEqual({ values: ['1', '3'], isWhole: true });
  });

  it('stops where the text is malformed and reports what was open', () => {
    expect(find('{"a":1,"b":}{"a":2}', 'a')).toEqual({ values: ['1'], isWhole: false });
    expect(find('{"x":{"a":{"b":"secret"', 'x.a')).toEqual({ values: ['{"b":"secret"'], isWhole: false });
  });

  it('stops at 128 levels', () => {
    expect(find(`${'['.repeat(200)}1${']'.repeat(200)}`, 'a').isWhole).toBe(false);
    expect(find(`${'['.repeat(128)}1${']'.repeat(128)}`, 'a').isWhole).toBe(true);
  });

  it('finds what walking the parsed value finds', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), fc.constantFrom('**', '*', '**.*', '*.*', '0', '*.0', '**.a'), (text, path) => {
        const expected: unknown[] = [];
        const segments = path.split('.');
        const walk = (value: unknown, way: string[]): void => {
          if (matches(segments, way)) expected.push(value);
          else if (typeof value === 'object' && value !== null) for (const [name, inner] of Object.entries(value)) walk(inner, [...way, name]);
        };
        const value: unknown = JSON.parse(text);
        // Repeated and numeric names stand in another order once they are parsed.
        fc.pre(JSON.stringify(value) === text);
        walk(value, []);
        expect(find(text, path).values.map((found) => JSON.parse(found) as unknown)).toEqual(expected);
      }),
    );
  });
});

function matches(segments: readonly string[], way: readonly string[]): boolean {
  if (segments.length === 0) return way.length === 0;
  const [first, ...rest] = segments;
  if (first === '**') {
    if (rest.length === 0) return way.length > 0;
    return matches(rest, way) || (way.length > 0 && matches(segments, way.slice(1)));
  }
  return way.length > 0 && (first === '*' || first === way[0]) && matches(rest, way.slice(1));
}

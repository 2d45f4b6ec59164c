import { create, equals, fromBinary, toBinary, type Message, type MessageInitShape } from '@bufbuild/protobuf';
import { AnySchema, FileDescriptorSetSchema, file_google_protobuf_any } from '@bufbuild/protobuf/wkt';
import fc from 'fast-check';
import { timeGrowth } from '@arqonbus/testkit';
import { describe, expect, it } from 'vitest';
import { planDescriptor, planDescriptorSet } from '../../test/plan-descriptors.js';
import type { ContentKind } from './content-kind.js';
import { createDescriptorRegistry } from './descriptor-registry.js';
import { redactPayload } from './redact.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });
const plan = planDescriptor();
const descriptors = createDescriptorRegistry([planDescriptorSet()]);

/** Redacts where `part` stands. */
function redact(kind: ContentKind, text: string, ...parts: string[]): string {
  const spans = parts.map((part) => {
    const start = encoder.encode(text.slice(0, text.indexOf(part))).length;
    return { start, end: start + encoder.encode(part).length, label: 'a-token' };
  });
  return decoder.decode(redactPayload(kind, encoder.encode(text), spans));
}

const spansOf = (length: number) =>
  fc.array(fc.record({ start: fc.integer({ min: 0, max: length }), size: fc.integer({ min: 0, max: 12 }), label: fc.constantFrom('a-token', 'field', 'odd "<&\\name') }), { minLength: 1, maxLength: 6 })
    .map((spans) => spans.map(({ start, size, label }) => ({ start, end: start + size, label })));

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

describe('redactPayload() of JSON', () => {
  it('puts the marker inside a string and replaces other scalars whole', () => {
    expect(redact('json', '{"a": "key=VALUE;", "b": 12345, "c": [true]}', 'VALUE', '234', 'ru')).toBe('{"a": "key=[REDACTED:a-token];", "b": "[REDACTED:a-token]", "c": ["[REDACTED:a-token]"]}');
    expect(redact('json', '{"a": "VALUE"}', '"VALUE"')).toBe('{"a": "[REDACTED:a-token]"}');
    expect(redact('json', '{"a": {"b": 1, "c": "x"}, "d": 2}', '{"b": 1, "c": "x"}')).toBe('{"a": {"[REDACTED:a-token]": "[REDACTED:a-token]", "[REDACTED:a-token]": "[REDACTED:a-token]"}, "d": 2}');
  });

  it('splits no escape sequence and no character', () => {
    expect(redact('json', '"a\\n\\u0041b"', 'n\\u0')).toBe('"a[REDACTED:a-token]b"');
    expect(redact('json', '"a\\ud83d\\ude00b"', 'ude00')).toBe('"a[REDACTED:a-token]b"');
    expect(decoder.decode(redactPayload('json', encoder.encode('"a😀b"'), [{ start: 3, end: 4, label: 'x' }]))).toBe('"a[REDACTED:x]b"');
  });

  it('still parses, whatever the spans, and the same values are left elsewhere', () => {
    const values = fc.json({ maxDepth: 4, stringUnit: fc.constantFrom('a', '"', '\\', '\n', 'é', '😀', '\u2028', '/', '\u0001', '{') });
    fc.assert(
      fc.property(values.chain((text) => fc.tuple(fc.constant(text), spansOf(encoder.encode(text).length))), ([text, spans]) => {
        const redacted = decoder.decode(redactPayload('json', encoder.encode(text), spans));
        expect(isJson(redacted), redacted).toBe(true);
        const structure = (json: string): string => json.replaceAll(/"(?:[^"\\]|\\.)*"|[^{}[\]:,\s]+/g, '_');
        expect(structure(redacted)).toBe(structure(text));
      }),
      { numRuns: 500 },
    );
  });

  it('parses if and only if the input did', () => {
    const text = fc.tuple(fc.json({ maxDepth: 3 }), fc.nat(), fc.constantFrom('', '\\q', '"', '}', ',', '\u0001', 'x')).map(([json, at, noise]) => {
      const place = at % (json.length + 1);
      return json.slice(0, place) + noise + json.slice(place);
    });
    fc.assert(
      fc.property(text.chain((broken) => fc.tuple(fc.constant(broken), spansOf(encoder.encode(broken).length))), ([broken, spans]) => {
        const redacted = new TextDecoder().decode(redactPayload('json', encoder.encode(broken), spans));
        expect(isJson(redacted)).toBe(isJson(broken));
      }),
      { numRuns: 500 },
    );
  });
});

describe('redactPayload() of text, forms and XML', () => {
  it('merges overlapping spans and splits no character', () => {
    const bytes = encoder.encode('aéb SECRET c');
    expect(decoder.decode(redactPayload('text', bytes, [{ start: 7, end: 11, label: 'two' }, { start: 5, end: 9, label: 'one' }]))).toBe('aéb [REDACTED:one] c');
    expect(decoder.decode(redactPayload('text', bytes, [{ start: 2, end: 3, label: 'x' }]))).toBe('a[REDACTED:x]b SECRET c');
  });

  it('keeps a form readable', () => {
    const redacted = redact('form', 'a=1&password=x%26yz&b=2', '6yz');
    expect([...new URLSearchParams(redacted)]).toEqual([['a', '1'], ['password', 'x[REDACTED:a-token]'], ['b', '2']]);
    expect(redact('form', 'p=ab%2', 'ab%2')).toBe('p=%5BREDACTED%3Aa-token%5D');
  });

  it('keeps the markup of XML and its entities', () => {
    expect(redact('xml', '<a k="SECRET">x&amp;y</a>', 'SECRET', 'p;y')).toBe('<a k="[REDACTED:a-token]">x[REDACTED:a-token]</a>');
    expect(redact('xml', '<a><b>ONE</b><c d="TWO"/></a>', 'ONE</b><c d="TWO"')).toBe('<a><b>[REDACTED:a-token]</b><c d="[REDACTED:a-token]"/></a>');
    expect(redact('xml', '<!-- SECRET --><![CDATA[a<SECOND]]>', 'SECRET', 'SECOND')).toBe('<!-- [REDACTED:a-token] --><![CDATA[a<[REDACTED:a-token]]]>');
    expect(redact('xml', '<a k=SECRET l = "x">y</a>', 'SECRET')).toBe('<a k=[REDACTED:a-token] l = "x">y</a>');
    expect(redact('xml', '<a k="SECRET', 'SECRET')).toBe('<a k="[REDACTED:a-token]');
  });
});

describe('redactPayload() of binary content', () => {
  it('masks in place', () => {
    const bytes = Uint8Array.of(1, 2, 3, 4, 5);
    expect(redactPayload('binary', bytes, [{ start: 1, end: 3, label: 'x' }, { start: 4, end: 99, label: 'x' }])).toEqual(Uint8Array.of(1, 0x2a, 0x2a, 4, 0x2a));
    expect(bytes[1]).toBe(2);
  });
});

type PlanFields = Record<string, unknown>;
const planOf = (init: PlanFields): Message => create(plan, init as MessageInitShape<typeof plan>);

describe('redactPayload() of Protobuf', () => {
  const redactAt = (init: PlanFields, ...parts: string[]): Message => {
    const bytes = toBinary(plan, planOf(init));
    const text = Buffer.from(bytes).toString('latin1');
    const spans = parts.map((part) => ({ start: text.indexOf(part), end: text.indexOf(part) + part.length, label: 'a-token' }));
    return fromBinary(plan, redactPayload('protobuf', bytes, spans, descriptors, 'acme.v1.Plan'));
  };

  it('rewrites strings and bytes at any depth and mends all lengths', () => {
    const inner = (secret: string): PlanFields => ({ title: 'outer', steps: [{ steps: [{ title: `x ${secret} ${'y'.repeat(120)}`, names: ['kept'] }] }], labels: { token: secret }, parts: { p: { blob: encoder.encode(secret) } } });
    const redacted = redactAt(inner('SECRET'), 'SECRET');
    expect(equals(plan, redacted, planOf({ ...inner('SECRET'), steps: [{ steps: [{ title: `x [REDACTED:a-token] ${'y'.repeat(120)}`, names: ['kept'] }] }] }))).toBe(true);
  });

  it('removes numbers that a span touches and packed lists whole', () => {
    const init = { title: 'kept', accountNumber: 0x41n, codes: [0x42, 0x43], active: true };
    expect(equals(plan, redactAt(init, 'A', 'BC'), planOf({ title: 'kept', active: true }))).toBe(true);
  });

  it('decodes, whatever the spans, and what no span touches is as it was', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'B', 'é', '漢', '😀', '"'), maxLength: 20 });
    const leaf = fc.record({
      title: text, blob: fc.uint8Array({ maxLength: 20 }), accountNumber: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), delta: fc.integer(), ratio: fc.double(),
      names: fc.array(text, { maxLength: 3 }), codes: fc.array(fc.integer(), { maxLength: 4 }), labels: fc.dictionary(text, text, { maxKeys: 3 }), active: fc.boolean(),
    });
    const tree = fc.record({ first: leaf, steps: fc.array(leaf, { maxLength: 3 }) }).map(({ first, steps }) => ({ ...first, steps }));
    const cases = tree.chain((init) => fc.tuple(fc.constant(init), spansOf(toBinary(plan, planOf({ ...init, names: [] })).length)));
    fc.assert(
      fc.property(cases, text, ([init, spans], untouched) => {
        // Fields are written in the order of their numbers: the last one lies behind every span.
        const bytes = toBinary(plan, planOf({ ...init, checksum: 7 }));
        const behind = toBinary(plan, planOf({ parts: { z: { title: `${untouched}z` } } }));
        const whole = Uint8Array.from([...bytes, ...behind]);
        const inside = spans.map((span) => ({ ...span, end: Math.min(span.end, bytes.length) }));
        const redacted = fromBinary(plan, redactPayload('protobuf', whole, inside, descriptors, 'acme.v1.Plan'));
        expect(Buffer.from(toBinary(plan, redacted)).includes(Buffer.from(behind))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('masks the message inside an Any in place, because no length in it can be mended', () => {
    const registry = createDescriptorRegistry([toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file: [file_google_protobuf_any.proto] }))]);
    const value = toBinary(plan, planOf({ title: 'a SECRET', steps: [{ title: 'kept' }] }));
    const bytes = toBinary(AnySchema, create(AnySchema, { typeUrl: 'type.googleapis.com/acme.v1.Plan', value }));
    const start = Buffer.from(bytes).indexOf('SECRET');
    const redacted = fromBinary(AnySchema, redactPayload('protobuf', bytes, [{ start, end: start + 6, label: 'x' }], registry, 'google.protobuf.Any'));
    expect(equals(plan, fromBinary(plan, redacted.value), planOf({ title: 'a ******', steps: [{ title: 'kept' }] }))).toBe(true);
  });

  it('keeps the length of what nobody described', () => {
    const unknown = Uint8Array.from([0xfa, 0x07, 6, ...encoder.encode('SECRET'), 0x0a, 2, 0x68, 0x69]);
    const redacted = redactPayload('protobuf', unknown, [{ start: 3, end: 9, label: 'x' }], descriptors, 'acme.v1.Plan');
    expect(redacted).toEqual(Uint8Array.from([0xfa, 0x07, 6, ...encoder.encode('******'), 0x0a, 2, 0x68, 0x69]));
  });

  it('masks a message of a type that nobody registered in its values alone', () => {
    const fields = (secret: string): PlanFields => ({ title: secret, steps: [{ title: `x ${secret}`, names: ['kept'] }], checksum: 5 });
    const bytes = toBinary(plan, planOf(fields('SECRET')));
    // From the tag of the first field on: what is no value stays.
    const spans = [{ start: 0, end: 9, label: 'x' }, { start: Buffer.from(bytes).lastIndexOf('SECRET'), end: Buffer.from(bytes).lastIndexOf('SECRET') + 7, label: 'x' }];
    const redacted = redactPayload('protobuf', bytes, spans, descriptors, 'acme.v1.Other');
    expect(equals(plan, fromBinary(plan, redacted), planOf(fields('******')))).toBe(true);
    const touched = redactPayload('protobuf', bytes, [{ start: bytes.length - 2, end: bytes.length, label: 'x' }]);
    expect(equals(plan, fromBinary(plan, touched), planOf({ ...fields('SECRET'), checksum: 0 }))).toBe(true);
  });

  it('masks in place what is no message of its type', () => {
    const bytes = encoder.encode('\x0a\x7fSECRET');
    expect(decoder.decode(redactPayload('protobuf', bytes, [{ start: 2, end: 8, label: 'x' }], descriptors, 'acme.v1.Plan'))).toBe('\x0a\x7f******');
    expect(decoder.decode(redactPayload('protobuf', encoder.encode('a SECRET'), [{ start: 2, end: 8, label: 'x' }], descriptors, 'acme.v1.Other'))).toBe('a ******');
  });

  it('takes time in proportion to fields and spans', () => {
    const masking = (count: number) => {
      const bytes = toBinary(plan, planOf({ names: Array.from({ length: count }, () => 'ab') }));
      const spans = Array.from({ length: count / 2 }, (_, index) => ({ start: index * 6, end: index * 6 + 2, label: 'x' }));
      return (): unknown => redactPayload('protobuf', bytes, spans, descriptors, 'acme.v1.Plan');
    };
    expect(timeGrowth(masking(1_000), masking(16_000), 64)).toBeLessThan(64);
  });
});

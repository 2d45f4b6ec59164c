import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { canonicalJson, checkLine, createRecord, genesisHash } from './audit-record.js';

describe('canonicalJson()', () => {
  it('sorts keys at every depth, drops what is undefined and writes no white space', () => {
    expect(canonicalJson({ b: [1, { d: null, c: undefined, a: 'x' }, undefined], a: true })).toBe('{"a":true,"b":[1,{"a":"x","d":null},null]}');
  });

  it('is a fixed point for any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });
});

describe('checkLine()', () => {
  it('accepts the line of any entry and tells the end of the chain', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.dictionary(fc.string(), fc.jsonValue()), (action, actor, detail) => {
        const record = createRecord({ action, actor, outcome: 'done', detail }, { sequence: 1, timeUs: 1n, previousHash: genesisHash });
        expect(checkLine(Buffer.from(canonicalJson(record)), { sequence: 0, hash: genesisHash })).toEqual({ sequence: 1, hash: record.hash });
      }),
    );
  });

  it.each(['', '1', 'null', '{}', 'not JSON', '{"sequence":1}'])('refuses %j', (line) => {
    expect(checkLine(Buffer.from(line), undefined)).toBeUndefined();
  });
});

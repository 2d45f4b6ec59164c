import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventIdOf, isAgentId, isUlid, isUuid, ulidOf } from './episode-ids.js';

const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Written the other way round than the library reads it: by arithmetic over the whole number. */
function ulidText(bytes: Uint8Array): string {
  let value = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  let text = '';
  for (let at = 0; at < 26; at++) {
    text = digits[Number(value % 32n)] + text;
    value /= 32n;
  }
  return text;
}

function uuidText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const anyBytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
const someUlid = anyBytes.map(ulidText);

describe('eventIdOf()', () => {
  it('gives the 16 bytes of a ULID, whatever its case', () => {
    fc.assert(fc.property(anyBytes, (bytes) => {
      expect(eventIdOf(ulidText(bytes))).toBe(uuidText(bytes));
      expect(eventIdOf(ulidText(bytes).toLowerCase())).toBe(uuidText(bytes));
    }), { seed: 1, numRuns: 2_000 });
    expect(eventIdOf('01ARZ3NDEKTSV4RRFFQ69G5FAV')).toBe('01563e3a-b5d3-d676-4c61-efb99302bd5b');
    expect(eventIdOf('7ZZZZZZZZZZZZZZZZZZZZZZZZZ')).toBe('ffffffff-ffff-ffff-ffff-ffffffffffff');
  });

  it('takes a UUID of version 7 in either case, and none of another version or variant', () => {
    expect(eventIdOf('01890A5D-AC96-774B-BCCE-B302099A8057')).toBe('01890a5d-ac96-774b-bcce-b302099a8057');
    fc.assert(fc.property(anyBytes, (bytes) => {
      const isVersion7 = bytes[6] >>> 4 === 7 && bytes[8] >>> 6 === 2;
      expect(eventIdOf(uuidText(bytes))).toBe(isVersion7 ? uuidText(bytes) : undefined);
    }), { seed: 2, numRuns: 2_000 });
  });

  it('refuses every other text', () => {
    const uuid = '01890a5d-ac96-774b-bcce-b302099a8057';
    for (const text of ['', 'x', uuid.replaceAll('-', ''), `{${uuid}}`, ` ${uuid.slice(1)}`, `${uuid}\n`, `urn:uuid:${uuid}`, uuid.replace('-7', '_7'), 'K'.repeat(36)]) {
      expect(eventIdOf(text), text).toBeUndefined();
    }
  });
});

describe('isUuid()', () => {
  it('takes a UUID of any version in either case, and no other text', () => {
    fc.assert(fc.property(anyBytes, (bytes) => {
      expect(isUuid(uuidText(bytes))).toBe(true);
      expect(isUuid(uuidText(bytes).toUpperCase())).toBe(true);
    }), { seed: 6, numRuns: 500 });
    const uuid = '01890a5d-ac96-474b-bcce-b302099a8057';
    for (const text of ['', uuid.replaceAll('-', ''), `{${uuid}}`, ` ${uuid}`, `${uuid}\n`, `${uuid.slice(1)}g`, uuid.replace('-4', '_4')]) expect(isUuid(text), text).toBe(false);
  });
});

describe('isUlid(), ulidOf()', () => {
  it('take what the algorithm writes, in either case, as capitals', () => {
    fc.assert(fc.property(someUlid, (text) => {
      expect(isUlid(text)).toBe(true);
      expect(ulidOf(text.toLowerCase())).toBe(text);
    }), { seed: 3, numRuns: 500 });
  });

  it('agree with the grammar', () => {
    const near = fc.tuple(fc.constantFrom(...'0178zZ'), fc.string({ unit: fc.constantFrom(...'09AaZzIiLlOoUu-é\u0000K'), minLength: 24, maxLength: 26 }));
    fc.assert(fc.property(near, ([first, rest]) => {
      const text = first + rest;
      const isRight = /^[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}$/.test(text);
      expect(isUlid(text)).toBe(isRight);
      expect(ulidOf(text) === undefined).toBe(!isRight);
    }), { seed: 4, numRuns: 3_000 });
    expect(isUlid('8ZZZZZZZZZZZZZZZZZZZZZZZZZ')).toBe(false);
  });
});

describe('isAgentId()', () => {
  it('is the grammar of client ids', () => {
    for (const id of ['a', 'Agent-1', 'a.b_c@d', 'x'.repeat(128)]) expect(isAgentId(id), id).toBe(true);
    for (const id of ['', '-a', 'a:b', 'a/b', 'a b', 'é', 'x'.repeat(129)]) expect(isAgentId(id), id).toBe(false);
  });
});

import { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readFixed64, readVarint32, readVarint64, varint64SizeAt, varintSize, writeFixed64, writeVarint,
} from './varint.js';

const anySafe = fc.oneof(
  fc.maxSafeNat(),
  fc.nat(),
  fc.integer({ min: 0, max: 52 }).chain((bits) => fc.constantFrom(2 ** bits - 1, 2 ** bits, 2 ** bits + 1)),
);

describe('writeVarint(), varintSize() and readVarint64()', () => {
  it('agree with the generated codec up to 2^53 - 1', () => {
    fc.assert(fc.property(anySafe, (value) => {
      const bytes = new Uint8Array(12);
      const end = writeVarint(bytes, 1, value);
      expect(end - 1).toBe(varintSize(value));
      expect([...bytes.subarray(1, end)]).toEqual([...new BinaryWriter().uint64(value).finish()]);
      expect(varint64SizeAt(bytes, 1, end)).toBe(varintSize(value));
      expect(readVarint64(bytes, 1, end - 1)).toBe(value);
      expect(varint64SizeAt(bytes, 1, end - 1)).toBe(-1);
    }), { seed: 61, numRuns: 1_000 });
    expect(varintSize(Number.MAX_SAFE_INTEGER)).toBe(8);
  });
});

describe('readVarint32()', () => {
  it('reads minimal uint32s and nothing else', () => {
    fc.assert(fc.property(anySafe, (value) => {
      const bytes = new Uint8Array(12);
      const end = writeVarint(bytes, 0, value);
      expect(readVarint32(bytes, 0, end)).toBe(value <= 0xffff_ffff ? value : -1);
      expect(readVarint32(bytes, 0, end - 1)).toBe(-1);
    }), { seed: 62, numRuns: 1_000 });
  });

  it.each([
    [[0x80, 0x00]], [[0x81, 0x80, 0x00]], [[0xff, 0xff, 0xff, 0xff, 0x10]], [[0xff, 0xff, 0xff, 0xff, 0x80, 0x01]],
    [[0x80, 0x80, 0x80, 0x80, 0x00]], [[0x80]], [[0x80, 0x80]], [[0x80, 0x80, 0x80]], [[]],
  ])('refuses %j: over-long, too large or cut', (content) => {
    expect(readVarint32(Uint8Array.from(content), 0, content.length)).toBe(-1);
  });
});

describe('varint64SizeAt()', () => {
  it.each([
    [[0x80, 0x00]], [[0x80]], [[]], [[...Array.from({ length: 9 }, () => 0xff), 0x02]], [[...Array.from({ length: 10 }, () => 0x80), 0x01]],
  ])('refuses %j', (content) => {
    expect(varint64SizeAt(Uint8Array.from(content), 0, content.length)).toBe(-1);
  });

  it('takes 2^64 - 1 in 10 bytes', () => {
    const bytes = new BinaryWriter().uint64(2n ** 64n - 1n).finish();
    expect(varint64SizeAt(bytes, 0, bytes.length)).toBe(10);
    expect(readVarint64(bytes, 0, 10)).toBe(2 ** 64);
  });
});

describe('writeFixed64() and readFixed64()', () => {
  it('agree with the generated codec', () => {
    fc.assert(fc.property(anySafe, (value) => {
      const bytes = new Uint8Array(9);
      expect(writeFixed64(bytes, 1, value)).toBe(9);
      expect(new BinaryReader(bytes.subarray(1)).fixed64()).toBe(BigInt(value));
      expect(readFixed64(bytes, 1)).toBe(value);
    }), { seed: 63, numRuns: 500 });
  });
});

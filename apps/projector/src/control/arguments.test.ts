import { create, toBinary } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { isArqonError } from '@arqonbus/errors';
import { ListDeadLettersRequestSchema } from '@arqonbus/proto';
import { describe, expect, it } from 'vitest';
import { timestampOfUs } from './answer-messages.js';
import { decodeArguments, readTimeUs, readUuid } from './arguments.js';

function refusalOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return isArqonError(error) ? [error.code, error.field] : error;
  }
}

describe('decodeArguments()', () => {
  it('reads a message', () => {
    const args = toBinary(ListDeadLettersRequestSchema, create(ListDeadLettersRequestSchema, { limit: 7, withReplayed: true }));
    expect(decodeArguments(ListDeadLettersRequestSchema, args)).toMatchObject({ limit: 7, withReplayed: true, after: '' });
    expect(decodeArguments(ListDeadLettersRequestSchema, new Uint8Array())).toMatchObject({ limit: 0 });
  });

  it.each([
    ['bytes that do not decode', Uint8Array.of(0x12, 0x7f)],
    ['text that is not UTF-8', Uint8Array.of(0x12, 0x01, 0xff)],
    ['a field of another version', Uint8Array.of(0xf8, 0x01, 0x01)],
  ])('refuses %s', (_, args) => {
    expect(refusalOf(() => decodeArguments(ListDeadLettersRequestSchema, args))).toEqual(['INVALID_ARGUMENT', 'args']);
  });
});

describe('readUuid()', () => {
  it('gives it in lower case', () => {
    expect(readUuid('0192AAAA-0000-7000-8000-00000000000F', 'id')).toBe('0192aaaa-0000-7000-8000-00000000000f');
  });

  it.each(['', '0192aaaa00007000800000000000000f', '0192aaaa-0000-7000-8000-00000000000g', ' 0192aaaa-0000-7000-8000-00000000000f', '0192aaaa-0000-7000-8000-00000000000f\n'])('refuses %j', (text) => {
    expect(refusalOf(() => readUuid(text, 'after'))).toEqual(['INVALID_ARGUMENT', 'after']);
  });
});

describe('readTimeUs()', () => {
  it('gives the first microsecond at or after the time', () => {
    const time = timestampFromMs(1_700_000_000_123);
    expect(readTimeUs(time, 'from')).toBe(1_700_000_000_123_000);
    expect(readTimeUs({ ...time, nanos: 1 }, 'from')).toBe(1_700_000_000_000_001);
    expect(readTimeUs(timestampFromMs(0), 'from')).toBe(0);
  });

  it('reads what timestampOfUs writes', () => {
    for (const us of [0, 1, 999_999, 1_000_000, 1_700_000_000_123_456, Number.MAX_SAFE_INTEGER]) expect(readTimeUs(timestampOfUs(us), 'from')).toBe(us);
  });

  it.each([
    ['no time', undefined],
    ['one before 1970', timestampFromMs(-1)],
    ['nanoseconds below zero', { ...timestampFromMs(0), nanos: -1 }],
    ['a whole second of nanoseconds', { ...timestampFromMs(0), nanos: 1_000_000_000 }],
    ['what a number does not hold', { ...timestampFromMs(0), seconds: 1n << 62n }],
  ])('refuses %s', (_, time) => {
    expect(refusalOf(() => readTimeUs(time, 'to'))).toEqual(['INVALID_ARGUMENT', 'to']);
  });
});

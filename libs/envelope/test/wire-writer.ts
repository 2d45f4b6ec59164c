import { writeVarint } from '../src/varint.js';

/** Bytes of a varint, minimal. */
export function varint(value: number): number[] {
  const bytes = new Uint8Array(10);
  return [...bytes.subarray(0, writeVarint(bytes, 0, value))];
}

/** A length-delimited field. */
export function field(number: number, content: readonly number[] | string): number[] {
  const bytes = typeof content === 'string' ? [...new TextEncoder().encode(content)] : content;
  return [...varint(number * 8 + 2), ...varint(bytes.length), ...bytes];
}

/** A varint field. */
export function number(fieldNumber: number, value: number): number[] {
  return [...varint(fieldNumber * 8), ...varint(value)];
}

/** A fixed64 field with the given low byte. */
export function fixed64(fieldNumber: number, lowByte = 1): number[] {
  return [...varint(fieldNumber * 8 + 1), lowByte, 0, 0, 0, 0, 0, 0, 0];
}

/** A fixed32 field. */
export function fixed32(fieldNumber: number): number[] {
  return [...varint(fieldNumber * 8 + 5), 0, 0, 0x80, 0x3f];
}

export const idContent: readonly number[] = Array.from({ length: 16 }, (_, index) => index + 1);
export const id = field(1, idContent);
export const event = field(2, [...field(1, 'acme.Plan'), ...field(2, [1, 2, 3])]);
export const room = field(1, 'plans');

/** An entry of Batch.envelopes. */
export function envelope(...parts: readonly (readonly number[])[]): number[] {
  return field(15, parts.flat());
}

/** A frame of one batch. */
export function frameWith(...parts: readonly (readonly number[])[]): Uint8Array {
  return Uint8Array.from(field(1, parts.flat()));
}

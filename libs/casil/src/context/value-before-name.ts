import { asciiBytes, byteClass, lowerBit, spaceBit, standsAt, upperBit } from './bytes.js';

const nameFields = ['name', 'key', 'header', 'field', 'k'].map(asciiBytes);
const valueFields = ['value', 'val', 'v'].map(asciiBytes);
const maxValueBytes = 256;
const maxFieldBytes = 24;
const maxSpaces = 32;

/** Range of a value. A record to be reused. */
export interface ValueRange {
  start: number;
  end: number;
}

/** `{"value": "x", "name": "password"}`: finds the value of the field before that in which the quoted name at `nameStart` stands; false when there is none. */
export function readValueBefore(bytes: Uint8Array, nameStart: number, textStart: number, out: ValueRange): boolean {
  const quote = quoteBefore(bytes, nameStart, textStart);
  if (quote === 0) return false;
  const nameField = fieldBefore(bytes, nameStart - quote, quote, textStart, nameFields);
  const comma = nameField < 0 ? -1 : skipSpacesBack(bytes, nameField, textStart) - 1;
  if (comma < textStart || bytes[comma] !== 0x2c) return false;
  const close = skipSpacesBack(bytes, comma, textStart);
  if (quoteBefore(bytes, close, textStart) !== quote) return false;
  out.end = close - quote;
  out.start = out.end;
  const first = Math.max(textStart, out.end - maxValueBytes);
  while (out.start > first && bytes[out.start - 1] !== 0x22 && bytes[out.start - 1] !== 0x0a) out.start -= 1;
  if (out.start === out.end || quoteBefore(bytes, out.start, textStart) !== quote) return false;
  return fieldBefore(bytes, out.start - quote, quote, textStart, valueFields) >= 0;
}

/** Length of the quotation mark that ends before `at`, with its backslashes; 0 when there is none. */
function quoteBefore(bytes: Uint8Array, at: number, textStart: number): number {
  if (at <= textStart || bytes[at - 1] !== 0x22) return 0;
  let length = 1;
  while (at - length > textStart && bytes[at - length - 1] === 0x5c) length += 1;
  return length;
}

/** Where the field begins that ends in a colon before `at` and has one of `names`, or -1. */
function fieldBefore(bytes: Uint8Array, at: number, quote: number, textStart: number, names: readonly Uint8Array[]): number {
  const colon = skipSpacesBack(bytes, at, textStart) - 1;
  if (colon < textStart || bytes[colon] !== 0x3a) return -1;
  const close = skipSpacesBack(bytes, colon, textStart);
  if (quoteBefore(bytes, close, textStart) !== quote) return -1;
  const end = close - quote;
  const first = Math.max(textStart, end - maxFieldBytes);
  let start = end;
  while (start > first && (byteClass[bytes[start - 1]] & (lowerBit | upperBit)) !== 0) start -= 1;
  if (quoteBefore(bytes, start, textStart) !== quote) return -1;
  return names.some((name) => name.length === end - start && standsAt(bytes, start, end, name)) ? start - quote : -1;
}

function skipSpacesBack(bytes: Uint8Array, at: number, textStart: number): number {
  const first = Math.max(textStart, at - maxSpaces);
  let position = at;
  while (position > first && (byteClass[bytes[position - 1]] & spaceBit) !== 0) position -= 1;
  return position;
}

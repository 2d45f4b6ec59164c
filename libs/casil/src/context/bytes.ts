/** Classes of ASCII bytes, as bits of `byteClass`. */
export const lowerBit = 1;
export const upperBit = 2;
export const digitBit = 4;
export const hexBit = 8;
/** Letters, digits, `_`, `-`, `.` and `$`: what names of settings, fields and headers are made of. */
export const nameBit = 16;
export const spaceBit = 32;
/** Bytes of 0x80 and more: parts of letters beyond ASCII. */
export const wideBit = 64;

/** Bits per byte value. */
export const byteClass = buildClasses();

function buildClasses(): Uint8Array {
  const classes = new Uint8Array(256);
  const mark = (characters: string, bits: number): void => {
    for (let at = 0; at < characters.length; at += 1) classes[characters.charCodeAt(at)] |= bits;
  };
  mark('abcdefghijklmnopqrstuvwxyz', lowerBit | nameBit);
  mark('ABCDEFGHIJKLMNOPQRSTUVWXYZ', upperBit | nameBit);
  mark('0123456789', digitBit | nameBit);
  mark('0123456789abcdefABCDEF', hexBit);
  mark('_-.$', nameBit);
  mark(' \t\n\r', spaceBit);
  for (let byte = 0x80; byte < 256; byte += 1) classes[byte] |= wideBit;
  return classes;
}

/** Bytes of an ASCII literal. */
export function asciiBytes(literal: string): Uint8Array {
  const bytes = new Uint8Array(literal.length);
  for (let at = 0; at < literal.length; at += 1) bytes[at] = literal.charCodeAt(at);
  return bytes;
}

/** The byte, A to Z as a to z. */
export function foldByte(byte: number): number {
  return (byteClass[byte] & upperBit) !== 0 ? byte + 32 : byte;
}

/** Whether `bytes` holds the lower-case ASCII `literal` at `at`, before `end`, in any case. */
export function standsAt(bytes: Uint8Array, at: number, end: number, literal: Uint8Array): boolean {
  if (at < 0 || at + literal.length > end) return false;
  for (let offset = 0; offset < literal.length; offset += 1) {
    if (foldByte(bytes[at + offset]) !== literal[offset]) return false;
  }
  return true;
}

/** Whether all bytes of `[start, end)` have one of the class's `bits`; true of an empty range. */
export function holdsOnly(bytes: Uint8Array, start: number, end: number, bits: number): boolean {
  for (let at = start; at < end; at += 1) {
    if ((byteClass[bytes[at]] & bits) === 0) return false;
  }
  return true;
}

/** Whether the same `length` bytes stand at `first` and at `second`, in any case. */
export function isSameText(bytes: Uint8Array, first: number, second: number, length: number): boolean {
  for (let offset = 0; offset < length; offset += 1) {
    if (foldByte(bytes[first + offset]) !== foldByte(bytes[second + offset])) return false;
  }
  return true;
}

/** First position of `byte` in `[start, end)`, or -1. */
export function findByte(bytes: Uint8Array, byte: number, start: number, end: number): number {
  for (let at = start; at < end; at += 1) {
    if (bytes[at] === byte) return at;
  }
  return -1;
}

/** First position from `at` that holds no space or tab. */
export function skipBlanks(bytes: Uint8Array, at: number, end: number): number {
  let position = at;
  while (position < end && (bytes[position] === 0x20 || bytes[position] === 0x09)) position += 1;
  return position;
}

/** First position from `at` that holds no space, tab or line end. */
export function skipSpaces(bytes: Uint8Array, at: number, end: number): number {
  let position = at;
  while (position < end && (byteClass[bytes[position]] & spaceBit) !== 0) position += 1;
  return position;
}

/** One escape that was read: what it stands for and how many bytes it takes. A pooled record. */
export interface Escape {
  /** Code point, or with `isByte` one byte of a text that may be in UTF-8; `noCharacter` when it stands for nothing. */
  value: number;
  isByte: boolean;
  /** Bytes of the escape in the source. */
  size: number;
}

/** Value of an escape that stands for nothing: a line break that was made only to keep lines short. */
export const noCharacter = -1;

/** Reads the escape that begins at `at`; false when it is ill-formed or cut off by `end`, which leaves the bytes as they are. */
export type ReadEscape = (bytes: Uint8Array, at: number, end: number, into: Escape) => boolean;

const hexDigits = new Int8Array(256).fill(-1);
for (let digit = 0; digit < 10; digit++) hexDigits[0x30 + digit] = digit;
for (let digit = 10; digit < 16; digit++) {
  hexDigits[0x37 + digit] = digit;
  hexDigits[0x57 + digit] = digit;
}

/** Value of an ASCII hexadecimal digit, or -1. */
export function hexDigitValue(byte: number): number {
  return hexDigits[byte];
}

/** What the letter after a backslash stands for (RFC 8259, section 7), 0 for none. */
const simpleEscapes = new Uint8Array(256);
for (const [letter, meaning] of [['"', 0x22], ["'", 0x27], ['\\', 0x5c], ['/', 0x2f], ['b', 8], ['f', 12], ['n', 10], ['r', 13], ['t', 9]] as const) {
  simpleEscapes[letter.charCodeAt(0)] = meaning;
}

/** Backslash escapes of JSON, with surrogate pairs, and what programming languages add: `\'`, `\xHH`, one byte, and `\u{H}` with up to 6 digits. */
export function readJsonEscape(bytes: Uint8Array, at: number, end: number, into: Escape): boolean {
  if (at + 1 >= end) return false;
  const letter = bytes[at + 1];
  const simple = simpleEscapes[letter];
  if (simple !== 0) return read(into, simple, 2);
  if (letter === 0x75) return readUnicodeEscape(bytes, at, end, into);
  if (letter !== 0x78) return false;
  const value = hexNumber(bytes, at + 2, at + 4, end);
  return value >= 0 && readByte(into, value, 4);
}

/**
 * Backslash escapes however many times they were escaped: `\\\\n` is a line end like `\n`, because text nested deeper than it is decoded would hide
 * behind the letter otherwise. Backslashes that escape nothing become one.
 */
export function readNestedJsonEscape(bytes: Uint8Array, at: number, end: number, into: Escape): boolean {
  let last = at;
  while (last + 1 < end && bytes[last + 1] === 0x5c) last++;
  if (last === at) return readJsonEscape(bytes, at, end, into);
  if (readJsonEscape(bytes, last, end, into)) {
    into.size += last - at;
    return true;
  }
  return read(into, 0x5c, last + 1 - at);
}

function readUnicodeEscape(bytes: Uint8Array, at: number, end: number, into: Escape): boolean {
  if (bytes[at + 2] === 0x7b) return readBracedEscape(bytes, at, end, into);
  const unit = hexNumber(bytes, at + 2, at + 6, end);
  if (unit < 0 || (unit >= 0xdc00 && unit <= 0xdfff)) return false;
  if (unit < 0xd800 || unit > 0xdbff) return read(into, unit, 6);
  if (at + 12 > end || bytes[at + 6] !== 0x5c || bytes[at + 7] !== 0x75) return false;
  const low = hexNumber(bytes, at + 8, at + 12, end);
  if (low < 0xdc00 || low > 0xdfff) return false;
  return read(into, 0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00), 12);
}

function readBracedEscape(bytes: Uint8Array, at: number, end: number, into: Escape): boolean {
  let close = at + 3;
  while (close < end && close < at + 9 && hexDigits[bytes[close]] >= 0) close++;
  if (close === at + 3 || close >= end || bytes[close] !== 0x7d) return false;
  const value = hexNumber(bytes, at + 3, close, end);
  return value <= 0x10_ffff && !(value >= 0xd800 && value <= 0xdfff) && read(into, value, close + 1 - at);
}

/** `%XX` (RFC 3986, section 2.1), one byte, and `%uXXXX` as old browsers write it. */
export function readPercentEscape(bytes: Uint8Array, at: number, end: number, into: Escape): boolean {
  if (at + 1 < end && bytes[at + 1] === 0x75) {
    const unit = hexNumber(bytes, at + 2, at + 6, end);
    return unit >= 0 && (unit < 0xd800 || unit > 0xdfff) && read(into, unit, 6);
  }
  const value = hexNumber(bytes, at + 1, at + 3, end);
  return value >= 0 && readByte(into, value, 3);
}

/** `=XX` (RFC 2045, section 6.7), one byte in capital hexadecimal digits, and `=` at the end of a line, which joins it with the next. */
export function readQuotedPrintable(bytes: Uint8Array, at: number, end: number, into: Escape): boolean {
  if (at + 1 >= end) return false;
  const first = bytes[at + 1];
  if (first === 0x0a) return read(into, noCharacter, 2);
  if (first === 0x0d) return at + 2 < end && bytes[at + 2] === 0x0a && read(into, noCharacter, 3);
  if (first >= 0x61 || (at + 2 < end && bytes[at + 2] >= 0x61)) return false;
  const value = hexNumber(bytes, at + 1, at + 3, end);
  return value >= 0 && readByte(into, value, 3);
}

const namedEntities: readonly (readonly [Uint8Array, number])[] = [
  ['quot', 0x22], ['amp', 0x26], ['lt', 0x3c], ['gt', 0x3e], ['apos', 0x27],
].map(([name, value]) => [Uint8Array.from(String(name), (letter) => letter.charCodeAt(0)), Number(value)] as const);

/** The five entities that XML predefines, and numeric references, with at most 8 digits. */
export function readHtmlEntity(bytes: Uint8Array, at: number, end: number, into: Escape): boolean {
  if (at + 3 >= end) return false;
  if (bytes[at + 1] === 0x23) return readNumericReference(bytes, at, end, into);
  if (!startsEntity(bytes[at + 1])) return false;
  for (const [name, value] of namedEntities) {
    if (bytes[at + 1] === name[0] && bytes[at + 1 + name.length] === 0x3b && standsAt(bytes, at + 1, end, name)) return read(into, value, name.length + 2);
  }
  return false;
}

function startsEntity(letter: number): boolean {
  return letter === 0x71 || letter === 0x61 || letter === 0x6c || letter === 0x67;
}

function standsAt(bytes: Uint8Array, at: number, end: number, name: Uint8Array): boolean {
  if (at + name.length >= end) return false;
  for (let index = 1; index < name.length; index++) {
    if (bytes[at + index] !== name[index]) return false;
  }
  return true;
}

function readNumericReference(bytes: Uint8Array, at: number, end: number, into: Escape): boolean {
  const isHex = (bytes[at + 2] | 0x20) === 0x78;
  const base = isHex ? 16 : 10;
  const first = at + (isHex ? 3 : 2);
  const limit = Math.min(end, first + 9);
  let value = 0;
  let next = first;
  while (next < limit && bytes[next] !== 0x3b) {
    const digit = hexDigits[bytes[next++]];
    if (digit < 0 || digit >= base) return false;
    value = value * base + digit;
  }
  if (next === first || next >= limit || value === 0 || value > 0x10_ffff || (value >= 0xd800 && value <= 0xdfff)) return false;
  return read(into, value, next + 1 - at);
}

function hexNumber(bytes: Uint8Array, start: number, stop: number, end: number): number {
  if (stop > end) return -1;
  let value = 0;
  for (let at = start; at < stop; at++) {
    const digit = hexDigits[bytes[at]];
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

function read(into: Escape, value: number, size: number): boolean {
  into.value = value;
  into.isByte = false;
  into.size = size;
  return true;
}

function readByte(into: Escape, value: number, size: number): boolean {
  into.value = value;
  into.isByte = true;
  into.size = size;
  return true;
}

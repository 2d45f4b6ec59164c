import { asciiBytes, byteClass, digitBit, findByte, nameBit, skipBlanks, standsAt } from './bytes.js';
import { quoteLengthAt } from './quotes.js';
import { skipWrappers } from './wrapped-value.js';

const asWord = asciiBytes('as ');
const constWord = asciiBytes('const ');
const maxTypeBytes = 32;
const maxAccessorBytes = 40;

/** Ends of the names of functions whose first argument takes, or is compared to, the text in a later one: `strcpy`, `snprintf`, `strcmp`. */
const copies = ['cpy', 'cpy_s', 'cpya', 'cat', 'cat_s', 'printf', 'printf_s', 'cmp', 'casecmp', 'memmove', 'compare_digest'].map(asciiBytes);
const maxPathBytes = 48;
const maxSizeBytes = 40;

/** `password string = "x"`: the position after the `=`, when a quoted value follows, else -1. */
export function readTypeThenAssign(bytes: Uint8Array, from: number, limit: number): number {
  let at = standsAt(bytes, from, limit, asWord) ? from + asWord.length : from;
  const stop = Math.min(limit, from + maxTypeBytes);
  while (at < stop && isTypeByte(bytes[at])) at += standsAt(bytes, at, stop, constWord) ? constWord.length : 1;
  at = skipBlanks(bytes, at, limit);
  if (at >= limit || bytes[at] !== 0x3d || bytes[at + 1] === 0x3d) return -1;
  const value = skipWrappers(bytes, skipBlanks(bytes, at + 1, limit), limit);
  return quoteLengthAt(bytes, value, limit) > 0 ? value : -1;
}

/** Names and what builds types of them: `& * : < > [ ] ?`. */
function isTypeByte(byte: number): boolean {
  if ((byteClass[byte] & (nameBit | digitBit)) !== 0) return true;
  return byte === 0x26 || byte === 0x2a || byte === 0x3a || byte === 0x3c || byte === 0x3e || byte === 0x5b || byte === 0x5d || byte === 0x3f;
}

/** `Password { get; set; } = "x"`: the position after the `=`, else -1. */
export function readAfterAccessors(bytes: Uint8Array, from: number, limit: number): number {
  const close = findByte(bytes, 0x7d, from, Math.min(limit, from + maxAccessorBytes));
  if (close < 0) return -1;
  const at = skipBlanks(bytes, close + 1, limit);
  return at < limit && bytes[at] === 0x3d && bytes[at + 1] !== 0x3e ? at + 1 : -1;
}

/** `strcpy(cfg->password, "x")`, `snprintf(password, sizeof(password), "x")`, with the comma at `at`: the quotation mark, else -1. */
export function readCopied(bytes: Uint8Array, at: number, limit: number, nameStart: number, textStart: number): number {
  const first = Math.max(textStart, nameStart - maxPathBytes);
  let open = nameStart;
  while (open > first && isPathByte(bytes[open - 1])) open -= 1;
  open -= 1;
  if (open < textStart || bytes[open] !== 0x28 || !copies.some((name) => standsAt(bytes, open - name.length, open, name))) return -1;
  const argument = skipBlanks(bytes, at + 1, limit);
  if (quoteLengthAt(bytes, argument, limit) > 0) return argument;
  const stop = Math.min(limit, argument + maxSizeBytes);
  let comma = argument;
  while (comma < stop && (isPathByte(bytes[comma]) || bytes[comma] === 0x28 || bytes[comma] === 0x29)) comma += 1;
  if (comma >= stop || bytes[comma] !== 0x2c) return -1;
  const text = skipBlanks(bytes, comma + 1, limit);
  return quoteLengthAt(bytes, text, limit) > 0 ? text : -1;
}

/** What leads to a member: names, `->`, `&`, `*`. */
function isPathByte(byte: number): boolean {
  return (byteClass[byte] & nameBit) !== 0 || byte === 0x3e || byte === 0x26 || byte === 0x2a;
}

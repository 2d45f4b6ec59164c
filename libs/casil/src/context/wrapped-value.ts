import { asciiBytes, byteClass, digitBit, lowerBit, nameBit, skipBlanks, standsAt, upperBit } from './bytes.js';
import { quoteLengthAt } from './quotes.js';

/** The last words of constructors and conversions that languages write around a string: `Some("x")`, `String::from("x")`, `Optional.of("x")`. */
const constructors = new Set([
  'some', 'just', 'ok', 'right', 'option', 'optional', 'of', 'ofnullable', 'from', 'new', 'string', 'str', 'text', 'bytes', 'bytearray', 'byte', 'u8', 'pack', 'ptr', 'to', 'toptr', 'stringptr', 'pure', 'literal', 'sensitive', 'cstring', 'box',
  'secret', 'secretstr', 'secretstring', 'secretvalue', 'unsafeplaintext', 'plaintext', 'fromstring', 'fromutf8', 'tobytes', 'encode', 'qstringliteral', 'qstring', 'l', 'f', 'text!', 's!', 'const', 'constant', 'output',
]);
/** Those that stand before a string without brackets. */
const applied = ['some ', 'just ', 'right ', 't.pack ', 'text.pack '].map(asciiBytes);
/** Strings whose marks are no quotation marks alone: C++, Ruby, Perl, Lua. The value behind stands bare. */
const openings = ['r"(', '%q(', '%(', '%q{', '%q[', 'q{', 'qq{', 'q(', '[['].map(asciiBytes);

const maxWrappers = 3;
const maxCallBytes = 40;
const maxWordBytes = 16;
const maxCastBytes = 24;
const wordBits = lowerBit | upperBit | digitBit;

/** The value's quotation mark behind what stands around it, or its first character behind a mark of another form; `from` when nothing does. */
export function skipWrappers(bytes: Uint8Array, from: number, limit: number): number {
  let at = from;
  for (let count = 0; count < maxWrappers; count += 1) {
    const next = skipWrapper(bytes, at, limit);
    if (next < 0) return from;
    at = next;
    if (quoteLengthAt(bytes, at, limit) > 0) return at;
    if (isStringMark(bytes[at]) && quoteLengthAt(bytes, at + 1, limit) > 0) return at + 1;
  }
  return from;
}

/** Behind the opening of a string in another form, which its own sign ends; else -1. */
export function skipOpening(bytes: Uint8Array, at: number, limit: number): number {
  const byte = bytes[at];
  if (byte !== 0x25 && byte !== 0x5b && byte !== 0x71 && byte !== 0x52) return -1;
  for (const opening of openings) {
    const after = at + opening.length;
    if (standsAt(bytes, at, limit, opening) && after < limit && (byteClass[bytes[after]] & wordBits) !== 0) return after;
  }
  return -1;
}

function skipWrapper(bytes: Uint8Array, at: number, limit: number): number {
  if (bytes[at] === 0x28) return skipCast(bytes, at, limit);
  for (const word of applied) {
    if (standsAt(bytes, at, limit, word)) return skipBlanks(bytes, at + word.length, limit);
  }
  return skipCall(bytes, at, limit);
}

/** `aws.String(`, `[]byte(`, `Some(`, `SecretString::new(`, `&Secret::new(`: behind the bracket, when the last word is a constructor; else -1. */
function skipCall(bytes: Uint8Array, from: number, limit: number): number {
  const stop = Math.min(limit, from + maxCallBytes);
  let at = from;
  while (at < stop && isCallByte(bytes[at])) at += 1;
  if (at >= stop || bytes[at] !== 0x28 || at === from) return -1;
  let end = at;
  if (bytes[end - 1] === 0x3e) while (end > from && bytes[end - 1] !== 0x3c) end -= 1;
  while (end > from && (byteClass[bytes[end - 1]] & wordBits) === 0 && bytes[end - 1] !== 0x21) end -= 1;
  let start = end;
  while (start > from && ((byteClass[bytes[start - 1]] & wordBits) !== 0 || bytes[start - 1] === 0x21)) start -= 1;
  if (start === end || end - start > maxWordBytes) return -1;
  return constructors.has(String.fromCharCode(...bytes.subarray(start, end)).toLowerCase()) ? skipBlanks(bytes, at + 1, limit) : -1;
}

/** Letters, digits, `_ . : < > [ ] & * ! ?` and the blank of `new X(`. */
function isCallByte(byte: number): boolean {
  if ((byteClass[byte] & nameBit) !== 0) return byte !== 0x2d && byte !== 0x24;
  return byte === 0x3a || byte === 0x3c || byte === 0x3e || byte === 0x5b || byte === 0x5d || byte === 0x26 || byte === 0x2a || byte === 0x21 || byte === 0x3f || byte === 0x20;
}

/** `(char *)"x"`, `(const uint8_t*) "x"`: behind the bracket, when a quotation mark follows; else -1. */
function skipCast(bytes: Uint8Array, from: number, limit: number): number {
  const stop = Math.min(limit, from + maxCastBytes);
  let at = from + 1;
  while (at < stop && ((byteClass[bytes[at]] & nameBit) !== 0 || bytes[at] === 0x20 || bytes[at] === 0x2a)) at += 1;
  if (at >= stop || bytes[at] !== 0x29) return -1;
  const after = skipBlanks(bytes, at + 1, limit);
  return quoteLengthAt(bytes, after, limit) > 0 ? after : -1;
}

/** `b"x"` of Rust and Python, `L"x"` of C++. */
function isStringMark(byte: number): boolean {
  return byte === 0x62 || byte === 0x4c;
}

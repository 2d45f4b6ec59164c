import { hexDigitValue } from './read-escape.js';
import type { Layer } from './layer.js';

const whitespace = -2;
const base64Values = new Int8Array(256).fill(-1);
for (let value = 0; value < 26; value++) {
  base64Values[0x41 + value] = value;
  base64Values[0x61 + value] = value + 26;
}
for (let value = 0; value < 10; value++) base64Values[0x30 + value] = value + 52;
for (const [character, value] of [['+', 62], ['-', 62], ['/', 63], ['_', 63]] as const) base64Values[character.charCodeAt(0)] = value;
for (const character of ' \t\r\n') base64Values[character.charCodeAt(0)] = whitespace;

/** How many bytes of UTF-8 follow each byte, or that it goes on with a sequence, or that it is none of a text. */
const continuation = 4;
const noText = 5;
const textKinds = new Uint8Array(256).fill(noText);
textKinds.fill(0, 0x20, 0x7f).fill(continuation, 0x80, 0xc0).fill(1, 0xc2, 0xe0).fill(2, 0xe0, 0xf0).fill(3, 0xf0, 0xf5);
for (const character of '\t\n\r') textKinds[character.charCodeAt(0)] = 0;

/** Decoded bytes after which it is decided whether they may be text, again each time they have doubled. */
const probeBytes = 16;
const maxOtherPercent = 10;

/** First bytes of formats that begin like text and are none worth searching. */
const knownMagic: readonly Uint8Array[] = ['%PDF-', 'GIF87a', 'GIF89a', 'RIFF', 'wOFF', 'wOF2', 'OTTO'].map((text) =>
  Uint8Array.from(text, (character) => character.charCodeAt(0)),
);

/** Stands between two decoded runs: no name and no value runs across it. */
const runMark = Uint8Array.of(0x0a, 0x00, 0x0a);

/**
 * Appends what the run `source[start, end)` decodes to, as one piece, when at least 90 % of it is printable UTF-8; false, and `out` as before, when it
 * is not text. It is hexadecimal when `out` is the layer of that name, else base64 (either alphabet, padding optional). Sets `isCut` where
 * `limitBytes` ends the decoding.
 */
export function appendDecodedRun(source: Uint8Array, start: number, end: number, out: Layer, limitBytes: number): boolean {
  const isHex = out.name === 'hex';
  if (!beginsAsText(source, start, end, isHex)) return false;
  const before = out.length;
  const first = before === 0 ? 0 : before + runMark.length;
  const most = Math.min(limitBytes, first + (isHex ? (end - start) >> 1 : Math.ceil(((end - start) * 3) / 4)));
  if (first + probeBytes > limitBytes) {
    out.isCut = true;
    return false;
  }
  out.reserve(most + runMark.length);
  const decodedEnd = isHex ? decodeHex(source, start, end, out.bytes, first, most) : decodeBase64(source, start, end, out.bytes, first, most);
  if (decodedEnd < 0) return false;
  if (decodedEnd === limitBytes) out.isCut = true;
  if (before > 0) {
    out.addPiece(runMark.length, start, 0);
    out.bytes.set(runMark, before);
    out.length = first;
  }
  out.addPiece(decodedEnd - first, start, end - start);
  out.length = decodedEnd;
  return true;
}

/** Looks at the first bytes alone, because nearly every run is an id, a hash or a name: two bytes that are no text tell. */
function beginsAsText(source: Uint8Array, start: number, end: number, isHex: boolean): boolean {
  const bitsPerCharacter = isHex ? 4 : 6;
  let bits = 0;
  let bitCount = 0;
  let other = 0;
  let expected = 0;
  const stop = Math.min(end, start + probeBytes * 2);
  for (let at = start; at < stop; at++) {
    const value = isHex ? hexDigitValue(source[at]) : base64Values[source[at]];
    if (value < 0) continue;
    bits = ((bits << bitsPerCharacter) | value) & 0xffff;
    bitCount += bitsPerCharacter;
    if (bitCount < 8) continue;
    bitCount -= 8;
    const byte = (bits >> bitCount) & 0xff;
    const kind = textKinds[byte];
    if (kind === continuation && expected > 0) expected--;
    else if (kind <= 3 && expected === 0) expected = kind;
    else {
      expected = 0;
      if (++other > 1) return false;
    }
  }
  return true;
}

/** Returns the end of the decoded text in `target`, or -1 when it is no text. */
function decodeBase64(source: Uint8Array, start: number, end: number, target: Uint8Array, first: number, most: number): number {
  let bits = 0;
  let bitCount = 0;
  let length = first;
  let nextCheck = first + probeBytes;
  for (let at = start; at < end && length < most; at++) {
    const value = base64Values[source[at]];
    if (value < 0) {
      if (value === whitespace) continue;
      break;
    }
    bits = ((bits << 6) | value) & 0xffff;
    bitCount += 6;
    if (bitCount < 8) continue;
    bitCount -= 8;
    target[length++] = (bits >> bitCount) & 0xff;
    if (length !== nextCheck) continue;
    if (!isText(target, first, length)) return -1;
    nextCheck = first + (length - first) * 2;
  }
  return length > first && isText(target, first, length) ? length : -1;
}

function decodeHex(source: Uint8Array, start: number, end: number, target: Uint8Array, first: number, most: number): number {
  let high = -1;
  let length = first;
  let nextCheck = first + probeBytes;
  for (let at = start; at < end && length < most; at++) {
    const value = hexDigitValue(source[at]);
    if (value < 0) continue;
    if (high < 0) {
      high = value;
      continue;
    }
    target[length++] = high * 16 + value;
    high = -1;
    if (length !== nextCheck) continue;
    if (!isText(target, first, length)) return -1;
    nextCheck = first + (length - first) * 2;
  }
  return length > first && isText(target, first, length) ? length : -1;
}

/** Whether at least 90 % of the bytes are printable ASCII, tabs and line ends or well-formed sequences of UTF-8, and no known magic leads them. */
function isText(bytes: Uint8Array, start: number, end: number): boolean {
  let other = 0;
  const most = Math.floor(((end - start) * maxOtherPercent) / 100);
  for (let at = start; at < end; at++) {
    const kind = textKinds[bytes[at]];
    if (kind === 0) continue;
    const size = kind <= 3 ? sequenceSize(bytes, at, end, kind + 1) : 0;
    if (size > 0) at += size - 1;
    else if (++other > most) return false;
  }
  return !knownMagic.some((magic) => startsWith(bytes, start, end, magic));
}

/** `size` when the bytes after `at` go on with a sequence of that size, of which the end may lie past `end`; else 0. */
function sequenceSize(bytes: Uint8Array, at: number, end: number, size: number): number {
  for (let index = 1; index < size && at + index < end; index++) {
    if (textKinds[bytes[at + index]] !== continuation) return 0;
  }
  return size;
}

function startsWith(bytes: Uint8Array, start: number, end: number, prefix: Uint8Array): boolean {
  if (start + prefix.length > end) return false;
  for (let index = 0; index < prefix.length; index++) {
    if (bytes[start + index] !== prefix[index]) return false;
  }
  return true;
}

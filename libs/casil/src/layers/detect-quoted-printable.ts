import { hexDigitValue } from './read-escape.js';

const equals = 0x3d;
/** Lines that end in `=` to go on in the next are long; shorter ones end in an empty value. */
const minBrokenLineBytes = 40;
const maxLineBytes = 76;

const encodingName = Array.from('quoted-printable', (letter) => letter.charCodeAt(0));
const dashOffset = 6;

/** Characters that stand before an escape and never before the `=` of an assignment or a comparison. */
const standsBeforeEscape = new Uint8Array(256);
for (const mark of '\n\r{[(,;') standsBeforeEscape[mark.charCodeAt(0)] = 1;

/**
 * Whether the equals signs of `bytes[start, end)` are those of quoted-printable. `=3D` before text, other escapes whose digits are no number, and two bytes
 * beyond ASCII in a row say so by themselves; `=20`, `=22` and broken lines only where no name stands before or the text names its encoding.
 */
export function isQuotedPrintable(bytes: Uint8Array, start: number, end: number): boolean {
  let isPossible = false;
  for (let at = nextEquals(bytes, start, end); at + 1 < end; at = nextEquals(bytes, at + 1, end)) {
    const byte = bytes[at + 1];
    if (byte === 0x0a || byte === 0x0d) {
      isPossible ||= breaksLongLine(bytes, start, at);
      continue;
    }
    const value = escapedByte(bytes, at, end);
    if (value < 0) continue;
    if (isEvident(bytes, start, at, end, value)) return true;
    isPossible = true;
  }
  return isPossible && namesEncoding(bytes, start, end);
}

function nextEquals(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] !== equals) at++;
  return at;
}

/** The byte that `=XX` at `at` stands for, -1 for none: small letters are no digits here, and of controls only those of text occur. */
function escapedByte(bytes: Uint8Array, at: number, end: number): number {
  if (at + 2 >= end || bytes[at + 1] >= 0x61 || bytes[at + 2] >= 0x61) return -1;
  const high = hexDigitValue(bytes[at + 1]);
  const low = hexDigitValue(bytes[at + 2]);
  if (high < 0 || low < 0) return -1;
  const value = high * 16 + low;
  return value >= 0x20 || value === 0x09 || value === 0x0a || value === 0x0d ? value : -1;
}

/** Whether an escape can be nothing else, by what stands around it. */
function isEvident(bytes: Uint8Array, start: number, at: number, end: number, value: number): boolean {
  const before = at > start ? bytes[at - 1] : 0x0a;
  const after = at + 3 < end ? bytes[at + 3] : 0x0a;
  if (before === equals) return false;
  if (value >= 0x80) return after === equals && escapedByte(bytes, at + 3, end) >= 0x80;
  if (value === equals) return isText(after) || (after === equals && escapedByte(bytes, at + 3, end) >= 0);
  if (standsBeforeEscape[before] === 1) return isText(after);
  // The digits of `=3A` or `=0D` are no number; of a longer identifier more follow.
  const hasLetterDigit = bytes[at + 2] > 0x39;
  return hasLetterDigit && isPunctuation(value) && hexDigitValue(after) < 0 && (isText(after) || after === 0x20 || after === equals);
}

function isPunctuation(value: number): boolean {
  return value < 0x30 || (value > 0x39 && value < 0x41) || (value > 0x5a && value < 0x61) || value > 0x7a;
}

/** Letters, digits and the marks with which values begin. */
function isText(byte: number): boolean {
  if (byte === 0x22 || byte === 0x27 || byte === 0x7b || byte === 0x5b || byte === 0x2f || byte === 0x3c || byte >= 0x80) return true;
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
}

function breaksLongLine(bytes: Uint8Array, start: number, at: number): boolean {
  const first = Math.max(start, at - maxLineBytes);
  let lineStart = at;
  while (lineStart > first && bytes[lineStart - 1] !== 0x0a) lineStart--;
  return at - lineStart >= minBrokenLineBytes;
}

/** Whether `quoted-printable` stands in the text, in any case. */
function namesEncoding(bytes: Uint8Array, start: number, end: number): boolean {
  const last = end - encodingName.length + dashOffset;
  for (let at = start + dashOffset; at <= last; at++) {
    if (bytes[at] === 0x2d && holdsEncodingName(bytes, at - dashOffset)) return true;
  }
  return false;
}

function holdsEncodingName(bytes: Uint8Array, at: number): boolean {
  for (let offset = 0; offset < encodingName.length; offset++) {
    if ((bytes[at + offset] | 0x20) !== encodingName[offset]) return false;
  }
  return true;
}

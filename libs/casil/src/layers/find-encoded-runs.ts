/** Fewest characters of a run that may be base64, and of one that may be hexadecimal. */
const minBase64Characters = 20;
const minHexCharacters = 32;
/** Lines that are joined have at least this many characters, a multiple of four: 64 in PEM, 76 in MIME. */
const minJoinedLineCharacters = 60;
const maxIndentBytes = 32;

const isEncoded = 1;
const isHexDigit = 2;
const isWhitespace = 4;

/** What each byte may be part of. */
const classes = new Uint8Array(256);
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_') classes[character.charCodeAt(0)] |= isEncoded;
for (const character of '0123456789abcdefABCDEF') classes[character.charCodeAt(0)] |= isHexDigit;
for (const character of ' \t\r\n') classes[character.charCodeAt(0)] |= isWhitespace;

/** Whether `byte` may stand in base64 or base64url, padding aside. */
export function isBase64Character(byte: number): boolean {
  return (classes[byte] & isEncoded) !== 0;
}

/** Takes the runs found: `bytes[start, end)` with its padding; with `isHex` all characters are hexadecimal digits and their number is even. */
export interface EncodedRunSink {
  run(start: number, end: number, isHex: boolean): void;
}

/**
 * Reports, in order, runs of 20 and more base64 or base64url characters and of 32 and more hexadecimal digits, told by their characters alone.
 * Lines of a text broken as PEM and MIME break it make one run. Windows of 20 bytes are read from their end, so that most bytes of other text
 * are never looked at.
 */
export function findEncodedRuns(bytes: Uint8Array, start: number, end: number, sink: EncodedRunSink): void {
  let first = start;
  let known = start;
  while (first + minBase64Characters <= end) {
    let at = first + minBase64Characters - 1;
    while (at >= known && (classes[bytes[at]] & isEncoded) !== 0) at--;
    if (at >= known) {
      known = first + minBase64Characters;
      first = at + 1;
      continue;
    }
    const lineEnd = runEnd(bytes, first + minBase64Characters, end);
    first = reportRun(bytes, first, lineEnd, end, sink);
    known = first;
  }
}

function runEnd(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && (classes[bytes[at]] & isEncoded) !== 0) at++;
  return at;
}

/** Reports the run whose first line is `[first, lineEnd)`, joined with the lines after it; returns where the search goes on. */
function reportRun(bytes: Uint8Array, first: number, lineEnd: number, end: number, sink: EncodedRunSink): number {
  let last = lineEnd;
  let lineStart = first;
  for (;;) {
    const lineLength = last - lineStart;
    if (lineLength < minJoinedLineCharacters || lineLength % 4 !== 0) break;
    const next = nextLineStart(bytes, last, end);
    if (next < 0) break;
    lineStart = next;
    last = runEnd(bytes, next, end);
  }
  const hexStart = bytes[first] === 0x30 && (bytes[first + 1] | 0x20) === 0x78 ? first + 2 : first;
  const hexDigits = hexDigitCount(bytes, hexStart, last);
  if (hexDigits >= 0) {
    if (hexDigits >= minHexCharacters && hexDigits % 2 === 0) sink.run(hexStart, last, true);
    return last;
  }
  let padded = last;
  while (padded < end && padded < last + 2 && bytes[padded] === 0x3d) padded++;
  sink.run(first, padded, false);
  return padded;
}

/** Where the next line begins when a line break and at most an indent stand at `at`, and a base64 character after them; else -1. */
function nextLineStart(bytes: Uint8Array, at: number, end: number): number {
  let next = at;
  if (next < end && bytes[next] === 0x0d) next++;
  if (next >= end || bytes[next] !== 0x0a) return -1;
  next++;
  const indentEnd = Math.min(end, next + maxIndentBytes);
  while (next < indentEnd && (bytes[next] === 0x20 || bytes[next] === 0x09)) next++;
  return next < end && (classes[bytes[next]] & isEncoded) !== 0 ? next : -1;
}

/** Number of hexadecimal digits when `[start, end)` has nothing else but whitespace, or -1. */
function hexDigitCount(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at++) {
    const kind = classes[bytes[at]];
    if ((kind & isHexDigit) !== 0) count++;
    else if ((kind & isWhitespace) === 0) return -1;
  }
  return count;
}

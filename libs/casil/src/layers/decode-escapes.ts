import type { LayerName } from '../scan/scan-text.js';
import { isQuotedPrintable } from './detect-quoted-printable.js';
import type { Layer } from './layer.js';
import {
  hexDigitValue, noCharacter, readHtmlEntity, readJsonEscape, readNestedJsonEscape, readPercentEscape, readQuotedPrintable, type Escape, type ReadEscape,
} from './read-escape.js';

/** Bytes that end a word, so that a window may be cut there without making half a token look whole. */
const isCutPoint = new Uint8Array(256);
for (let byte = 0; byte <= 0x20; byte++) isCutPoint[byte] = 1;
for (const mark of '"\'`<>,;{}[]()&') isCutPoint[mark.charCodeAt(0)] = 1;

/** Longest word that is kept whole around an escape, then context beyond it, then the way to the next cut point. */
const maxWordBytes = 4_096;
const contextBeforeBytes = 128;
const contextAfterBytes = 192;
const maxCutSearchBytes = 64;
/** Less than this is not worth leaving out. */
const minGapBytes = 64;
/** Stands in the text where something was left out: no value and no name runs across it. */
const gapMark = Uint8Array.of(0x0a, 0x00, 0x0a);

interface EscapeSyntax {
  readonly name: LayerName;
  readonly marker: number;
  readonly read: ReadEscape;
}

const jsonSyntax: EscapeSyntax = { name: 'json', marker: 0x5c, read: readJsonEscape };
const nestedJsonSyntax: EscapeSyntax = { name: 'json', marker: 0x5c, read: readNestedJsonEscape };
const percentSyntax: EscapeSyntax = { name: 'percent', marker: 0x25, read: readPercentEscape };
const htmlSyntax: EscapeSyntax = { name: 'html', marker: 0x26, read: readHtmlEntity };
const quotedPrintableSyntax: EscapeSyntax = { name: 'quoted_printable', marker: 0x3d, read: readQuotedPrintable };

/** What a decoding is given beside the text. */
export interface EscapeOptions {
  /** Most bytes to write; more sets `isCut`. */
  readonly budgetBytes: number;
  /** The layer whose text `bytes` is, if it is one. */
  readonly parent?: Layer | undefined;
  /** Percent only: `+` stands for a space, as in form data. */
  readonly plusIsSpace?: boolean | undefined;
  /** JSON only: escapes that were escaped again any number of times are decoded to the end. */
  readonly isNested?: boolean | undefined;
}

/** Bits of `escapeMarksIn`. */
export const hasBackslash = 1;
export const hasPercentSign = 2;
export const hasAmpersand = 4;
export const hasEqualsSign = 8;

const marks = new Uint8Array(256);
marks[0x5c] = hasBackslash;
marks[0x25] = hasPercentSign;
marks[0x26] = hasAmpersand;
marks[0x3d] = hasEqualsSign;

/** Which kinds of escape may stand in `bytes[start, end)`; one pass, because most texts have none. What cannot begin an escape does not count. */
export function escapeMarksIn(bytes: Uint8Array, start: number, end: number): number {
  let found = 0;
  let at = start;
  for (const last = end - 8; at <= last; at += 8) {
    const inBlock = marks[bytes[at]] | marks[bytes[at + 1]] | marks[bytes[at + 2]] | marks[bytes[at + 3]]
      | marks[bytes[at + 4]] | marks[bytes[at + 5]] | marks[bytes[at + 6]] | marks[bytes[at + 7]];
    if ((inBlock & ~found) !== 0) found |= likelyMarksIn(bytes, at, at + 8, end);
  }
  return found | likelyMarksIn(bytes, at, end, end);
}

/** The marks of `bytes[from, to)` whose next byte may go on an escape. */
function likelyMarksIn(bytes: Uint8Array, from: number, to: number, end: number): number {
  let found = 0;
  for (let at = from; at < to; at++) {
    const mark = marks[bytes[at]];
    if (mark === 0 || at + 1 >= end) continue;
    const next = bytes[at + 1];
    if (mark === hasBackslash || (mark === hasAmpersand && startsEntity[next] === 1)) found |= mark;
    else if (mark === hasPercentSign && (next === 0x75 || hexDigitValue(next) >= 0)) found |= mark;
    else if (mark === hasEqualsSign && (next === 0x0a || next === 0x0d || isUpperHexPair(bytes, at + 1, end))) found |= mark;
  }
  return found;
}

/** Small letters are no digits of quoted-printable. */
function isUpperHexPair(bytes: Uint8Array, at: number, end: number): boolean {
  return at + 1 < end && bytes[at] < 0x61 && bytes[at + 1] < 0x61 && hexDigitValue(bytes[at]) >= 0 && hexDigitValue(bytes[at + 1]) >= 0;
}

/** Bytes that follow the `&` of the entities that are decoded. */
const startsEntity = new Uint8Array(256);
for (const first of '#qalg') startsEntity[first.charCodeAt(0)] = 1;

/**
 * Decodes the backslash escapes of JSON and `\xHH` once, so that text escaped twice comes out escaped once. `out` gets the neighbourhood of each
 * escape: the word it stands in and context before and after, because what is far from every escape reads the same in the source. Ill-formed
 * escapes are kept. False, and `out` untouched, when there is nothing to decode.
 */
export function decodeJsonEscapes(bytes: Uint8Array, start: number, end: number, out: Layer, options: EscapeOptions): boolean {
  return decodeEscapes(bytes, start, end, out, options.isNested === true ? nestedJsonSyntax : jsonSyntax, options);
}

/** As `decodeJsonEscapes`, for `%XX`. Text that has only escapes of bytes from 0x80 up is not decoded: nothing that is searched for hides there. */
export function decodePercent(bytes: Uint8Array, start: number, end: number, out: Layer, options: EscapeOptions): boolean {
  if (!hasPercentOfAscii(bytes, start, end)) return false;
  return decodeEscapes(bytes, start, end, out, percentSyntax, options);
}

/** As `decodeJsonEscapes`, for `&quot; &amp; &lt; &gt; &apos; &#NN; &#xHH;`. */
export function decodeHtmlEntities(bytes: Uint8Array, start: number, end: number, out: Layer, options: EscapeOptions): boolean {
  return decodeEscapes(bytes, start, end, out, htmlSyntax, options);
}

/** As `decodeJsonEscapes`, for `=XX` and line ends behind `=`; false also where nothing speaks for it that they are meant as escapes. */
export function decodeQuotedPrintable(bytes: Uint8Array, start: number, end: number, out: Layer, options: EscapeOptions): boolean {
  if (!isQuotedPrintable(bytes, start, end)) return false;
  return decodeEscapes(bytes, start, end, out, quotedPrintableSyntax, options);
}

function hasPercentOfAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = nextIndexOf(bytes, start, end, 0x25); at + 2 < end; at = nextIndexOf(bytes, at + 1, end, 0x25)) {
    const high = hexDigitValue(bytes[at + 1]);
    if (bytes[at + 1] === 0x75 || (high >= 0 && high < 8 && hexDigitValue(bytes[at + 2]) >= 0)) return true;
  }
  return false;
}

function decodeEscapes(bytes: Uint8Array, start: number, end: number, out: Layer, syntax: EscapeSyntax, options: EscapeOptions): boolean {
  const escape: Escape = { value: 0, isByte: false, size: 0 };
  let at = nextEscape(bytes, start, end, syntax, escape);
  if (at === end) return false;
  const limit = Math.min(options.budgetBytes, end - start);
  out.reserve(limit + 4);
  const first = windowStart(bytes, start, at);
  out.begin(syntax.name, first, options.parent);
  let done = first;
  while (at < end) {
    done = copyBetween(bytes, done, at, out, limit);
    const size = decodedSize(escape);
    if (out.isCut || out.length + size > limit) {
      out.isCut = true;
      break;
    }
    out.addPiece(size, at, escape.size);
    writeEscape(out, escape);
    done = at + escape.size;
    at = nextEscape(bytes, done, end, syntax, escape);
  }
  if (!out.isCut) out.copy(bytes, done, windowEnd(bytes, done, end), limit);
  if (options.plusIsSpace === true) replacePlus(bytes, out);
  return true;
}

/** Copies what stands between two escapes, or its two ends with the gap mark between them; returns `to`. */
function copyBetween(bytes: Uint8Array, from: number, to: number, out: Layer, limit: number): number {
  if (to - from <= contextBeforeBytes + contextAfterBytes + minGapBytes) {
    out.copy(bytes, from, to, limit);
    return to;
  }
  const gapStart = windowEnd(bytes, from, to);
  const gapEnd = windowStart(bytes, gapStart, to);
  if (gapEnd - gapStart < minGapBytes) {
    out.copy(bytes, from, to, limit);
    return to;
  }
  out.copy(bytes, from, gapStart, limit);
  if (out.isCut) return to;
  out.addPiece(gapMark.length, gapStart, gapEnd - gapStart);
  out.copy(gapMark, 0, gapMark.length, limit);
  out.copy(bytes, gapEnd, to, limit);
  return to;
}

/** Where the neighbourhood of an escape at `at` begins, not before `floor`. */
function windowStart(bytes: Uint8Array, floor: number, at: number): number {
  const wordFloor = Math.max(floor, at - maxWordBytes);
  let start = at;
  while (start > wordFloor && isCutPoint[bytes[start - 1]] === 0) start--;
  start = Math.max(floor, start - contextBeforeBytes);
  const cutFloor = Math.max(floor, start - maxCutSearchBytes);
  while (start > cutFloor && isCutPoint[bytes[start]] === 0) start--;
  return start;
}

/** Where the neighbourhood of an escape that ends at `at` ends, not after `ceiling`. */
function windowEnd(bytes: Uint8Array, at: number, ceiling: number): number {
  const wordCeiling = Math.min(ceiling, at + maxWordBytes);
  let end = at;
  while (end < wordCeiling && isCutPoint[bytes[end]] === 0) end++;
  end = Math.min(ceiling, end + contextAfterBytes);
  const cutCeiling = Math.min(ceiling, end + maxCutSearchBytes);
  while (end < cutCeiling && isCutPoint[bytes[end - 1]] === 0) end++;
  return end;
}

/** Offset of the next well-formed escape, which `escape` then holds, or `end`. */
function nextEscape(bytes: Uint8Array, from: number, end: number, syntax: EscapeSyntax, escape: Escape): number {
  let at = from;
  for (;;) {
    while (at < end && bytes[at] !== syntax.marker) at++;
    if (at >= end || syntax.read(bytes, at, end, escape)) return at;
    at++;
  }
}

function nextIndexOf(bytes: Uint8Array, from: number, end: number, byte: number): number {
  let at = from;
  while (at < end && bytes[at] !== byte) at++;
  return at;
}

function decodedSize(escape: Escape): number {
  const value = escape.value;
  if (value === noCharacter) return 0;
  if (escape.isByte || value < 0x80) return 1;
  if (value < 0x800) return 2;
  return value < 0x1_0000 ? 3 : 4;
}

function writeEscape(out: Layer, escape: Escape): void {
  const value = escape.value;
  if (value === noCharacter) return;
  const bytes = out.bytes;
  let at = out.length;
  if (escape.isByte || value < 0x80) {
    bytes[at++] = value;
  } else if (value < 0x800) {
    bytes[at++] = 0xc0 | (value >> 6);
    bytes[at++] = 0x80 | (value & 0x3f);
  } else if (value < 0x1_0000) {
    bytes[at++] = 0xe0 | (value >> 12);
    bytes[at++] = 0x80 | ((value >> 6) & 0x3f);
    bytes[at++] = 0x80 | (value & 0x3f);
  } else {
    bytes[at++] = 0xf0 | (value >> 18);
    bytes[at++] = 0x80 | ((value >> 12) & 0x3f);
    bytes[at++] = 0x80 | ((value >> 6) & 0x3f);
    bytes[at++] = 0x80 | (value & 0x3f);
  }
  out.length = at;
}

/** Only a plus that stood in the source itself is a space; one that was written as `%2B` is a plus. */
function replacePlus(bytes: Uint8Array, out: Layer): void {
  for (let at = 0; at < out.length; at++) {
    if (out.bytes[at] === 0x2b && bytes[out.toOwnSource(at)] === 0x2b) out.bytes[at] = 0x20;
  }
}

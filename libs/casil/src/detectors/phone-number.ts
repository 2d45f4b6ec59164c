import type { ScanText } from '../scan/scan-text.js';
import { characterBits, digitBit, isLeftEdge, isRightEdge, literalTable, standsAny } from './character-classes.js';
import type { AnchorHit, Confidence, Detector, FindingSink } from './detector.js';

const id = 'phone-number';

const plusAnchor = 0;
const parenthesisAnchor = 1;
/** Names and words before a number; those of four letters and less must not stand inside another word. */
const contextWords = ['phone', 'mobile', 'whatsapp', 'msisdn', 'tel', 'cell', 'fax', 'sms', 'call'];
/** Parts of names that hold something else about a phone. */
const otherNames = literalTable(['_at', 'time', 'date', 'count', 'code', 'ver', 'dur', 'len', 'id', 'size', 'port', 'limit', 'back']);

const maxBetweenBytes = 20;
/** E.164: 15 digits with the country's code. */
const maxDigits = 15;
const minInternationalDigits = 8;
const minGroupedDigits = 7;
const minPlainDigits = 9;
const maxNumberBytes = 28;
const maxGroups = 8;

const plus = 0x2b;
const dot = 0x2e;
const dash = 0x2d;
const slash = 0x2f;
const open = 0x28;
const close = 0x29;
const blank = 0x20;

/** First two digits of country codes of three, and the codes of two. */
const threeDigitCodes = new Set([21, 22, 23, 24, 25, 26, 29, 35, 37, 38, 42, 50, 59, 67, 68, 69, 80, 85, 87, 88, 96, 97, 99]);
const twoDigitCodes = new Set([
  20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 51, 52, 53, 54, 55, 56, 57, 58, 60, 61, 62, 63, 64, 65, 66, 81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98,
]);

/** A number as it was read: its groups of digits. A pooled record. */
class DigitGroups {
  end = 0;
  digitCount = 0;
  groupCount = 0;
  readonly lengths = new Uint8Array(maxGroups);
  dotCount = 0;
  otherCount = 0;
}

const groups = new DigitGroups();

/**
 * Telephone numbers: with `+` and an assigned country code; with the area code in parentheses; or behind a word that says what they are. Digits alone,
 * dates, times, addresses and amounts are none.
 */
export const phoneNumberDetector: Detector = {
  id,
  category: 'personal_data',
  anchors: ['+', '(', ...contextWords],
  detect(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
    if (hit.anchor === plusAnchor) report(text, hit.start, endOfInternational(text, hit.start), 'specific', findings);
    else if (hit.anchor === parenthesisAnchor) report(text, hit.start, endOfNational(text, hit.start), 'probable', findings);
    else detectBehindWord(text, hit, findings);
  },
};

function report(text: ScanText, start: number, end: number, confidence: Confidence, findings: FindingSink): void {
  if (end < 0 || !isRightEdge(text.bytes, end, text.end)) return;
  findings.add(id, 'personal_data', start, end, confidence);
}

function isDigit(byte: number): boolean {
  return (characterBits[byte] & digitBit) !== 0;
}

/** `+` and the number behind it. */
function endOfInternational(text: ScanText, at: number): number {
  const { bytes } = text;
  if (at + minInternationalDigits >= text.end || bytes[at + 1] < 0x31 || bytes[at + 1] > 0x39) return -1;
  if (!isLeftEdge(bytes, text.start, at) || (at > text.start && (bytes[at - 1] === plus || bytes[at - 1] === slash))) return -1;
  const isAmerican = bytes[at + 1] === 0x31;
  if (!readGroups(text, at + 1, isAmerican ? 11 : maxDigits)) return -1;
  if (groups.digitCount < minInternationalDigits || isDecimal()) return -1;
  return hasAssignedCode(bytes, at + 1) ? groups.end : -1;
}

/** One point and no other separator: an amount or a coordinate. */
function isDecimal(): boolean {
  return groups.dotCount === 1 && groups.otherCount === 0;
}

function hasAssignedCode(bytes: Uint8Array, at: number): boolean {
  const first = bytes[at] - 0x30;
  if (first === 1) return groups.digitCount === 11;
  if (first === 7) return groups.digitCount === 11;
  const second = isDigit(bytes[at + 1]) ? bytes[at + 1] - 0x30 : -1;
  if (second < 0) return false;
  const pair = first * 10 + second;
  return twoDigitCodes.has(pair) || threeDigitCodes.has(pair);
}

/** `(415) 555-2671` and `(020) 7946 0958`. */
function endOfNational(text: ScanText, at: number): number {
  const { bytes } = text;
  const areaEnd = endOfDigits(bytes, at + 1, Math.min(text.end, at + 7));
  const areaDigits = areaEnd - at - 1;
  if (areaDigits < 2 || areaDigits > 5 || bytes[areaEnd] !== close || !isLeftEdge(bytes, text.start, at)) return -1;
  const next = bytes[areaEnd + 1] === blank || bytes[areaEnd + 1] === dash || bytes[areaEnd + 1] === dot ? areaEnd + 2 : areaEnd + 1;
  if (next >= text.end || !isDigit(bytes[next])) return -1;
  if (bytes[at + 1] !== 0x30) return areaDigits === 3 && bytes[at + 1] >= 0x32 ? endOfAmerican(text, next) : -1;
  if (!readGroups(text, next, 9) || isDecimal()) return -1;
  const digitCount = areaDigits + groups.digitCount;
  return digitCount >= 9 && digitCount <= 12 ? groups.end : -1;
}

/** `555-2671` behind an area code of North America. */
function endOfAmerican(text: ScanText, at: number): number {
  if (!readGroups(text, at, 7)) return -1;
  return groups.digitCount === 7 && groups.groupCount === 2 && groups.lengths[0] === 3 ? groups.end : -1;
}

/** `phone: 415-555-2671`, `"mobile":"01701234567"`, `call 4155552671`. */
function detectBehindWord(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes } = text;
  if (hit.end - hit.start <= 4 && !isLeftEdge(bytes, text.start, hit.start)) return;
  const limit = Math.min(text.end, hit.end + maxBetweenBytes);
  let start = hit.end;
  while (start < limit && !isDigit(bytes[start])) {
    // What begins with these is found by them.
    if (bytes[start] === plus || bytes[start] === open) return;
    start += 1;
  }
  if (!text.spend(start - hit.end) || start >= limit || !isLeftEdge(bytes, text.start, start) || bytes[start - 1] === dot || bytes[start - 1] === dash) return;
  if (isOtherName(bytes, hit.end, start) || !readGroups(text, start, maxDigits)) return;
  const least = groups.groupCount > 1 ? minGroupedDigits : minPlainDigits;
  if (groups.digitCount < least || isDecimal() || isDateOrAddress()) return;
  report(text, start, groups.end, 'probable', findings);
}

/** Whether the name goes on to something else, or more than one operator or an opening brace stands between it and the number. */
function isOtherName(bytes: Uint8Array, start: number, end: number): boolean {
  let operatorCount = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at];
    if (byte === 0x7b || standsAny(bytes, at, end, otherNames)) return true;
    if (byte === 0x3d || byte === 0x3a || byte === 0x2c) operatorCount += 1;
  }
  return operatorCount > 1;
}

/** Groups of 4, 2 and 2 digits; four groups of up to 3 with points; groups of 3, 2 and 4, which are a social security number. */
function isDateOrAddress(): boolean {
  const { lengths, groupCount, dotCount } = groups;
  if (groupCount >= 3 && lengths[0] === 4 && lengths[1] === 2 && lengths[2] === 2) return true;
  if (groupCount === 3 && lengths[0] === 2 && lengths[1] === 2 && lengths[2] === 4) return true;
  if (groupCount === 3 && lengths[0] === 3 && lengths[1] === 2 && lengths[2] === 4) return true;
  return groupCount === 4 && dotCount === 3 && lengths[0] <= 3 && lengths[1] <= 3 && lengths[2] <= 3 && lengths[3] <= 3;
}

/** Reads groups of digits with up to two separators between them, `most` digits in all; false when the last group goes on behind that. */
function readGroups(text: ScanText, start: number, most: number): boolean {
  const { bytes } = text;
  const limit = Math.min(text.end, start + maxNumberBytes);
  groups.digitCount = 0;
  groups.groupCount = 0;
  groups.dotCount = 0;
  groups.otherCount = 0;
  groups.end = start;
  let at = start;
  while (at < limit && groups.groupCount < maxGroups) {
    const groupEnd = endOfDigits(bytes, at, limit);
    const length = groupEnd - at;
    if (length === 0 || (groups.groupCount > 0 && groups.digitCount + length > most)) break;
    groups.lengths[groups.groupCount] = length;
    groups.groupCount += 1;
    groups.digitCount += length;
    groups.end = groupEnd;
    at = endOfSeparators(bytes, groupEnd, limit);
    if (at === groupEnd) break;
  }
  if (!text.spend(groups.end - start + 4)) return false;
  countSeparators(bytes, start);
  return groups.digitCount <= most && groups.groupCount > 0;
}

function endOfDigits(bytes: Uint8Array, at: number, limit: number): number {
  let end = at;
  while (end < limit && isDigit(bytes[end])) end += 1;
  return end;
}

/** Behind up to two separators when a digit follows them, else `at`. */
function endOfSeparators(bytes: Uint8Array, at: number, limit: number): number {
  let next = at;
  while (next < limit && next < at + 2 && isSeparator(bytes[next])) next += 1;
  return next < limit && isDigit(bytes[next]) ? next : at;
}

function countSeparators(bytes: Uint8Array, start: number): void {
  for (let at = start; at < groups.end; at += 1) {
    if (isDigit(bytes[at])) continue;
    if (bytes[at] === dot) groups.dotCount += 1;
    else groups.otherCount += 1;
  }
}

function isSeparator(byte: number): boolean {
  return byte === blank || byte === dash || byte === dot || byte === slash || byte === open || byte === close;
}

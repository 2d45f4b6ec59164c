import { luhn } from '../rules/checksums.js';
import type { ScanText } from '../scan/scan-text.js';
import { characterBits, digitBit, isLeftEdge, isRightEdge } from './character-classes.js';
import type { AnchorHit, Detector, FindingSink } from './detector.js';

const id = 'payment-card';

interface IssuerRange {
  /** First and last number of the range, as many digits as `digits`. */
  readonly from: number;
  readonly to: number;
  readonly digits: number;
  readonly lengths: readonly number[];
}

const issuers: readonly IssuerRange[] = [
  // Visa
  { from: 4, to: 4, digits: 1, lengths: [16] },
  // Mastercard
  { from: 51, to: 55, digits: 2, lengths: [16] },
  { from: 2221, to: 2720, digits: 4, lengths: [16] },
  // American Express
  { from: 34, to: 34, digits: 2, lengths: [15] },
  { from: 37, to: 37, digits: 2, lengths: [15] },
  // Discover
  { from: 6011, to: 6011, digits: 4, lengths: [16] },
  { from: 644, to: 649, digits: 3, lengths: [16] },
  { from: 65, to: 65, digits: 2, lengths: [16] },
  // Diners Club
  { from: 300, to: 305, digits: 3, lengths: [14, 16] },
  { from: 3095, to: 3095, digits: 4, lengths: [14, 16] },
  { from: 36, to: 36, digits: 2, lengths: [14] },
  { from: 38, to: 39, digits: 2, lengths: [14, 16] },
  // JCB
  { from: 3528, to: 3589, digits: 4, lengths: [16] },
  // UnionPay
  { from: 62, to: 62, digits: 2, lengths: [16, 17, 18, 19] },
  // Mir
  { from: 2200, to: 2204, digits: 4, lengths: [16] },
  // Maestro, the ranges still in use
  { from: 5018, to: 5018, digits: 4, lengths: [16, 18, 19] },
  { from: 5020, to: 5020, digits: 4, lengths: [16, 18, 19] },
  { from: 5038, to: 5038, digits: 4, lengths: [16, 18, 19] },
  { from: 6304, to: 6304, digits: 4, lengths: [16, 18, 19] },
  { from: 6759, to: 6763, digits: 4, lengths: [16, 18, 19] },
];

const minDigits = 14;
const maxDigits = 19;

const dash = 0x2d;
const blank = 0x20;

/**
 * Numbers of payment cards: issuer's range and length, Luhn's check digit, in one piece or in groups with one kind of separator. Numbers made
 * for tests satisfy all of that and are found too.
 */
export const paymentCardDetector: Detector = {
  id,
  category: 'personal_data',
  anchors: [],
  minDigits: 4,
  detect(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
    const { bytes } = text;
    const length = hit.end - hit.start;
    // A group is followed by others; in one piece it is the whole number.
    if (length > maxDigits || (length > 6 && length < minDigits) || !isCardEdge(text, hit.start)) return;
    const end = length >= minDigits ? hit.end : endOfGroups(text, hit.start, hit.end);
    if (end < 0 || !isRightEdge(bytes, end, text.end) || !isCardEnd(text, end)) return;
    if (!text.spend((end - hit.start) * 2) || !isIssued(bytes, hit.start, end) || !luhn(bytes, hit.start, end) || isOneDigit(bytes, hit.start, end)) return;
    findings.add(id, 'personal_data', hit.start, end, 'certain');
  },
};

/** Neither a letter nor part of a longer number stands before: `1.4111…`, `1234-4111…`. */
function isCardEdge(text: ScanText, at: number): boolean {
  const { bytes } = text;
  if (!isLeftEdge(bytes, text.start, at)) return false;
  if (at - 2 < text.start) return true;
  const before = bytes[at - 1];
  const isJoiner = before === dash || before === blank || before === 0x2e || before === 0x2c || before === 0x5f;
  return !isJoiner || before === 0x2c || (characterBits[bytes[at - 2]] & digitBit) === 0;
}

/** No group, fraction or part of a name follows. */
function isCardEnd(text: ScanText, end: number): boolean {
  const { bytes } = text;
  if (end + 1 >= text.end) return true;
  const next = bytes[end];
  if (next === 0x5f) return false;
  return !((next === dash || next === 0x2e) && (characterBits[bytes[end + 1]] & digitBit) !== 0);
}

/** End of groups of 4 to 6 digits with the same separator between them, of 14 to 19 digits in all; else -1. */
function endOfGroups(text: ScanText, start: number, firstEnd: number): number {
  const { bytes } = text;
  const separator = bytes[firstEnd];
  if (firstEnd >= text.end || (separator !== blank && separator !== dash)) return -1;
  let digitCount = firstEnd - start;
  let end = firstEnd;
  for (let group = 0; group < 4 && end < text.end && bytes[end] === separator; group += 1) {
    let next = end + 1;
    while (next < text.end && next - end <= 7 && (characterBits[bytes[next]] & digitBit) !== 0) next += 1;
    const length = next - end - 1;
    if (length < 2 || length > 6 || digitCount + length > maxDigits) break;
    digitCount += length;
    end = next;
    if (length < 4) break;
  }
  return digitCount >= minDigits ? end : -1;
}

function isIssued(bytes: Uint8Array, start: number, end: number): boolean {
  let digitCount = 0;
  let leading = 0;
  for (let at = start; at < end; at += 1) {
    if ((characterBits[bytes[at]] & digitBit) === 0) continue;
    if (digitCount < 4) leading = leading * 10 + bytes[at] - 0x30;
    digitCount += 1;
  }
  for (const { from, to, digits, lengths } of issuers) {
    const prefix = Math.floor(leading / powersOfTen[4 - digits]);
    if (prefix >= from && prefix <= to) return lengths.includes(digitCount);
  }
  return false;
}

const powersOfTen = [1, 10, 100, 1000];

function isOneDigit(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if ((characterBits[bytes[at]] & digitBit) !== 0 && bytes[at] !== bytes[start]) return false;
  return true;
}

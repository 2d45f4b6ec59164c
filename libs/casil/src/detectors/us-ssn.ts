import type { ScanText } from '../scan/scan-text.js';
import { alphanumericBit, characterBits, digitBit, holdsFolded } from './character-classes.js';
import type { AnchorHit, Detector, FindingSink } from './detector.js';

const id = 'us-ssn';

/** Three digits, separator, two, separator, four. */
const totalBytes = 11;
const contextBytes = 40;
const contextWords = ['ssn', 'social', 'soc sec', 'itin', 'tax id', 'taxpayer'];

const dash = 0x2d;
const blank = 0x20;

/**
 * Social security numbers of the United States: three, two and four digits with the same separator, dashes anywhere, blanks only behind a word
 * that says what they are; no area 000, 666 or 9xx, no group 00, no serial 0000. In one piece they are any nine digits, and are not looked for.
 */
export const usSsnDetector: Detector = {
  id,
  category: 'personal_data',
  anchors: [],
  minDigits: 3,
  detect(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
    const { bytes } = text;
    const { start } = hit;
    const end = start + totalBytes;
    if (hit.end - start !== 3 || end > text.end) return;
    const separator = bytes[start + 3];
    if ((separator !== dash && separator !== blank) || bytes[start + 6] !== separator || !text.spend(totalBytes)) return;
    if (!isAlone(text, start, end) || !areDigits(bytes, start + 4, 2) || !areDigits(bytes, start + 7, 4)) return;
    if (!isAssignable(bytes, start)) return;
    if (separator === blank && !hasContext(text, start)) return;
    findings.add(id, 'personal_data', start, end, separator === dash ? 'specific' : 'probable');
  },
};

/** No letter, digit, dash or point joins it to something else. */
function isAlone(text: ScanText, start: number, end: number): boolean {
  const before = start > text.start ? text.bytes[start - 1] : 0;
  const after = end < text.end ? text.bytes[end] : 0;
  if ((characterBits[before] & alphanumericBit) !== 0 || (characterBits[after] & alphanumericBit) !== 0) return false;
  if (before === dash || before === 0x2e || before === 0x5f || before === 0x2b || after === dash || after === 0x5f) return false;
  const isFraction = after === 0x2e && end + 1 < text.end && (characterBits[text.bytes[end + 1]] & digitBit) !== 0;
  return !isFraction;
}

function areDigits(bytes: Uint8Array, at: number, count: number): boolean {
  for (let offset = 0; offset < count; offset += 1) if ((characterBits[bytes[at + offset]] & digitBit) === 0) return false;
  return true;
}

function isAssignable(bytes: Uint8Array, start: number): boolean {
  const area = number(bytes, start, 3);
  return area !== 0 && area !== 666 && area < 900 && number(bytes, start + 4, 2) !== 0 && number(bytes, start + 7, 4) !== 0;
}

function number(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let offset = 0; offset < count; offset += 1) value = value * 10 + bytes[at + offset] - 0x30;
  return value;
}

function hasContext(text: ScanText, start: number): boolean {
  const from = Math.max(text.start, start - contextBytes);
  if (!text.spend(contextBytes)) return false;
  for (let at = from; at < start; at += 1) for (const word of contextWords) if (holdsFolded(text.bytes, at, start, word)) return true;
  return false;
}

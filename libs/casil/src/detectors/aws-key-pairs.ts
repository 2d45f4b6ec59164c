import { shannonBitsPerByte } from '../context/entropy.js';
import { isPlaceholder } from '../context/placeholder.js';
import { profileValue, ValueProfile } from '../context/value-profile.js';
import type { ScanText } from '../scan/scan-text.js';
import { alphanumericBit, base64Bit, characterBits, holdsExactly, isLeftEdge, isRightEdge, runEnd, runStart } from './character-classes.js';
import type { AnchorHit, Detector, FindingSink } from './detector.js';

const keyIdBytes = 20;
const secretBytes = 40;
/** A secret stands in the same line, the next cell or the next line; names of fields between them count too. */
const maxAfterBytes = 160;
const maxBeforeBytes = 120;
const minEntropyBits = 4;

const profile = new ValueProfile();

/**
 * The secret of an AWS access key next to its key id, without any name: `AKIA…:secret`, `("AKIA…", "secret")`, the next cell or line, or the one before.
 * Other names and operators are for other detectors.
 */
export const awsKeyPairsDetector: Detector = {
  id: 'aws-key-pairs',
  category: 'secret',
  anchors: ['akia', 'asia'],
  detect(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
    if (!isLeftEdge(text.bytes, text.start, hit.start) || !text.spend(1) || !isKeyId(text, hit.start)) return;
    if (findAfter(text, hit.start + keyIdBytes, findings)) return;
    findBefore(text, hit.start, findings);
  },
};

/** `AKIA` or `ASIA` in capitals and 16 capitals and digits, with nothing of them behind. */
function isKeyId({ bytes, end }: ScanText, at: number): boolean {
  if (!holdsExactly(bytes, at, end, 'AKIA') && !holdsExactly(bytes, at, end, 'ASIA')) return false;
  const stop = at + keyIdBytes;
  if (stop > end || !isRightEdge(bytes, stop, end)) return false;
  for (let position = at + 4; position < stop; position += 1) {
    const byte = bytes[position];
    const isDigit = byte >= 0x30 && byte <= 0x39;
    if (!isDigit && (byte < 0x41 || byte > 0x5a)) return false;
  }
  return true;
}

/** Takes the first run of 40 characters behind the id, before the next id. */
function findAfter(text: ScanText, from: number, findings: FindingSink): boolean {
  const { bytes } = text;
  const limit = Math.min(text.end, from + maxAfterBytes);
  // What separates them may itself be a character of base64: `id/secret`.
  let at = from < limit ? from + 1 : from;
  while (at < limit) {
    if ((characterBits[bytes[at]] & base64Bit) === 0) {
      at += 1;
      continue;
    }
    const stop = runEnd(bytes, at, Math.min(text.end, at + secretBytes + 1), base64Bit);
    if (stop - at === keyIdBytes && isKeyId(text, at)) break;
    if (isSecret(text, at, stop)) {
      add(findings, at, stop);
      text.spend(stop - from);
      return true;
    }
    at = stop;
  }
  text.spend(at - from);
  return false;
}

/** Takes the last run of 40 characters before the id, behind the previous id. */
function findBefore(text: ScanText, to: number, findings: FindingSink): void {
  const { bytes } = text;
  const limit = Math.max(text.start, to - maxBeforeBytes);
  let at = to - 1;
  while (at > limit) {
    if ((characterBits[bytes[at - 1]] & base64Bit) === 0) {
      at -= 1;
      continue;
    }
    const start = runStart(bytes, at, Math.max(text.start, at - secretBytes - 1), base64Bit);
    if (at - start === keyIdBytes && isKeyId(text, start)) break;
    if (isSecret(text, start, at)) {
      add(findings, start, at);
      break;
    }
    at = start;
  }
  text.spend(to - at);
}

/** 40 characters of base64 and no more: small letters, capitals and digits mixed, no path, no encoded text. */
function isSecret({ bytes, start: first, end: last }: ScanText, start: number, end: number): boolean {
  if (end - start !== secretBytes || isBeside(bytes, start - 1, first, last) || isBeside(bytes, end, first, last)) return false;
  profileValue(bytes, start, end, profile);
  const { lower, upper, digits, slashes, wordLetters } = profile;
  if (lower === 0 || upper === 0 || digits === 0 || slashes > 5 || wordLetters * 2 >= lower + upper) return false;
  return shannonBitsPerByte(bytes, start, end) >= minEntropyBits && !isEncodedText(bytes, start, end) && !isPlaceholder(bytes, start, end);
}

/** Whether the byte there makes the run part of something longer: base64url, a padded value. */
function isBeside(bytes: Uint8Array, at: number, first: number, last: number): boolean {
  if (at < first || at >= last) return false;
  const byte = bytes[at];
  return byte === 0x2d || byte === 0x5f || (characterBits[byte] & alphanumericBit) !== 0;
}

/** Whether the run decodes to nothing but printable ASCII: then it is base64 of a text. */
function isEncodedText(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 4) {
    const group = (sextet(bytes[at]) << 18) | (sextet(bytes[at + 1]) << 12) | (sextet(bytes[at + 2]) << 6) | sextet(bytes[at + 3]);
    if (!isPrintable(group >> 16) || !isPrintable((group >> 8) & 0xff) || !isPrintable(group & 0xff)) return false;
  }
  return true;
}

function isPrintable(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function sextet(byte: number): number {
  if (byte >= 0x61) return byte - 0x61 + 26;
  if (byte >= 0x41) return byte - 0x41;
  if (byte >= 0x30) return byte - 0x30 + 52;
  return byte === 0x2b ? 62 : 63;
}

function add(findings: FindingSink, start: number, end: number): void {
  findings.add(awsKeyPairsDetector.id, awsKeyPairsDetector.category, start, end, 'specific');
}

import { shannonBitsPerByte } from '../context/entropy.js';
import type { ScanText } from '../scan/scan-text.js';
import { alphanumericBit, base64Bit, characterBits, hexBit } from './character-classes.js';

/** Longest key block that is looked at: an RSA key of 16,384 bits in PKCS #8 takes 13 KiB. */
const maxBlockBytes = 20_480;
const maxLabelBytes = 48;
/** Shorter runs of base64 are words, header fields or the last line. */
const denseRunBytes = 20;
/** An Ed25519 key in PKCS #8 takes 64 characters. */
const minBlockCharacters = 60;
const minCutCharacters = 40;
/** With an ellipsis in it a block of less is an illustration. */
const minCharactersBesideEllipsis = 200;
const minEntropyBits = 3.5;
const maxGapBytes = 24;
const maxLeadBytes = 16;
const maxHeaderBytes = 400;

const dash = 0x2d;

/** What was read of the block that a BEGIN line opens. A pooled record. */
class BlockBody {
  /** Behind the END line, or -1 when there is none. */
  end = -1;
  /** Characters in dense runs. */
  denseCount = 0;
  /** Characters in dense runs, and where they end, up to the first gap that is more than a line break. */
  joinedCount = 0;
  joinedEnd = -1;
  hasEllipsis = false;
  longestStart = 0;
  longestEnd = 0;
  /** First dense run. */
  firstStart = -1;
  hasColonBefore = false;
  stepCount = 0;

  reset(): void {
    this.end = -1;
    this.denseCount = 0;
    this.joinedCount = 0;
    this.joinedEnd = -1;
    this.hasEllipsis = false;
    this.longestStart = 0;
    this.longestEnd = 0;
    this.firstStart = -1;
    this.hasColonBefore = false;
    this.stepCount = 0;
  }
}

const body = new BlockBody();

/**
 * End of the private key block whose BEGIN mark, dashes included, ends at `labelStart`; -1 when the label names no private key or nothing of a key
 * follows. Line breaks may be real, escaped once or more, encoded, blanks or left out; a block without END ends where its base64 ends.
 */
export function endOfPrivateKeyBlock(text: ScanText, labelStart: number): number {
  const { bytes } = text;
  const labelEnd = endOfLabel(bytes, labelStart, text.end);
  if (!text.spend(maxLabelBytes) || labelEnd < 0 || !namesPrivateKey(bytes, labelStart, labelEnd)) return -1;
  const start = skipDashes(bytes, labelEnd, text.end);
  readBody(bytes, start, Math.min(text.end, start + maxBlockBytes));
  text.spend(body.stepCount);
  if (shannonBitsPerByte(bytes, body.longestStart, body.longestEnd) < minEntropyBits) return -1;
  if (body.end >= 0) {
    const least = body.hasEllipsis ? minCharactersBesideEllipsis : minBlockCharacters;
    return body.denseCount >= least ? body.end : -1;
  }
  return isCutBlock(bytes, start) ? body.joinedEnd : -1;
}

/** Behind the dashes after the label of an END mark, when the label at `labelStart` names a private key; else -1. */
export function endOfPrivateKeyMark(text: ScanText, labelStart: number): number {
  const { bytes } = text;
  const labelEnd = endOfLabel(bytes, labelStart, text.end);
  if (!text.spend(maxLabelBytes) || labelEnd < 0 || !namesPrivateKey(bytes, labelStart, labelEnd)) return -1;
  return skipDashes(bytes, labelEnd, text.end);
}

function isCutBlock(bytes: Uint8Array, start: number): boolean {
  if (body.joinedCount < (body.hasEllipsis ? minCharactersBesideEllipsis : minCutCharacters)) return false;
  const leadBytes = body.firstStart - start;
  if (leadBytes > maxLeadBytes && !(body.hasColonBefore && leadBytes <= maxHeaderBytes)) return false;
  return mixesLettersAndDigits(bytes, body.longestStart, body.longestEnd);
}

function mixesLettersAndDigits(bytes: Uint8Array, start: number, end: number): boolean {
  let kinds = 0;
  for (let at = start; at < end && kinds !== 7; at += 1) {
    const byte = bytes[at];
    if (byte >= 0x30 && byte <= 0x39) kinds |= 1;
    else if (byte >= 0x41 && byte <= 0x5a) kinds |= 2;
    else if (byte >= 0x61 && byte <= 0x7a) kinds |= 4;
  }
  return kinds === 7;
}

/** Position of the dashes that close the label, or -1. */
function endOfLabel(bytes: Uint8Array, at: number, end: number): number {
  const limit = Math.min(end - 1, at + maxLabelBytes);
  for (let position = at; position < limit; position += 1) {
    if (bytes[position] === dash && bytes[position + 1] === dash) return position;
  }
  return -1;
}

function skipDashes(bytes: Uint8Array, at: number, end: number): number {
  let position = at;
  while (position < end && bytes[position] === dash) position += 1;
  return position;
}

/** `PRIVATE KEY` with up to three bytes between the words (` `, `+`, `%20`), or OpenVPN's `Static key`. */
function namesPrivateKey(bytes: Uint8Array, start: number, end: number): boolean {
  return holdsWords(bytes, start, end, 'private') || holdsWords(bytes, start, end, 'static');
}

function holdsWords(bytes: Uint8Array, start: number, end: number, first: string): boolean {
  for (let at = start; at + first.length < end; at += 1) {
    if (!holdsFolded(bytes, at, end, first)) continue;
    const after = at + first.length;
    for (let gap = 1; gap <= 3; gap += 1) if (holdsFolded(bytes, after + gap, end, 'key')) return true;
  }
  return false;
}

function holdsFolded(bytes: Uint8Array, at: number, end: number, literal: string): boolean {
  if (at + literal.length > end) return false;
  for (let offset = 0; offset < literal.length; offset += 1) if ((bytes[at + offset] | 0x20) !== literal.charCodeAt(offset)) return false;
  return true;
}

/** Reads up to the END mark, the next BEGIN mark or `limit`. */
function readBody(bytes: Uint8Array, start: number, limit: number): void {
  body.reset();
  let at = start;
  while (at < limit) {
    const byte = bytes[at];
    if ((characterBits[byte] & base64Bit) !== 0) {
      at = readRun(bytes, at, limit);
      continue;
    }
    if (byte === dash && bytes[at + 1] === dash && bytes[at + 2] === dash) {
      const word = skipDashesAndBlanks(bytes, at, limit);
      if (holdsFolded(bytes, word, limit, 'begin')) break;
      if (holdsFolded(bytes, word, limit, 'end')) {
        body.end = endOfEndMark(bytes, word, limit);
        break;
      }
      at = word;
      continue;
    }
    if (byte === 0x2e && bytes[at + 1] === 0x2e && bytes[at + 2] === 0x2e) body.hasEllipsis = true;
    if (byte === 0xe2 && bytes[at + 1] === 0x80 && bytes[at + 2] === 0xa6) body.hasEllipsis = true;
    if (byte === 0x3a && body.firstStart < 0) body.hasColonBefore = true;
    at = skipEscape(bytes, at, limit);
  }
  body.stepCount = at - start;
}

/** Behind the dashes after `END … KEY`, or where the mark is cut off. */
function endOfEndMark(bytes: Uint8Array, at: number, limit: number): number {
  const labelEnd = endOfLabel(bytes, at, limit);
  if (labelEnd >= 0) return skipDashes(bytes, labelEnd, limit);
  let end = at;
  while (end < limit && end < at + maxLabelBytes && ((characterBits[bytes[end]] & alphanumericBit) !== 0 || bytes[end] === 0x20)) end += 1;
  return end;
}

function skipDashesAndBlanks(bytes: Uint8Array, at: number, limit: number): number {
  let position = skipDashes(bytes, at, limit);
  while (position < limit && bytes[position] === 0x20) position += 1;
  return position;
}

/** Length of the escape at `at` that is part of base64 (`\/`, `%2B`, `%2F`, `%3D`), else 0. */
function innerEscapeLength(bytes: Uint8Array, at: number, limit: number): number {
  const byte = bytes[at];
  if (byte === 0x5c && at + 1 < limit && bytes[at + 1] === 0x2f) return 2;
  if (byte !== 0x25 || at + 2 >= limit) return 0;
  const low = bytes[at + 2] | 0x20;
  if (bytes[at + 1] === 0x32) return low === 0x62 || low === 0x66 ? 3 : 0;
  return bytes[at + 1] === 0x33 && low === 0x64 ? 3 : 0;
}

/** Reads one run of base64 and counts it; returns its end. */
function readRun(bytes: Uint8Array, start: number, limit: number): number {
  let at = start;
  let count = 0;
  while (at < limit) {
    const isInside = (characterBits[bytes[at]] & base64Bit) !== 0 || bytes[at] === 0x3d;
    const step = isInside ? 1 : innerEscapeLength(bytes, at, limit);
    if (step === 0) break;
    at += step;
    count += 1;
  }
  const isFirst = body.firstStart < 0;
  if (count < denseRunBytes) {
    if (!isFirst && start - body.joinedEnd <= 8 && !(at < limit && bytes[at] === 0x20)) body.joinedEnd = at;
    return at;
  }
  if (isFirst) body.firstStart = start;
  body.denseCount += count;
  if (isFirst || start - body.joinedEnd <= maxGapBytes) {
    body.joinedCount += count;
    body.joinedEnd = at;
  }
  if (at - start > body.longestEnd - body.longestStart) {
    body.longestStart = start;
    body.longestEnd = at;
  }
  return at;
}

/** Behind the escape at `at` that stands for a line break or anything else that is no base64, or behind its one byte. */
function skipEscape(bytes: Uint8Array, at: number, limit: number): number {
  const byte = bytes[at];
  if (byte === 0x5c) {
    let next = at + 1;
    while (next < limit && bytes[next] === 0x5c) next += 1;
    return Math.min(limit, isEscapeLetter(bytes[next]) ? next + 1 : next);
  }
  if (byte === 0x25 && at + 2 < limit && (characterBits[bytes[at + 1]] & hexBit) !== 0 && (characterBits[bytes[at + 2]] & hexBit) !== 0) return at + 3;
  if (byte === 0x26) {
    for (let next = at + 1; next < Math.min(limit, at + 8); next += 1) if (bytes[next] === 0x3b) return next + 1;
  }
  return at + 1;
}

function isEscapeLetter(byte: number): boolean {
  return byte === 0x6e || byte === 0x72 || byte === 0x74;
}

import { shannonBitsPerByte } from '../context/entropy.js';
import type { ScanText } from '../scan/scan-text.js';
import { base64Bit, base64UrlBit, characterBits, holdsFolded, isRightEdge, spaceBit } from './character-classes.js';
import type { AnchorHit, Detector, FindingSink } from './detector.js';
import { blockEnd, blockStart, findLineMember, LineMember } from './jwk-lines.js';

const id = 'jwk-private-member';

/** An RSA key of 8,192 bits takes 6.5 KiB. */
const maxObjectBytes = 8192;
const maxNameBytes = 4;
const minValueEntropyBits = 3.2;
/** 128 bits, the least a secret of `oct` has that is worth the name. */
const minSymmetricCharacters = 16;
const minPrivateCharacters = 32;
/** Exponents of the smallest RSA key; only `d` tells that a key is private. */
const minFactorCharacters = 40;

const braceOpen = 0x7b;
const braceClose = 0x7d;
const backslash = 0x5c;
const comma = 0x2c;

/** Members that hold a secret, by the types of key that have them (RFC 7518, RFC 8037, ML-DSA's `AKP`). */
const membersByType: readonly (readonly [type: string, members: readonly string[]])[] = [
  ['rsa', ['d', 'p', 'q', 'dp', 'dq', 'qi']],
  ['ec', ['d']],
  ['okp', ['d']],
  ['akp', ['priv']],
  ['oct', ['k']],
];

/** A name or a value between quotation marks. */
class QuotedText {
  start = 0;
  end = 0;
}

const quoted = new QuotedText();
const member = new LineMember();
const maxIndentBytes = 32;

/** JSON Web Keys with private members; a finding covers the value of one member. Public keys have none of them. */
export const jwkDetector: Detector = {
  id,
  category: 'key_material',
  anchors: ['kty'],
  detect(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
    const { bytes } = text;
    if (!holdsKty(bytes, hit.start)) return;
    if (hit.start <= text.start || !isQuote(bytes[hit.start - 1])) {
      if (!opensMember(bytes, text.start, hit.start)) {
        reportLines(text, hit, findings);
        return;
      }
      reportObject(text, hit.start - 1, readBareMember(bytes, hit.end, text.end), findings);
      return;
    }
    reportObject(text, hit.start - 2, readMemberValue(bytes, hit.end, text.end), findings);
  },
};

/** The members of the object around `at`, given where the value of its `kty` begins. */
function reportObject(text: ScanText, at: number, valueStart: number, findings: FindingSink): void {
  const { bytes } = text;
  if (valueStart < 0) return;
  const members = membersOf(bytes, valueStart, text.end);
  if (members === undefined) return;
  const from = objectStart(text, at);
  const to = objectEnd(text, valueStart);
  if (text.spend((to - from) * 2 * (1 + members.length))) reportMembers(text, { from, to, members }, findings);
}

/** `kty: EC` in a line of YAML, and `d: …` in another of the same mapping. */
function reportLines(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes } = text;
  if (bytes[hit.end] !== 0x3a || !startsLine(text, hit.start) || !text.spend(8)) return;
  const after = skipSpace(bytes, hit.end + 1, text.end);
  const members = membersOf(bytes, isQuote(bytes[after]) ? after + 1 : after, text.end);
  if (members === undefined) return;
  const from = blockStart(text, hit.start);
  const to = blockEnd(text, hit.end);
  if (!text.spend((to - from) * (1 + members.length))) return;
  const [main, ...others] = members;
  if (!findLineMember(text, from, to, main, main === 'k' ? minSymmetricCharacters : minPrivateCharacters, member)) return;
  findings.add(id, 'key_material', member.start, member.end, 'certain');
  for (const name of others) {
    if (findLineMember(text, from, to, name, minFactorCharacters, member)) findings.add(id, 'key_material', member.start, member.end, 'certain');
  }
}

/** Whether nothing but an indent and the dash of an item stands before `at` in its line. */
function startsLine({ bytes, start }: ScanText, at: number): boolean {
  const limit = Math.max(start, at - maxIndentBytes);
  let position = at;
  while (position > limit && (bytes[position - 1] === 0x20 || bytes[position - 1] === 0x2d)) position -= 1;
  return position === start || bytes[position - 1] === 0x0a;
}

function holdsKty(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x6b && bytes[at + 1] === 0x74 && bytes[at + 2] === 0x79;
}

function isQuote(byte: number): boolean {
  return byte === 0x22 || byte === 0x27;
}

/** Whether the name at `at` stands without quotes in an object of JavaScript: a brace or a comma before it in its line. */
function opensMember(bytes: Uint8Array, start: number, at: number): boolean {
  let before = at;
  while (before > start && before > at - maxIndentBytes && bytes[before - 1] === 0x20) before -= 1;
  return before > start && isMemberMark(bytes[before - 1]);
}

function isMemberMark(byte: number): boolean {
  return byte === braceOpen || byte === comma;
}

/** First byte of the quoted value whose name without quotes ends at `at`, or -1. */
function readBareMember(bytes: Uint8Array, at: number, end: number): number {
  let next = skipSpace(bytes, at, end);
  if (next >= end || bytes[next] !== 0x3a) return -1;
  next = skipBackslashes(bytes, skipSpace(bytes, next + 1, end), end);
  return next < end && isQuote(bytes[next]) ? next + 1 : -1;
}

/** First byte of the quoted value whose name ends at `at`, past an escaped or plain closing quote, a colon and an opening quote; else -1. */
function readMemberValue(bytes: Uint8Array, at: number, end: number): number {
  let next = skipBackslashes(bytes, at, end);
  if (next >= end || !isQuote(bytes[next])) return -1;
  next = skipSpace(bytes, next + 1, end);
  if (next >= end || bytes[next] !== 0x3a) return -1;
  next = skipBackslashes(bytes, skipSpace(bytes, next + 1, end), end);
  return next < end && isQuote(bytes[next]) ? next + 1 : -1;
}

function skipBackslashes(bytes: Uint8Array, at: number, end: number): number {
  const limit = Math.min(end, at + 8);
  let next = at;
  while (next < limit && bytes[next] === backslash) next += 1;
  return next;
}

function skipSpace(bytes: Uint8Array, at: number, end: number): number {
  const limit = Math.min(end, at + 64);
  let next = at;
  while (next < limit && (characterBits[bytes[next]] & spaceBit) !== 0) next += 1;
  return next;
}

/** Secret members of the type that stands at `at`, with a quote behind it. */
function membersOf(bytes: Uint8Array, at: number, end: number): readonly string[] | undefined {
  for (const [type, members] of membersByType) {
    if (holdsFolded(bytes, at, end, type) && isRightEdge(bytes, at + type.length, end)) return members;
  }
  return undefined;
}

/** The brace that opens the object around `at`, or where another `kty` or the window ends. */
function objectStart(text: ScanText, at: number): number {
  const { bytes } = text;
  const limit = Math.max(text.start, at - maxObjectBytes);
  let depth = 0;
  let position = at;
  for (; position > limit; position -= 1) {
    const byte = bytes[position];
    if (byte === braceClose) depth += 1;
    else if (byte === braceOpen) {
      if (depth === 0) return position;
      depth -= 1;
    } else if (byte === 0x6b && holdsKty(bytes, position) && isQuote(bytes[position - 1])) return position;
  }
  return position;
}

/** The brace that closes the object around `at`, or where another `kty` or the window ends. */
function objectEnd(text: ScanText, at: number): number {
  const { bytes } = text;
  const limit = Math.min(text.end, at + maxObjectBytes);
  let depth = 0;
  let position = at;
  for (; position < limit; position += 1) {
    const byte = bytes[position];
    if (byte === braceOpen) depth += 1;
    else if (byte === braceClose) {
      if (depth === 0) return position;
      depth -= 1;
    } else if (byte === 0x6b && position + 2 < limit && holdsKty(bytes, position) && isQuote(bytes[position - 1])) return position;
  }
  return position;
}

interface MemberSearch {
  readonly from: number;
  readonly to: number;
  readonly members: readonly string[];
}

/** Reports each secret member's value, provided that the one which makes the key private (the first of its type) is among them. */
function reportMembers(text: ScanText, { from, to, members }: MemberSearch, findings: FindingSink): void {
  const { bytes } = text;
  const main = findMember(bytes, from, to, members[0]);
  if (main < 0 || !isSecret(bytes, members[0] === 'k' ? minSymmetricCharacters : minPrivateCharacters)) return;
  findings.add(id, 'key_material', quoted.start, quoted.end, 'certain');
  for (const member of members.slice(1)) {
    if (findMember(bytes, from, to, member) >= 0 && isSecret(bytes, minFactorCharacters)) findings.add(id, 'key_material', quoted.start, quoted.end, 'certain');
  }
}

/** Finds `"name": "value"`, or `name: "value"`, in the range and sets `quoted` to the value; returns where the value begins, or -1. */
function findMember(bytes: Uint8Array, from: number, to: number, name: string): number {
  for (let at = from; at + maxNameBytes < to; at += 1) {
    const isBare = isMemberMark(bytes[at]);
    if (!isBare && !isQuote(bytes[at])) continue;
    const nameStart = isBare ? skipSpace(bytes, at + 1, to) : at + 1;
    if (!holdsAt(bytes, nameStart, name)) continue;
    const start = (isBare ? readBareMember : readMemberValue)(bytes, nameStart + name.length, to);
    if (start < 0) continue;
    let end = start;
    while (end < to && (characterBits[bytes[end]] & (base64Bit | base64UrlBit)) !== 0) end += 1;
    while (end < to && bytes[end] === 0x3d) end += 1;
    quoted.start = start;
    quoted.end = end;
    return start;
  }
  return -1;
}

function holdsAt(bytes: Uint8Array, at: number, name: string): boolean {
  for (let offset = 0; offset < name.length; offset += 1) if (bytes[at + offset] !== name.charCodeAt(offset)) return false;
  return true;
}

/** Whether the value in `quoted` is base64url to its closing quote, long enough and random. */
function isSecret(bytes: Uint8Array, minCharacters: number): boolean {
  if (quoted.end - quoted.start < minCharacters) return false;
  const next = bytes[quoted.end];
  if (next !== undefined && !isQuote(next) && next !== backslash) return false;
  return shannonBitsPerByte(bytes, quoted.start, quoted.end) >= minValueEntropyBits;
}

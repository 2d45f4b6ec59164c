import type { ScanText } from '../scan/scan-text.js';
import { characterBits, digitBit, hexBit, isLeftEdge, literalTable, standsAny } from './character-classes.js';
import type { AnchorHit, Detector, FindingSink } from './detector.js';

const id = 'ip-address';

/** Words before four numbers with points that make a version of them. */
const versionWords = literalTable(['ver', 'release', 'build', 'rev', 'upgrade', 'v.']);
const versionContextBytes = 16;
/** Eight groups of four digits and seven colons. */
const maxLongBytes = 39;

const dot = 0x2e;
const dash = 0x2d;
const colon = 0x3a;

/**
 * IPv4 and IPv6 addresses. Public, private, link-local and documentation addresses count alike, because an address inside a network tells a person's
 * device apart too; unspecified, loopback, broadcast, network and multicast addresses and masks name nobody and are none.
 */
export const ipAddressDetector: Detector = {
  id,
  category: 'personal_data',
  anchors: [],
  minDigits: 1,
  detect(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
    const next = hit.end < text.end ? text.bytes[hit.end] : 0;
    if (next === dot && hit.end - hit.start <= 3) detectShort(text, hit, findings);
    else if (hit.end - hit.start <= 4) detectLong(text, hit, findings);
  },
};

function isDigit(byte: number): boolean {
  return (characterBits[byte] & digitBit) !== 0;
}

/** The four numbers of an IPv4 address. A pooled record. */
class ShortAddress {
  end = 0;
  readonly numbers = new Uint8Array(4);
}

const short = new ShortAddress();

/** An IPv4 address whose first number is the hit. */
function detectShort(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes } = text;
  const before = hit.start > text.start ? bytes[hit.start - 1] : 0;
  if (!isLeftEdge(bytes, text.start, hit.start) || before === dot || before === dash || before === 0x5f) return;
  if (!readShort(bytes, hit.start, text.end)) return;
  if (!text.spend(versionContextBytes + short.end - hit.start) || !isShortEnd(text, short.end)) return;
  if (namesNobody(text) || isVersion(text, hit.start)) return;
  findings.add(id, 'personal_data', hit.start, short.end, 'specific');
}

/** Four numbers up to 255 without leading zeros, with points between them. */
function readShort(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  for (let index = 0; index < 4; index += 1) {
    if (index > 0 && (at >= end || bytes[at] !== dot)) return false;
    if (index > 0) at += 1;
    const numberStart = at;
    let value = 0;
    while (at < end && at - numberStart < 4 && isDigit(bytes[at])) {
      value = value * 10 + bytes[at] - 0x30;
      at += 1;
    }
    const length = at - numberStart;
    if (length === 0 || value > 255 || (length > 1 && bytes[numberStart] === 0x30)) return false;
    short.numbers[index] = value;
  }
  short.end = at;
  return true;
}

/** "This" network, loopback, multicast, reserved and masks, and what ends in zeros: a network. */
function namesNobody(text: ScanText): boolean {
  const [first, second, , last] = short.numbers;
  if (first === 0 || first === 127 || first >= 224) return true;
  return last === 0 && (second === 0 || isRange(text, short.end));
}

/** `10.1.0.0/16` is a network. */
function isRange({ bytes, end }: ScanText, at: number): boolean {
  return at + 1 < end && bytes[at] === 0x2f && isDigit(bytes[at + 1]);
}

function isShortEnd({ bytes, end }: ScanText, at: number): boolean {
  if (at >= end) return true;
  const byte = bytes[at];
  if ((characterBits[byte] & hexBit) !== 0 || byte === 0x5f || byte === dash || (byte | 0x20) === 0x78) return false;
  return !(byte === dot && at + 1 < end && isDigit(bytes[at + 1])) && (byte < 0x67 || byte > 0x7a);
}

function isVersion(text: ScanText, start: number): boolean {
  const from = Math.max(text.start, start - versionContextBytes);
  for (let at = from; at < start; at += 1) {
    if (standsAny(text.bytes, at, start, versionWords) && isLeftEdge(text.bytes, text.start, at)) return true;
  }
  return false;
}

/** An IPv6 address of whose digits the hit is the first run. */
function detectLong(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes } = text;
  const limit = Math.max(text.start, hit.start - maxLongBytes);
  let start = hit.start;
  while (start > limit && isLong(bytes[start - 1])) {
    start -= 1;
    if (isDigit(bytes[start])) return;
  }
  if (!text.spend(hit.start - start + 1) || (start === limit && limit > text.start)) return;
  // A colon before the first group ends a name: `ip:2001:db8::1`; two are part of the address.
  if (bytes[start] === colon && bytes[start + 1] !== colon) start += 1;
  if (!isLeftEdge(bytes, text.start, start) || bytes[start - 1] === dot) return;
  const end = endOfLong(text, start);
  if (end > 0) findings.add(id, 'personal_data', start, end, 'specific');
}

function isLong(byte: number): boolean {
  return byte === colon || (characterBits[byte] & hexBit) !== 0;
}

/** End of the IPv6 address at `start`: eight groups, or fewer with `::` once; -1 when it is none or names nobody. */
function endOfLong(text: ScanText, start: number): number {
  const { bytes } = text;
  const limit = Math.min(text.end, start + maxLongBytes + 1);
  let groupCount = 0;
  let hasGap = false;
  let at = start;
  let end = start;
  while (at < limit) {
    const groupStart = at;
    while (at < limit && at - groupStart < 5 && (characterBits[bytes[at]] & hexBit) !== 0) at += 1;
    const length = at - groupStart;
    if (length > 4) return -1;
    if (length > 0) {
      groupCount += 1;
      end = at;
    }
    if (at >= limit || bytes[at] !== colon) break;
    if (at + 1 < limit && bytes[at + 1] === colon) {
      if (hasGap || groupCount === 0) return -1;
      hasGap = true;
      end = at + 2;
      at += 2;
    } else at += 1;
  }
  if (!text.spend(end - start + 1) || !isLongEnd(text, end)) return -1;
  if (!hasGap && groupCount !== 8) return -1;
  return isPersonal(bytes, start, end, groupCount) ? end : -1;
}

function isLongEnd({ bytes, end }: ScanText, at: number): boolean {
  if (at >= end) return true;
  const byte = bytes[at];
  const isLetter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
  return !isLetter && !isDigit(byte) && !(byte === colon && at + 1 < end && isLong(bytes[at + 1]));
}

/** A first group of three digits and more that is no multicast prefix, something behind a gap, more than one group. */
function isPersonal(bytes: Uint8Array, start: number, end: number, groupCount: number): boolean {
  if (groupCount < 2 || bytes[end - 1] === colon) return false;
  let first = start;
  while (first < end && bytes[first] !== colon) first += 1;
  if (first - start < 3) return false;
  return !((bytes[start] | 0x20) === 0x66 && (bytes[start + 1] | 0x20) === 0x66);
}

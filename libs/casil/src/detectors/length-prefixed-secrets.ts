import { asciiBytes, byteClass, digitBit, lowerBit, nameBit, standsAt, upperBit } from '../context/bytes.js';
import { judgeName, NameVerdict } from '../context/name-kind.js';
import type { ScanText } from '../scan/scan-text.js';
import type { AnchorHit, Detector, FindingSink } from './detector.js';
import { isValueOfKind, judgementSteps } from './value-of-kind.js';

/** The `";s:` between the name and the value of PHP's `serialize`. */
const phpAnchor = '";s:';
/** Before the length of a bulk string of Redis. */
const respAnchor = '\r\n$';
/** Words in names of fields that binary formats put before their values. */
const nameAnchors = [
  'passw', 'pwd', 'passphrase', 'secret', 'token', 'api_key', 'apikey', 'api-key', 'access_key', 'accesskey', 'private_key', 'privatekey', 'signing_key', 'credential',
  '_key', '-key', '_pass', 'passcode', 'kennwort', 'senha',
];

const maxNameBytes = 64;
/** From the keyword to the end of the name. */
const maxNameRestBytes = 32;
const maxValueBytes = 1024;
const minValueBytes = 6;
const maxLengthDigits = 4;
/** Tags, types and lengths that may stand between a name and its value. */
const maxUnits = 6;

const auth = asciiBytes('auth');

const name = new NameVerdict();
/** The number read last and where to read on. */
const number = { value: 0, next: 0 };
/** The bulk string read last. */
const bulk = { start: 0, end: 0 };
/** A byte of a binary format: as it is, or as the character of the same number in UTF-8. */
const unit = { value: 0, size: 0 };

/**
 * Values that stand behind their length: PHP's `s:8:"password";s:12:"…"`, Redis' `$8 password $12 …` in lines, and fields of binary formats (Protobuf,
 * MessagePack, CBOR, BSON) that came as text: name, tag and length, value.
 */
export const lengthPrefixedSecretsDetector: Detector = {
  id: 'length-prefixed-secrets',
  category: 'secret',
  anchors: [phpAnchor, respAnchor, ...nameAnchors],
  detect(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
    if (!text.spend(1)) return;
    if (hit.anchor === 0) detectPhp(text, hit, findings);
    else if (hit.anchor === 1) detectResp(text, hit, findings);
    else detectBinary(text, hit, findings);
  },
};

/** Begin of the run of name characters that ends at `end`. */
function nameStartBefore({ bytes, start }: ScanText, end: number): number {
  const floor = Math.max(start, end - maxNameBytes);
  let at = end;
  while (at > floor && (byteClass[bytes[at - 1]] & nameBit) !== 0) at -= 1;
  return at;
}

/** Reads up to four digits into `number`; false when none stand there. */
function readNumber(bytes: Uint8Array, from: number, end: number): boolean {
  let at = from;
  number.value = 0;
  const limit = Math.min(end, from + maxLengthDigits);
  while (at < limit && (byteClass[bytes[at]] & digitBit) !== 0) number.value = number.value * 10 + bytes[at++] - 0x30;
  number.next = at;
  return at > from;
}

/** Judges the name, then the value. */
function reportNamed(text: ScanText, nameStart: number, nameEnd: number, start: number, end: number, findings: FindingSink): void {
  const { bytes } = text;
  if (nameEnd <= nameStart || !text.spend(nameEnd - nameStart + judgementSteps(end - start))) return;
  judgeName(bytes, nameStart, nameEnd, name);
  if (!name.isWeak && isValueOfKind(bytes, start, end, name.kind)) add(findings, start, end);
}

function detectPhp(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes, end } = text;
  if (!readNumber(bytes, hit.end, end) || bytes[number.next] !== 0x3a || bytes[number.next + 1] !== 0x22) return;
  const start = number.next + 2;
  const stop = start + number.value;
  if (number.value > maxValueBytes || stop >= end || bytes[stop] !== 0x22) return;
  reportNamed(text, nameStartBefore(text, hit.start), hit.start, start, stop, findings);
}

/** `$8 CRLF password CRLF $12 CRLF value`, and `AUTH` with one or two arguments. */
function detectResp(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes } = text;
  if (!readBulk(text, hit.end)) return;
  const nameStart = nameStartBefore(text, hit.start);
  // What is no bulk string itself has no length before it.
  if (nameStart < text.start + 3 || bytes[nameStart - 1] !== 0x0a || (byteClass[bytes[nameStart - 3]] & digitBit) === 0) return;
  if (hit.start - nameStart !== auth.length || !standsAt(bytes, nameStart, hit.start, auth)) {
    reportNamed(text, nameStart, hit.start, bulk.start, bulk.end, findings);
    return;
  }
  const next = bulk.end + respAnchor.length;
  // The last argument is the password.
  if (bytes[bulk.end + 2] === 0x24) readBulk(text, next);
  if (text.spend(judgementSteps(bulk.end - bulk.start)) && isValueOfKind(bytes, bulk.start, bulk.end, 'password')) add(findings, bulk.start, bulk.end);
}

/** Reads the bulk string whose length stands at `at` into `bulk`. */
function readBulk({ bytes, end }: ScanText, at: number): boolean {
  if (!readNumber(bytes, at, end) || bytes[number.next] !== 0x0d || bytes[number.next + 1] !== 0x0a) return false;
  const start = number.next + 2;
  const stop = start + number.value;
  if (number.value > maxValueBytes || stop > end || (stop < end && bytes[stop] !== 0x0d)) return false;
  bulk.start = start;
  bulk.end = stop;
  return true;
}

/** A name whose last word begins with the hit, then tag, type or length in control characters or bytes beyond ASCII, then as many bytes as the length says. */
function detectBinary(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes, end } = text;
  const limit = Math.min(end, hit.start + maxNameRestBytes);
  let nameEnd = hit.end;
  while (nameEnd < limit && (byteClass[bytes[nameEnd]] & nameBit) !== 0) nameEnd += 1;
  if (!text.spend(nameEnd - hit.end) || nameEnd >= end || !isBinary(bytes[nameEnd])) return;
  let at = nameEnd;
  let before = 0;
  for (let count = 0; count < maxUnits && at < end; count += 1) {
    readUnit(bytes, at, end);
    const { value } = unit;
    at += unit.size;
    const length = fittingLength(text, at, value, before);
    if (length > 0) {
      reportNamed(text, nameStartBefore(text, hit.start), nameEnd, at, at + length, findings);
      return;
    }
    before = value;
  }
}

/** Control characters but those of ordinary text, and what is no ASCII. */
function isBinary(byte: number): boolean {
  return byte >= 0x7f || (byte < 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09);
}

/** U+0080 to U+00FF in UTF-8 count as the bytes that they were before somebody took them for Latin-1. */
function readUnit(bytes: Uint8Array, at: number, end: number): void {
  const byte = bytes[at];
  const isWide = (byte === 0xc2 || byte === 0xc3) && at + 1 < end && bytes[at + 1] >= 0x80 && bytes[at + 1] < 0xc0;
  unit.value = isWide ? bytes[at + 1] + (byte === 0xc3 ? 0x40 : 0) : byte;
  unit.size = isWide ? 2 : 1;
}

/**
 * How many bytes the value at `at` has when the byte before says so: alone, as the low bits of a MessagePack or CBOR string, with the byte before it as a
 * larger number, or with a zero at the end that counts, as in BSON. 0 when no such run of printable characters ends where it should.
 */
function fittingLength(text: ScanText, at: number, last: number, before: number): number {
  if (last >= 0xa0 && last < 0xc0 && isRun(text, at, last & 0x1f)) return last & 0x1f;
  if (last < 0x20 && last > 0 && before === 0 && isRun(text, at, last)) return last;
  if (isRun(text, at, last)) return last;
  if (before > 0 && before < 4 && isRun(text, at, before * 256 + last)) return before * 256 + last;
  // Varint of two bytes: low seven bits first.
  if (before >= 0x80 && last < 8 && last > 0 && isRun(text, at, (before & 0x7f) + last * 128)) return (before & 0x7f) + last * 128;
  return last === 0 ? zeroEndedLength(text, at) : 0;
}

function isRun(text: ScanText, at: number, length: number): boolean {
  const { bytes, end } = text;
  if (length < minValueBytes || length > maxValueBytes || at + length > end) return false;
  // Inside a run the value would go on.
  if (at + length < end && (byteClass[bytes[at + length]] & (lowerBit | upperBit | digitBit)) !== 0) return false;
  let position = at;
  while (position < at + length && bytes[position] > 0x20 && bytes[position] < 0x7f) position += 1;
  text.spend(position - at + 1);
  return position === at + length;
}

/** BSON: the last bytes of a little-endian length of four are zeros, and a zero ends the value. */
function zeroEndedLength(text: ScanText, at: number): number {
  const { bytes, end, start } = text;
  if (at - 4 < start || bytes[at - 2] !== 0 || bytes[at - 3] > 3) return 0;
  const length = bytes[at - 4] + bytes[at - 3] * 256 - 1;
  return at + length < end && bytes[at + length] === 0 && isRun(text, at, length) ? length : 0;
}

function add(findings: FindingSink, start: number, end: number): void {
  findings.add(lengthPrefixedSecretsDetector.id, lengthPrefixedSecretsDetector.category, start, end, 'probable');
}

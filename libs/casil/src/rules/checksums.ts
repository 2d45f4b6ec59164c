import type { ChecksumName } from './token-rule.js';

/**
 * Checksums that formats carry, computed over a range of bytes without a copy. All take a half-open range and read nothing outside it;
 * a range of the wrong length or alphabet is simply not valid.
 */

const crc32Table = createCrc32Table();

function createCrc32Table(): Int32Array {
  const table = new Int32Array(256);
  for (let index = 0; index < 256; index += 1) {
    let value = index;
    for (let bit = 0; bit < 8; bit += 1) value = (value & 1) === 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    table[index] = value;
  }
  return table;
}

/** CRC-32 as in zip and PNG (IEEE, reflected), unsigned. */
export function crc32(bytes: Uint8Array, start: number, end: number): number {
  let value = -1;
  for (let at = start; at < end; at += 1) value = crc32Table[(value ^ bytes[at]) & 0xff] ^ (value >>> 8);
  return (value ^ -1) >>> 0;
}

/** One byte more into a CRC-16 with polynomial 0x1021 (XMODEM). */
function crc16Step(value: number, byte: number): number {
  let next = value ^ (byte << 8);
  for (let bit = 0; bit < 8; bit += 1) next = (next & 0x8000) === 0 ? next << 1 : (next << 1) ^ 0x1021;
  return next & 0xffff;
}

/** CRC-16 with polynomial 0x1021 and start value 0 (XMODEM), as NATS nkeys carry it. */
export function crc16(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at += 1) value = crc16Step(value, bytes[at]);
  return value;
}

/** Whether the digits of the range, other bytes passed over, satisfy the Luhn rule; false for less than two digits. */
export function luhn(bytes: Uint8Array, start: number, end: number): boolean {
  let sum = 0;
  let digitCount = 0;
  for (let at = end - 1; at >= start; at -= 1) {
    const digit = bytes[at] - 0x30;
    if (digit < 0 || digit > 9) continue;
    const doubled = digit * 2;
    if (digitCount % 2 === 0) sum += digit;
    else sum += doubled > 9 ? doubled - 9 : doubled;
    digitCount += 1;
  }
  return digitCount >= 2 && sum % 10 === 0;
}

/**
 * ISO 7064 mod 97-10 as IBANs use it: the first four characters count behind all others, letters of either case as 10 to 35, spaces and
 * dashes not at all. True when the remainder is 1; false when any other byte stands in the range.
 */
export function mod97(bytes: Uint8Array, start: number, end: number): boolean {
  const rest = skipCharacters(bytes, start, end, 4);
  if (rest < 0) return false;
  const head = mod97Remainder(bytes, rest, end, 0);
  if (head < 0) return false;
  return mod97Remainder(bytes, start, rest, head) === 1;
}

/** Position behind the first `count` characters that are no separators, or -1. */
function skipCharacters(bytes: Uint8Array, start: number, end: number, count: number): number {
  let left = count;
  let at = start;
  for (; at < end && left > 0; at += 1) if (!isSeparator(bytes[at])) left -= 1;
  return left === 0 ? at : -1;
}

function mod97Remainder(bytes: Uint8Array, start: number, end: number, from: number): number {
  let remainder = from;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at];
    if (isSeparator(byte)) continue;
    const value = base36Value(byte);
    if (value < 0) return -1;
    remainder = (remainder * (value < 10 ? 10 : 100) + value) % 97;
  }
  return remainder;
}

function isSeparator(byte: number): boolean {
  return byte === 0x20 || byte === 0x2d;
}

function base36Value(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x7a ? lower - 0x61 + 10 : -1;
}

/** Value of a digit in the order digits, upper case, lower case, or -1. */
function base62Value(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  if (byte >= 0x41 && byte <= 0x5a) return byte - 0x41 + 10;
  return byte >= 0x61 && byte <= 0x7a ? byte - 0x61 + 36 : -1;
}

/** Value of a hexadecimal digit of either case, or -1. */
function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : -1;
}

/** The range as an unsigned number in the given base; NaN when a byte is no digit of it. */
function readNumber(bytes: Uint8Array, start: number, end: number, base: 16 | 62): number {
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const digit = base === 16 ? hexValue(bytes[at]) : base62Value(bytes[at]);
    if (digit < 0) return Number.NaN;
    value = value * base + digit;
  }
  return value;
}

/** GitHub's and npm's tokens end in 30 random characters and the base-62 CRC-32 of them in six. */
function endsInBase62Crc(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 36) return false;
  return readNumber(bytes, end - 6, end, 62) === crc32(bytes, end - 36, end - 6);
}

/** Cloudflare's tokens end in a body of 40 characters and the hexadecimal CRC-32 of it. */
function isCloudflareToken(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 48) return false;
  return readNumber(bytes, end - 8, end, 16) === crc32(bytes, end - 48, end - 8);
}

/** Atlassian's tokens end in `=` and the hexadecimal CRC-32 of all before, the `=` included. */
function isAtlassianToken(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 10 || bytes[end - 9] !== 0x3d) return false;
  return readNumber(bytes, end - 8, end, 16) === crc32(bytes, start, end - 8);
}

/** Grafana's service account tokens end in `_` and the CRC-32 of all before it, hexadecimal, least significant byte first. */
function isGrafanaToken(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 10 || bytes[end - 9] !== 0x5f) return false;
  const read = readNumber(bytes, end - 8, end, 16);
  if (Number.isNaN(read)) return false;
  const crc = crc32(bytes, start, end - 9);
  const swapped = ((crc & 0xff) << 24) | ((crc & 0xff00) << 8) | ((crc >>> 8) & 0xff00) | (crc >>> 24);
  return read === swapped >>> 0;
}

/**
 * NATS nkeys: base32 without padding of one or two prefix bytes, 32 bytes of key and the CRC-16 of all that, least significant byte first;
 * the last two decoded bytes are held back from the sum because they are it.
 */
function isNkey(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== 58 && end - start !== 56) return false;
  let bits = 0;
  let bitCount = 0;
  let crc = 0;
  let heldFirst = -1;
  let heldSecond = -1;
  for (let at = start; at < end; at += 1) {
    const digit = base32Value(bytes[at]);
    if (digit < 0) return false;
    bits = ((bits << 5) | digit) & 0xfff;
    bitCount += 5;
    if (bitCount < 8) continue;
    bitCount -= 8;
    if (heldFirst >= 0) crc = crc16Step(crc, heldFirst);
    heldFirst = heldSecond;
    heldSecond = (bits >>> bitCount) & 0xff;
  }
  const hasPaddingBits = (bits & ((1 << bitCount) - 1)) !== 0;
  return !hasPaddingBits && crc === (heldFirst | (heldSecond << 8));
}

function base32Value(byte: number): number {
  if (byte >= 0x41 && byte <= 0x5a) return byte - 0x41;
  return byte >= 0x32 && byte <= 0x37 ? byte - 0x32 + 26 : -1;
}

/** Whether the token `[start, end)`, prefix included, carries the checksum its format asks for. At most one pass, no allocation. */
export function hasValidChecksum(name: ChecksumName, bytes: Uint8Array, start: number, end: number): boolean {
  switch (name) {
    case 'github':
    case 'npm':
      return endsInBase62Crc(bytes, start, end);
    case 'cloudflare':
      return isCloudflareToken(bytes, start, end);
    case 'atlassian':
      return isAtlassianToken(bytes, start, end);
    case 'grafana':
      return isGrafanaToken(bytes, start, end);
    case 'nkey':
      return isNkey(bytes, start, end);
  }
}

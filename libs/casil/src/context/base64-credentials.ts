import { findByte } from './bytes.js';
import { isPasswordOfUser } from './credential-pair.js';

const maxEncodedBytes = 1024;
const decoded = new Uint8Array(768);
const sextets = buildSextets();

function buildSextets(): Int8Array {
  const table = new Int8Array(256).fill(-1);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  for (let index = 0; index < 64; index += 1) table[alphabet.charCodeAt(index)] = index;
  table[0x2d] = 62;
  table[0x5f] = 63;
  return table;
}

/** End of the run of base64 or base64url characters at `at`, padding included; at most 1,024 bytes on. */
export function base64End(bytes: Uint8Array, at: number, end: number): number {
  const stop = Math.min(end, at + maxEncodedBytes);
  let position = at;
  while (position < stop && sextets[bytes[position]] >= 0) position += 1;
  for (let padding = 0; padding < 2 && position < stop && bytes[position] === 0x3d; padding += 1) position += 1;
  return position;
}

/** Whether base64 `bytes[start, end)` is `user:password` of printable ASCII, and the password no example. */
export function isBase64Credentials(bytes: Uint8Array, start: number, end: number): boolean {
  const length = decodeInto(bytes, start, end);
  if (length < 4 || !isPrintable(length)) return false;
  const colon = findByte(decoded, 0x3a, 0, length);
  return colon >= 0 && isPasswordOfUser(decoded, 0, colon, colon + 1, length);
}

/** Whether base64 `bytes[start, end)` is what SASL PLAIN sends: identity, NUL, user, NUL, password. */
export function isPlainCredentials(bytes: Uint8Array, start: number, end: number): boolean {
  const length = decodeInto(bytes, start, end);
  let userStart = 0;
  while (userStart < length && decoded[userStart] !== 0) userStart += 1;
  let passwordStart = userStart + 1;
  while (passwordStart < length && decoded[passwordStart] !== 0) passwordStart += 1;
  if (passwordStart >= length) return false;
  return isPasswordOfUser(decoded, userStart + 1, passwordStart, passwordStart + 1, length);
}

/** Whether base64 `bytes[start, end)` is a password of printable ASCII, as clients answer SMTP's `AUTH LOGIN`. */
export function isBase64Password(bytes: Uint8Array, start: number, end: number): boolean {
  const length = decodeInto(bytes, start, end);
  return length > 0 && isPrintable(length) && isPasswordOfUser(decoded, 0, 0, 0, length);
}

/** Whether the first `length` bytes of the scratch buffer are printable ASCII. */
function isPrintable(length: number): boolean {
  for (let at = 0; at < length; at += 1) {
    if (decoded[at] < 0x20 || decoded[at] >= 0x7f) return false;
  }
  return true;
}

/** Number of bytes decoded into the scratch buffer, or -1. */
function decodeInto(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > maxEncodedBytes) return -1;
  let bits = 0;
  let bitCount = 0;
  let length = 0;
  for (let at = start; at < end && bytes[at] !== 0x3d; at += 1) {
    const sextet = sextets[bytes[at]];
    if (sextet < 0) return -1;
    bits = ((bits << 6) | sextet) & 0xffff;
    bitCount += 6;
    if (bitCount < 8) continue;
    bitCount -= 8;
    decoded[length] = (bits >> bitCount) & 0xff;
    length += 1;
  }
  return length;
}

import { shannonBitsPerByte } from '../context/entropy.js';
import { isPlaceholder } from '../context/placeholder.js';
import { characterBits, digitBit, holdsFolded, literalTable, nameBit, standsAny, type LiteralTable } from './character-classes.js';

const maxNameBytes = 64;
const maxValueBytes = 1024;
const minSessionBytes = 16;
const minEntropyBits = 3;

/** Parts of names of cookies that open a session. */
const sessionMarks = literalTable([
  'sess', 'auth', 'jwt', 'token', 'remember', 'login', 'logged_in', 'ticket', 'identity', 'passport', 'sso', 'credential', 'bearer', 'refresh', 'apikey', 'secret',
  '__host-', '__secure-', 'aspx', 'aspnetcore',
]);
/** Parts of names of cookies that are read by scripts, measure or keep a preference, whatever else stands in the name. */
const harmlessMarks = literalTable([
  'csrf', 'xsrf', 'antiforgery', 'consent', '_ga', '_gid', '_gcl', '_fbp', 'utm', 'theme', 'locale', 'lang', 'analytics', 'tracking', 'visit', 'expir', 'count', 'state', 'redirect',
  'authuser', 'author',
]);

/** Bytes that end a value; before the name of a cookie one of them stands too, which keeps the search linear. */
const endsValue = new Uint8Array(256);
for (let byte = 0; byte <= 0x20; byte += 1) endsValue[byte] = 1;
for (const mark of '"\'`;,&<>{}()[]\\?|') endsValue[mark.charCodeAt(0)] = 1;
endsValue[0x7f] = 1;

/** A cookie's name and value. A record to be reused. */
export class CookiePair {
  nameStart = 0;
  nameEnd = 0;
  start = 0;
  end = 0;
}

/** Whether a value cannot go on over the byte. */
export function isValueEnd(byte: number): boolean {
  return endsValue[byte] === 1;
}

/** Reads `name=value` at `at`, the value in quotes or not; false when none stands there. */
export function readCookiePair(bytes: Uint8Array, at: number, end: number, out: CookiePair): boolean {
  const nameLimit = Math.min(end, at + maxNameBytes);
  let nameEnd = at;
  while (nameEnd < nameLimit && (characterBits[bytes[nameEnd]] & nameBit) !== 0) nameEnd += 1;
  if (nameEnd === at || nameEnd >= end || bytes[nameEnd] !== 0x3d) return false;
  out.nameStart = at;
  out.nameEnd = nameEnd;
  readCookieValue(bytes, nameEnd + 1, end, out);
  return true;
}

/** Reads the value at `at`, past an opening quote, into `out`. */
export function readCookieValue(bytes: Uint8Array, at: number, end: number, out: CookiePair): void {
  let start = at;
  while (start < end && bytes[start] === 0x5c && start < at + 3) start += 1;
  if (start < end && (bytes[start] === 0x22 || bytes[start] === 0x27)) start += 1;
  else start = at;
  const limit = Math.min(end, start + maxValueBytes);
  let valueEnd = start;
  while (valueEnd < limit && endsValue[bytes[valueEnd]] === 0) valueEnd += 1;
  out.start = start;
  out.end = valueEnd;
}

/** Whether the pair's name is one of a session and its value can be one. */
export function isSessionCookie(bytes: Uint8Array, pair: CookiePair): boolean {
  return isSessionName(bytes, pair.nameStart, pair.nameEnd) && isSessionValue(bytes, pair.start, pair.end);
}

/** Whether a cookie of this name opens a session. */
export function isSessionName(bytes: Uint8Array, start: number, end: number): boolean {
  const isNamedSo = holdsAny(bytes, start, end, sessionMarks) || (end - start >= 3 && holdsFolded(bytes, end - 3, end, 'sid'));
  return isNamedSo && !holdsAny(bytes, start, end, harmlessMarks);
}

/** At least 16 random characters, letters among them: no flag, no number, no list of words, no placeholder. */
export function isSessionValue(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < minSessionBytes) return false;
  let kinds = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at];
    if (endsValue[byte] === 1) return false;
    if ((characterBits[byte] & digitBit) !== 0) kinds |= 1;
    else if (byte >= 0x41 && byte <= 0x5a) kinds |= 2;
    else if (byte >= 0x61 && byte <= 0x7a) kinds |= 4;
  }
  // Digits alone are a time or a count, letters of one case alone are words.
  if (kinds === 0 || kinds === 1 || kinds === 2 || kinds === 4) return false;
  return shannonBitsPerByte(bytes, start, end) >= minEntropyBits && !isPlaceholder(bytes, start, end);
}

function holdsAny(bytes: Uint8Array, start: number, end: number, table: LiteralTable): boolean {
  for (let at = start; at < end; at += 1) if (standsAny(bytes, at, end, table)) return true;
  return false;
}

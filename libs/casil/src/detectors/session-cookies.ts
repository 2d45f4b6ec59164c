import type { ScanText } from '../scan/scan-text.js';
import { characterBits, holdsFolded, nameBit } from './character-classes.js';
import { CookiePair, isSessionCookie, isSessionName, isSessionValue, isValueEnd, readCookiePair, readCookieValue } from './cookie-pair.js';
import type { AnchorHit, Detector, FindingSink } from './detector.js';

const id = 'session-cookie';

const cookieAnchor = 'cookie';
/** `curl -b 'name=value'`. */
const flagAnchors = [' -b ', " -b'", ' -b"'];
/** Second and fourth column of a line of Netscape's cookie files. */
const columnAnchors = ['\ttrue\t', '\tfalse\t'];
/** Names that frameworks give and nothing else has; those that end in a dot or underscore have something random behind. */
const knownNames = [
  'jsessionid', 'phpsessid', 'connect.sid', 'asp.net_sessionid', 'laravel_session', '_session_id', '.aspxauth', 'ci_session', 'aspsessionid', '.aspnetcore.', 'wordpress_logged_in_',
  'remember_web_',
];

const maxPairs = 64;
const maxStringBytes = 4096;
const maxNameBytes = 24;
const maxAttributeBytes = 256;
/** Domain, path and time of a line of a cookie file. */
const maxColumnBytes = 256;

const firstColumnAnchor = 1 + flagAnchors.length;
const firstKnownName = firstColumnAnchor + columnAnchors.length;

const pair = new CookiePair();
const member = new CookiePair();

/**
 * Values of session cookies: in `Cookie` and `Set-Cookie` headers as they are written in HTTP, logs, JSON and command lines, in objects and lists of
 * cookies, and alone under the names frameworks give. What measures, remembers a preference or guards a form is none, nor is a cookie that is deleted.
 */
export const sessionCookiesDetector: Detector = {
  id,
  category: 'secret',
  anchors: [cookieAnchor, ...flagAnchors, ...columnAnchors, ...knownNames],
  detect(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
    if (hit.anchor >= firstKnownName) detectKnownName(text, hit, findings);
    else if (hit.anchor >= firstColumnAnchor) detectJarLine(text, hit, findings);
    else if (hit.anchor > 0) detectFlag(text, hit, findings);
    else detectHeader(text, hit, findings);
  },
};

/** `-b 'name=value; name=value'`. */
function detectFlag(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const last = text.bytes[hit.end - 1];
  const from = last === 0x20 ? hit.end : hit.end - 1;
  if (text.spend(8)) detectPairs(text, skipQuotes(text.bytes, from, text.end), false, findings);
}

/** `domain TAB flag TAB path TAB secure TAB expires TAB name TAB value`, found by its second column: the path begins with `/`, the time is a number. */
function detectJarLine(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes } = text;
  let at = hit.end;
  if (bytes[at] !== 0x2f) return;
  at = columnEnd(text, at);
  const secure = at + 1;
  if (!holdsFolded(bytes, secure, text.end, 'true\t') && !holdsFolded(bytes, secure, text.end, 'false\t')) return;
  const expires = columnEnd(text, secure) + 1;
  const nameTab = columnEnd(text, expires);
  if (nameTab === expires || !isNumber(bytes, expires, nameTab)) return;
  pair.nameStart = nameTab + 1;
  pair.nameEnd = columnEnd(text, pair.nameStart);
  if (pair.nameEnd >= text.end || bytes[pair.nameEnd] !== 0x09) return;
  readCookieValue(bytes, pair.nameEnd + 1, text.end, pair);
  if (text.spend((pair.end - pair.nameStart) * 4) && isSessionCookie(bytes, pair)) findings.add(id, 'secret', pair.start, pair.end, 'specific');
}

/** Position of the tab or line end behind `from`, or where a column would be too long. */
function columnEnd(text: ScanText, from: number): number {
  const limit = Math.min(text.end, from + maxColumnBytes);
  let at = from;
  while (at < limit && text.bytes[at] !== 0x09 && text.bytes[at] !== 0x0a) at += 1;
  text.spend(at - from);
  return at;
}

function isNumber(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (bytes[at] < 0x30 || bytes[at] > 0x39) return false;
  return true;
}

/** `JSESSIONID=…`, `"PHPSESSID": "…"`, a line of a cookie jar. */
function detectKnownName(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes } = text;
  if (hit.start > text.start && !isValueEnd(bytes[hit.start - 1]) && !isEscapedBreak(bytes, text.start, hit.start)) return;
  const limit = Math.min(text.end, hit.end + 80);
  let nameEnd = hit.end;
  while (nameEnd < limit && (characterBits[bytes[nameEnd]] & nameBit) !== 0) nameEnd += 1;
  const value = readOperator(bytes, nameEnd, text.end);
  if (!text.spend(nameEnd - hit.start) || value < 0) return;
  readCookieValue(bytes, value, text.end, pair);
  if (!text.spend((pair.end - pair.start) * 2) || !isSessionValue(bytes, pair.start, pair.end)) return;
  if (!isDeleted(text, pair.end)) findings.add(id, 'secret', pair.start, pair.end, 'specific');
}

/** Past closing quotes and one of `=`, `:`, a tab; -1 when none follows. */
function readOperator(bytes: Uint8Array, at: number, end: number): number {
  const closed = skipQuotes(bytes, at, end);
  const next = skipBlanks(bytes, closed, end);
  if (next < end && (bytes[next] === 0x3d || bytes[next] === 0x3a || bytes[next] === 0x2c || bytes[next] === 0x3e)) {
    const after = skipBlanks(bytes, next + 1, end);
    // The next item of a list of names is no value.
    if (bytes[next] === 0x2c && closed === at && after > next + 1 && bytes[after] !== 0x22 && bytes[after] !== 0x27) return -1;
    return after;
  }
  return next > closed && bytes[closed] === 0x09 ? next : -1;
}

function skipQuotes(bytes: Uint8Array, at: number, end: number): number {
  const limit = Math.min(end, at + 5);
  let next = at;
  while (next < limit && (bytes[next] === 0x5c || bytes[next] === 0x22 || bytes[next] === 0x27)) next += 1;
  return next;
}

function skipBlanks(bytes: Uint8Array, at: number, end: number): number {
  const limit = Math.min(end, at + 16);
  let next = at;
  while (next < limit && (bytes[next] === 0x20 || bytes[next] === 0x09)) next += 1;
  return next;
}

function isEscapedBreak(bytes: Uint8Array, start: number, at: number): boolean {
  return at - 2 >= start && bytes[at - 2] === 0x5c && (bytes[at - 1] === 0x6e || bytes[at - 1] === 0x72);
}

/** Begin of the name that holds the hit, or -1 when it stands inside a value or is too long. */
function nameStart(text: ScanText, at: number): number {
  const { bytes } = text;
  const limit = Math.max(text.start, at - maxNameBytes);
  let start = at;
  while (start > limit && (characterBits[bytes[start - 1]] & nameBit) !== 0) start -= 1;
  return start === text.start || isValueEnd(bytes[start - 1]) ? start : -1;
}

/** A header, field or variable whose name holds `cookie`. */
function detectHeader(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes } = text;
  const start = nameStart(text, hit.start);
  if (!text.spend(maxNameBytes) || start < 0) return;
  const limit = Math.min(text.end, hit.end + maxNameBytes);
  let end = hit.end;
  while (end < limit && (characterBits[bytes[end]] & nameBit) !== 0) end += 1;
  if (bytes[end] === 0x28) {
    detectCall(text, end + 1, findings);
    return;
  }
  const from = valueStart(bytes, end, text.end);
  if (from < 0) return;
  const open = skipQuotes(bytes, from, text.end);
  if (bytes[open] === 0x7b || bytes[open] === 0x5b) {
    detectMembers(text, open + 1, findings);
    return;
  }
  const isSetCookie = holdsFolded(bytes, start, end, 'set-cookie');
  if (detectPairs(text, open, isSetCookie, findings)) return;
  if (!isSessionName(bytes, start, hit.start)) return;
  readCookieValue(bytes, from, text.end, pair);
  if (text.spend((pair.end - pair.start) * 2) && isSessionValue(bytes, pair.start, pair.end)) findings.add(id, 'secret', pair.start, pair.end, 'probable');
}

/** Where the value of the header whose name ends at `at` begins: in a field of its own, behind an operator or behind the flag of a command; or -1. */
function valueStart(bytes: Uint8Array, at: number, end: number): number {
  const field = afterValueName(bytes, at, end);
  if (field >= 0) return field;
  const operator = readOperator(bytes, at, end);
  return operator >= 0 ? operator : afterFlag(bytes, at, end);
}

/** `"Cookie", "value": "…"` and `name="Cookie" value="…"`, or -1. */
function afterValueName(bytes: Uint8Array, at: number, end: number): number {
  let next = skipBlanks(bytes, skipQuotes(bytes, at, end), end);
  if (next < end && bytes[next] === 0x2c) next = skipQuotes(bytes, skipBlanks(bytes, next + 1, end), end);
  return holdsFolded(bytes, next, end, 'value') ? readOperator(bytes, next + 'value'.length, end) : -1;
}

/** `cookie('sid', '…')`, `setcookie("sid", "…")`. */
function detectCall(text: ScanText, at: number, findings: FindingSink): void {
  const { bytes } = text;
  const start = skipQuotes(bytes, skipBlanks(bytes, at, text.end), text.end);
  if (start === at || !readMember(bytes, start, text.end) || !text.spend((member.end - start) * 2)) return;
  if (isSessionCookie(bytes, member)) findings.add(id, 'secret', member.start, member.end, 'probable');
}

/** `--cookie "…"`: blanks and a quote, or -1. */
function afterFlag(bytes: Uint8Array, at: number, end: number): number {
  const next = skipBlanks(bytes, at, end);
  return next > at && next < end && (bytes[next] === 0x22 || bytes[next] === 0x27) ? next : -1;
}

/** `name=value; name=value`; false when not even one pair stands there. */
function detectPairs(text: ScanText, from: number, isSetCookie: boolean, findings: FindingSink): boolean {
  const { bytes } = text;
  const limit = Math.min(text.end, from + maxStringBytes);
  let at = from;
  for (let count = 0; count < maxPairs && at < limit; count += 1) {
    if (!readCookiePair(bytes, at, text.end, pair)) return count > 0;
    if (!text.spend((pair.end - at) * 4)) return true;
    if (isSessionCookie(bytes, pair) && !(isSetCookie && isDeleted(text, pair.end))) findings.add(id, 'secret', pair.start, pair.end, 'probable');
    if (isSetCookie) return true;
    at = skipQuotes(bytes, pair.end, text.end);
    if (bytes[at] !== 0x3b) return true;
    at = skipBlanks(bytes, at + 1, text.end);
  }
  return true;
}

/** Whether the attributes behind a value make the browser forget the cookie: `Max-Age=0`, an `Expires` of 1970. */
function isDeleted(text: ScanText, from: number): boolean {
  const { bytes } = text;
  const limit = Math.min(text.end, from + maxAttributeBytes);
  let at = from;
  for (; at < limit; at += 1) {
    const byte = bytes[at];
    if (byte === 0x0a || byte === 0x22 || byte === 0x5c) break;
    if (byte === 0x3d && at - from >= 7 && bytes[at + 1] === 0x30 && holdsFolded(bytes, at - 7, at, 'max-age')) return true;
    if (byte === 0x31 && at > from + 7 && holdsFolded(bytes, at, limit, '1970')) return true;
  }
  text.spend(at - from);
  return false;
}

/** `{"sid": "…"}` and `[{"name": "sid", "value": "…"}]`, up to the bracket that closes or a member that is itself called cookie. */
function detectMembers(text: ScanText, from: number, findings: FindingSink): void {
  const { bytes } = text;
  const limit = Math.min(text.end, from + maxStringBytes);
  let depth = 1;
  let namedStart = 0;
  let namedEnd = 0;
  let at = from;
  while (at < limit && depth > 0) {
    const byte = bytes[at];
    if (byte === 0x7b || byte === 0x5b) depth += 1;
    else if (byte === 0x7d || byte === 0x5d) depth -= 1;
    at += 1;
    if (byte !== 0x22 && byte !== 0x27) continue;
    if (!readMember(bytes, at, limit)) break;
    at = afterClosingQuote(bytes, member.end, limit);
    const nameLength = member.nameEnd - member.nameStart;
    if (nameLength === 4 && holdsFolded(bytes, member.nameStart, member.nameEnd, 'name')) {
      namedStart = member.start;
      namedEnd = member.end;
      continue;
    }
    if (nameLength === 5 && namedEnd > 0 && holdsFolded(bytes, member.nameStart, member.nameEnd, 'value')) {
      member.nameStart = namedStart;
      member.nameEnd = namedEnd;
      namedEnd = 0;
    }
    if (!text.spend((member.end - member.start) * 4)) break;
    if (bytes[member.start] === 0x7b) {
      namedStart = member.nameStart;
      namedEnd = member.nameEnd;
    }
    if (isSessionCookie(bytes, member)) findings.add(id, 'secret', member.start, member.end, 'probable');
  }
  text.spend(at - from);
}

/** Reads `name": "value` into `member`; false at what is no member with a simple value, or one called cookie. */
function readMember(bytes: Uint8Array, at: number, end: number): boolean {
  const limit = Math.min(end, at + 64);
  let nameEnd = at;
  while (nameEnd < limit && (characterBits[bytes[nameEnd]] & nameBit) !== 0) nameEnd += 1;
  if (nameEnd === at || nameEnd >= limit) return false;
  for (let position = at; position < nameEnd; position += 1) if (holdsFolded(bytes, position, nameEnd, cookieAnchor)) return false;
  const value = readOperator(bytes, nameEnd, end);
  if (value < 0 || value >= end) return false;
  readCookieValue(bytes, value, end, member);
  member.nameStart = at;
  member.nameEnd = nameEnd;
  // Past the quote that closes, so that it is not taken for one that opens.
  if (member.start > value) member.end = closingEnd(bytes, member.end, end);
  return true;
}

function afterClosingQuote(bytes: Uint8Array, at: number, end: number): number {
  let next = at;
  while (next < end && bytes[next] === 0x5c) next += 1;
  return next < end && (bytes[next] === 0x22 || bytes[next] === 0x27) ? next + 1 : next;
}

/** A value in quotes that holds blanks or commas is none of a session, but it is read past. */
function closingEnd(bytes: Uint8Array, at: number, end: number): number {
  let next = at;
  while (next < end && bytes[next] !== 0x22 && bytes[next] !== 0x27 && bytes[next] !== 0x5c) next += 1;
  return next;
}

import type { ScanText } from '../scan/scan-text.js';
import { asciiBytes, byteClass, digitBit, hexBit, holdsOnly, lowerBit, nameBit, standsAt, upperBit } from '../context/bytes.js';
import { isPasswordOfUser } from '../context/credential-pair.js';
import { isPlaceholder } from '../context/placeholder.js';
import { isPlausibleToken } from '../context/secret-value.js';
import type { AnchorHit, Detector, FindingSink } from './detector.js';

const maxSchemeBytes = 24;
const maxAuthorityBytes = 512;
const minTokenBytes = 16;
const minNatsTokenBytes = 6;

/** Schemes whose URLs list several servers with commas, each with its own user. */
const natsSchemes = ['nats', 'tls', 'ws', 'wss'].map(asciiBytes);
const sentry = asciiBytes('sentry');
const sentryKeyBytes = 32;
const digests = ['sha256:', 'sha512:'].map(asciiBytes);

/** Passwords and tokens before the `@` of URLs: `scheme://user:password@host`, `scheme://:password@host`, `nats://token@host`, `https://token@host`. */
export const urlPasswordsDetector: Detector = {
  id: 'url-passwords',
  category: 'secret',
  anchors: ['://'],
  detect(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
    const { bytes } = text;
    const scheme = schemeStart(text, hit.start);
    // `neo4j+s://`: the part behind the plus may be short.
    if (hit.start - scheme < 2 && (scheme === hit.start || bytes[scheme - 1] !== 0x2b)) return;
    if (text.bytes[hit.end] === 0x5b) return;
    const isNats = isNatsScheme(bytes, scheme, hit.start);
    let from = hit.end;
    const limit = Math.min(text.end, hit.end + maxAuthorityBytes);
    for (let count = 0; count < 8; count += 1) {
      const stop = authorityEnd(bytes, from, limit, isNats);
      if (!text.spend(stop - from)) return;
      reportUserInfo(bytes, from, stop, isNats, findings);
      if (!isNats || stop >= limit || bytes[stop] !== 0x2c) return;
      from = stop + 1;
    }
  },
};

function schemeStart(text: ScanText, end: number): number {
  const first = Math.max(text.start, end - maxSchemeBytes);
  let start = end;
  while (start > first && (byteClass[text.bytes[start - 1]] & nameBit) !== 0) start -= 1;
  return start;
}

function isNatsScheme(bytes: Uint8Array, start: number, end: number): boolean {
  return natsSchemes.some((scheme) => scheme.length === end - start && standsAt(bytes, start, end, scheme));
}

/**
 * Where user and host end: at `/`, `?`, `#`, white space, quotation marks and brackets. A `/`, `?` or `#` that follows a `:` which begins no port belongs
 * to a password that was not encoded, when an `@` follows.
 */
function authorityEnd(bytes: Uint8Array, from: number, limit: number, isNats: boolean): number {
  let colon = -1;
  let isSignSeen = false;
  for (let at = from; at < limit; at += 1) {
    const byte = bytes[at];
    if (isOutside(byte)) return at;
    if (byte === 0x40) isSignSeen = true;
    else if (byte === 0x3a && colon < 0) colon = at;
    else if (byte === 0x2c && isNats) return at;
    else if (byte === 0x2f || byte === 0x3f || byte === 0x23) {
      if (isSignSeen || colon < 0 || colon === at - 1 || isPort(bytes, colon + 1, at)) return at;
    }
  }
  return limit;
}

/** White space, quotation marks, `<`, `>`, `\\`: in no URL. */
function isOutside(byte: number): boolean {
  return byte <= 0x20 || byte === 0x22 || byte === 0x27 || byte === 0x60 || byte === 0x3c || byte === 0x3e || byte === 0x5c;
}

function isPort(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    if ((byteClass[bytes[at]] & digitBit) === 0) return false;
  }
  return true;
}

function reportUserInfo(bytes: Uint8Array, from: number, stop: number, isNats: boolean, findings: FindingSink): void {
  let sign = stop - 1;
  while (sign > from && !(bytes[sign] === 0x40 && isHostStart(bytes[sign + 1]) && sign + 1 < stop)) sign -= 1;
  if (sign <= from || digests.some((digest) => standsAt(bytes, sign + 1, stop, digest))) return;
  let colon = from;
  while (colon < sign && bytes[colon] !== 0x3a) colon += 1;
  if (colon === sign) {
    if (isTokenAlone(bytes, from, sign, isNats) && !isSentryKey(bytes, from, sign, stop)) findings.add(urlPasswordsDetector.id, 'secret', from, sign, 'probable');
    return;
  }
  if (isPasswordOfUser(bytes, from, colon, colon + 1, sign)) findings.add(urlPasswordsDetector.id, 'secret', colon + 1, sign, 'specific');
}

function isHostStart(byte: number): boolean {
  return (byteClass[byte] & (lowerBit | upperBit | digitBit)) !== 0 || byte === 0x5b || byte === 0x24 || byte === 0x7b;
}

/** The key in a DSN of Sentry, 32 hexadecimal digits before a host called so, goes out to browsers: it is public. */
function isSentryKey(bytes: Uint8Array, start: number, sign: number, stop: number): boolean {
  if (sign - start !== sentryKeyBytes || !holdsOnly(bytes, start, sign, hexBit)) return false;
  for (let at = sign + 1; at < stop; at += 1) {
    if (standsAt(bytes, at, stop, sentry)) return true;
  }
  return false;
}

/** A token instead of a user: NATS takes any, elsewhere it has to look generated, because user names stand there too. */
function isTokenAlone(bytes: Uint8Array, start: number, end: number, isNats: boolean): boolean {
  if (isPlaceholder(bytes, start, end)) return false;
  if (end - start >= minTokenBytes) return isPlausibleToken(bytes, start, end, 'text');
  if (!isNats || end - start < minNatsTokenBytes) return false;
  for (let at = start; at < end; at += 1) {
    if ((byteClass[bytes[at]] & (lowerBit | 0)) === 0 && bytes[at] !== 0x2d && bytes[at] !== 0x5f && bytes[at] !== 0x2e) return true;
  }
  return false;
}

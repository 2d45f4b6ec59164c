import { asciiBytes, standsAt } from './bytes.js';

const encodedQuotes = ['&quot;', '&#34;', '&#x22;', '&apos;', '&#39;', '&#x27;', '%22', '%27'].map(asciiBytes);
const backslash = 0x5c;
/** Backslashes before a quote that are understood: JSON three times inside JSON needs seven. */
const maxBackslashes = 7;

function isQuoteByte(byte: number): boolean {
  return byte === 0x22 || byte === 0x27 || byte === 0x60;
}

/** Length of the quotation mark at `at`: `"`, `'`, a backtick, each also behind backslashes, or written as `&quot;` or `%22`; 0 when there is none. */
export function quoteLengthAt(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return 0;
  const byte = bytes[at];
  if (isQuoteByte(byte)) return 1;
  if (byte === backslash) {
    let position = at + 1;
    while (position < end && position - at <= maxBackslashes && bytes[position] === backslash) position += 1;
    return position < end && isQuoteByte(bytes[position]) ? position - at + 1 : 0;
  }
  if (byte !== 0x26 && byte !== 0x25) return 0;
  for (const encoded of encodedQuotes) {
    if (standsAt(bytes, at, end, encoded)) return encoded.length;
  }
  return 0;
}

/**
 * Where the value that begins behind the quotation mark `bytes[open, open + openLength)` ends: before the closing mark of the same form, before a line
 * end, or at `limit`. Marks that are escaped once more than the opening one belong to the value.
 */
export function findQuotedEnd(bytes: Uint8Array, open: number, openLength: number, limit: number): number {
  const last = bytes[open + openLength - 1];
  if (!isQuoteByte(last)) return findEncodedEnd(bytes, open, openLength, limit);
  const openBackslashes = openLength - 1;
  let backslashes = 0;
  for (let at = open + openLength; at < limit; at += 1) {
    const byte = bytes[at];
    if (byte === backslash) {
      backslashes += 1;
      continue;
    }
    if (byte === 0x0a || byte === 0x0d) return at;
    if (byte === last) {
      if (openBackslashes === 0 && backslashes % 2 === 0) return at;
      if (openBackslashes > 0 && backslashes <= openBackslashes) return at - backslashes;
    }
    backslashes = 0;
  }
  return limit;
}

function findEncodedEnd(bytes: Uint8Array, open: number, openLength: number, limit: number): number {
  const lead = bytes[open];
  for (let at = open + openLength; at < limit; at += 1) {
    if (bytes[at] === 0x0a) return at;
    if (bytes[at] !== lead || at + openLength > limit) continue;
    let same = 1;
    while (same < openLength && bytes[at + same] === bytes[open + same]) same += 1;
    if (same === openLength) return at;
  }
  return limit;
}

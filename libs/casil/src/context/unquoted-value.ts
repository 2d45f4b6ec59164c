import { byteClass, digitBit, lowerBit, nameBit, spaceBit, upperBit } from './bytes.js';

const wordBits = lowerBit | upperBit | digitBit;
/** How far behind a `&` or `,` the next `name=` is looked for. */
const maxNextNameBytes = 32;

/**
 * Where a value without quotes ends: at white space, a quotation mark, `<`, `;`, an escaped character, at `&` or `,` when another field follows, at a
 * closing bracket that it did not open, or at `limit`.
 */
export function findUnquotedEnd(bytes: Uint8Array, start: number, limit: number): number {
  let depth = 0;
  for (let at = start; at < limit; at += 1) {
    switch (bytes[at]) {
      case 0x1b:
      case 0x20:
      case 0x09:
      case 0x0a:
      case 0x0d:
      case 0x22:
      case 0x27:
      case 0x60:
      case 0x3c:
      case 0x3b:
        return at;
      case 0x5c:
        if (isEscape(bytes[at + 1])) return at;
        break;
      case 0x26:
        if (endsAtAmpersand(bytes, at, limit)) return at;
        break;
      case 0x2c:
      case 0x7c:
        if (endsAtComma(bytes, at, limit)) return at;
        break;
      case 0x28:
      case 0x5b:
      case 0x7b:
        depth += 1;
        break;
      case 0x29:
      case 0x5d:
      case 0x7d:
        if (depth === 0 && endsAtBracket(bytes, at, limit)) return at;
        depth = Math.max(0, depth - 1);
        break;
      case 0x3e:
        if (endsAtBracket(bytes, at, limit)) return at;
        break;
      default:
    }
  }
  return limit;
}

/** The characters that follow a backslash in JSON and in code, where it ends a line or a string. */
function isEscape(byte: number): boolean {
  return byte === 0x6e || byte === 0x72 || byte === 0x74 || byte === 0x75 || byte === 0x22 || byte === 0x27 || byte === 0x60 || byte === 0x5c || byte === 0x2f;
}

/** The `&` of a query string goes before another field, an entity or the end; any other belongs to the value. */
function endsAtAmpersand(bytes: Uint8Array, at: number, limit: number): boolean {
  if (at + 1 >= limit) return true;
  const next = bytes[at + 1];
  if (next === 0x26 || (byteClass[next] & spaceBit) !== 0 || next === 0x23) return true;
  return nameGoesBefore(bytes, at + 1, limit, 0x3d) || ((byteClass[next] & (lowerBit | upperBit)) !== 0 && nameGoesBefore(bytes, at + 1, limit, 0x3b));
}

function endsAtComma(bytes: Uint8Array, at: number, limit: number): boolean {
  if (at + 1 >= limit) return true;
  const next = bytes[at + 1];
  if ((byteClass[next] & wordBits) === 0 && next !== 0x40 && next !== 0x21 && next !== 0x23 && next !== 0x24) return true;
  return nameGoesBefore(bytes, at + 1, limit, 0x3d) || nameGoesBefore(bytes, at + 1, limit, 0x3a);
}

function endsAtBracket(bytes: Uint8Array, at: number, limit: number): boolean {
  return at + 1 >= limit || (byteClass[bytes[at + 1]] & wordBits) === 0;
}

function nameGoesBefore(bytes: Uint8Array, from: number, limit: number, operator: number): boolean {
  const stop = Math.min(limit, from + maxNextNameBytes);
  let at = from;
  while (at < stop && (byteClass[bytes[at]] & nameBit) !== 0) at += 1;
  return at > from && at < stop && bytes[at] === operator;
}

/** Where the text of an XML element ends: before the next tag, without the white space there. */
export function findElementEnd(bytes: Uint8Array, start: number, limit: number): number {
  let at = start;
  while (at < limit && bytes[at] !== 0x3c) at += 1;
  while (at > start && (byteClass[bytes[at - 1]] & spaceBit) !== 0) at -= 1;
  return at;
}

/** Where a CDATA section ends: before `]]>`, or at `limit`. */
export function findCdataEnd(bytes: Uint8Array, start: number, limit: number): number {
  for (let at = start; at + 2 < limit; at += 1) {
    if (bytes[at] === 0x5d && bytes[at + 1] === 0x5d && bytes[at + 2] === 0x3e) return at;
  }
  return limit;
}

/** Where the line ends, also one ended by `\n` or `\r` written out. */
export function findLineEnd(bytes: Uint8Array, start: number, limit: number): number {
  let at = start;
  while (at < limit && bytes[at] !== 0x0a && bytes[at] !== 0x0d) {
    if (bytes[at] === 0x5c && (bytes[at + 1] === 0x6e || bytes[at + 1] === 0x72)) return at;
    at += 1;
  }
  return at;
}

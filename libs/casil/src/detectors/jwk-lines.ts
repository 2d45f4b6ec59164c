import { shannonBitsPerByte } from '../context/entropy.js';
import type { ScanText } from '../scan/scan-text.js';
import { base64Bit, base64UrlBit, characterBits, holdsExactly } from './character-classes.js';

const maxBlockBytes = 8192;
const minEntropyBits = 3.2;
const dash = 0x2d;
const lineFeed = 0x0a;

/** A member of a key written in lines, `name: value`; ranges are half-open. A record to be reused. */
export class LineMember {
  start = 0;
  end = 0;
}

/**
 * First byte of the lines of YAML that belong to the mapping in which `at` stands: up to an empty line, or the line with the dash that begins an item.
 */
export function blockStart(text: ScanText, at: number): number {
  const limit = Math.max(text.start, at - maxBlockBytes);
  let line = lineStart(text, at, limit);
  while (line > limit && !beginsItem(text, line)) {
    const before = lineStart(text, line - 1, limit);
    if (isEmptyLine(text, before)) break;
    line = before;
  }
  text.spend(at - line);
  return line;
}

/** Behind the last line of that mapping: at an empty line, or where another item begins. */
export function blockEnd(text: ScanText, at: number): number {
  const { bytes } = text;
  const limit = Math.min(text.end, at + maxBlockBytes);
  let position = at;
  while (position < limit) {
    if (bytes[position] === lineFeed && (isEmptyLine(text, position + 1) || beginsItem(text, position + 1))) break;
    position += 1;
  }
  text.spend(position - at);
  return position;
}

function lineStart(text: ScanText, at: number, limit: number): number {
  let start = at;
  while (start > limit && text.bytes[start - 1] !== lineFeed) start -= 1;
  return start;
}

function firstOfLine({ bytes, end }: ScanText, line: number): number {
  let at = line;
  while (at < end && (bytes[at] === 0x20 || bytes[at] === 0x09)) at += 1;
  return at;
}

function isEmptyLine(text: ScanText, line: number): boolean {
  const at = firstOfLine(text, line);
  return at >= text.end || text.bytes[at] === lineFeed || text.bytes[at] === 0x0d;
}

function beginsItem(text: ScanText, line: number): boolean {
  const at = firstOfLine(text, line);
  return text.bytes[at] === dash && (text.bytes[at + 1] === 0x20 || text.bytes[at + 1] === dash);
}

/** Finds the line `name: value` between `from` and `to` whose value is random base64url of `minCharacters` and more; false when there is none. */
export function findLineMember(text: ScanText, from: number, to: number, name: string, minCharacters: number, out: LineMember): boolean {
  const { bytes } = text;
  for (let line = from; line < to; line = nextLine(bytes, line, to)) {
    let at = firstOfLine(text, line);
    if (bytes[at] === dash) at = firstOfLine(text, at + 1);
    if (!holdsExactly(bytes, at, to, name) || bytes[at + name.length] !== 0x3a) continue;
    out.start = firstOfLine(text, at + name.length + 1);
    if (bytes[out.start] === 0x22 || bytes[out.start] === 0x27) out.start += 1;
    out.end = out.start;
    while (out.end < to && (characterBits[bytes[out.end]] & (base64Bit | base64UrlBit)) !== 0) out.end += 1;
    return out.end - out.start >= minCharacters && shannonBitsPerByte(bytes, out.start, out.end) >= minEntropyBits;
  }
  return false;
}

function nextLine(bytes: Uint8Array, line: number, to: number): number {
  let at = line;
  while (at < to && bytes[at] !== lineFeed) at += 1;
  return at + 1;
}

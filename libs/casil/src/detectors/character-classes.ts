/** Alphabets of the formats detectors read, as bits of `characterBits`. */
export const base64Bit = 1;
export const base64UrlBit = 2;
export const alphanumericBit = 4;
export const digitBit = 8;
export const hexBit = 16;
export const base32Bit = 32;
/** Characters of a cookie's name and of other names that machines read. */
export const nameBit = 64;
export const spaceBit = 128;

const alphabets: readonly (readonly [number, string])[] = [
  [base64Bit, '+/'],
  [base64UrlBit, '-_'],
  [nameBit, '-_.$'],
  [spaceBit, ' \t\r\n'],
];

/** Bits of each byte value. */
export const characterBits = createCharacterBits();

function createCharacterBits(): Uint8Array {
  const bits = new Uint8Array(256);
  for (let byte = 0; byte < 128; byte += 1) {
    const character = String.fromCharCode(byte);
    const isDigit = character >= '0' && character <= '9';
    const isUpper = character >= 'A' && character <= 'Z';
    const isLower = character >= 'a' && character <= 'z';
    if (isDigit || isUpper || isLower) bits[byte] |= base64Bit | base64UrlBit | alphanumericBit | nameBit;
    if (isDigit) bits[byte] |= digitBit;
    if (isDigit || (isUpper && character <= 'F') || (isLower && character <= 'f')) bits[byte] |= hexBit;
    if (isUpper || (character >= '2' && character <= '7')) bits[byte] |= base32Bit;
    for (const [bit, characters] of alphabets) if (characters.includes(character)) bits[byte] |= bit;
  }
  return bits;
}

/** First position from `at`, not after `limit`, whose byte is not of the alphabet. */
export function runEnd(bytes: Uint8Array, at: number, limit: number, bit: number): number {
  let end = at;
  while (end < limit && (characterBits[bytes[end]] & bit) !== 0) end += 1;
  return end;
}

/** Begin of the run of the alphabet that ends before `at`, not before `limit`. */
export function runStart(bytes: Uint8Array, at: number, limit: number, bit: number): number {
  let start = at;
  while (start > limit && (characterBits[bytes[start - 1]] & bit) !== 0) start -= 1;
  return start;
}

/** Whether no ASCII letter or digit stands right before `at`. */
export function isLeftEdge(bytes: Uint8Array, start: number, at: number): boolean {
  return at <= start || (characterBits[bytes[at - 1]] & alphanumericBit) === 0;
}

const maxColourBytes = 14;

/** Whether a control sequence of a terminal, `ESC [ 1 ; 32 m`, ends before `at`. */
export function endsColourSequence(bytes: Uint8Array, start: number, at: number): boolean {
  if (bytes[at - 1] !== 0x6d) return false;
  const first = Math.max(start + 1, at - maxColourBytes);
  let position = at - 2;
  while (position >= first && ((bytes[position] >= 0x30 && bytes[position] <= 0x39) || bytes[position] === 0x3b)) position -= 1;
  return position >= first && bytes[position] === 0x5b && bytes[position - 1] === 0x1b;
}

/** As `isLeftEdge`, and true also when the letter before is part of an escaped line break or tab, `\\nSUA…`, or of a colour of terminals. */
export function isTokenEdge(bytes: Uint8Array, start: number, at: number): boolean {
  if (isLeftEdge(bytes, start, at)) return true;
  const before = bytes[at - 1];
  if (endsColourSequence(bytes, start, at)) return true;
  return (before === 0x6e || before === 0x72 || before === 0x74) && at - 2 >= start && bytes[at - 2] === 0x5c;
}

/** Whether no ASCII letter or digit stands at `at`. */
export function isRightEdge(bytes: Uint8Array, at: number, end: number): boolean {
  return at >= end || (characterBits[bytes[at]] & alphanumericBit) === 0;
}

/** Whether the bytes at `at` are exactly `literal`, case included. */
export function holdsExactly(bytes: Uint8Array, at: number, end: number, literal: string): boolean {
  if (at < 0 || at + literal.length > end) return false;
  for (let offset = 0; offset < literal.length; offset += 1) if (bytes[at + offset] !== literal.charCodeAt(offset)) return false;
  return true;
}

/** Whether the lower-case literal stands at `at` in any case. */
export function holdsFolded(bytes: Uint8Array, at: number, end: number, literal: string): boolean {
  if (at < 0 || at + literal.length > end) return false;
  for (let offset = 0; offset < literal.length; offset += 1) {
    const byte = bytes[at + offset];
    if ((byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte) !== literal.charCodeAt(offset)) return false;
  }
  return true;
}

/** Literals by their first byte, so that most positions are left after one look. */
export type LiteralTable = readonly (readonly string[] | undefined)[];

/** A table of lower-case ASCII literals. */
export function literalTable(literals: readonly string[]): LiteralTable {
  const table: string[][] = [];
  for (const literal of literals) (table[literal.charCodeAt(0)] ??= []).push(literal);
  return table;
}

/** Whether one of the literals stands at `at`, before `end`, in any case. */
export function standsAny(bytes: Uint8Array, at: number, end: number, table: LiteralTable): boolean {
  const byte = bytes[at];
  const candidates = table[byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte];
  if (candidates === undefined) return false;
  for (const literal of candidates) if (holdsFolded(bytes, at, end, literal)) return true;
  return false;
}

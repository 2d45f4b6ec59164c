import { byteClass, digitBit, hexBit, lowerBit, spaceBit, upperBit, wideBit } from './bytes.js';
import { isWordLike, wordEnd } from './letter-pairs.js';

/** What a value is made of, in bytes. A record to be reused. */
export class ValueProfile {
  length = 0;
  lower = 0;
  upper = 0;
  digits = 0;
  /** Bytes of letters beyond ASCII. */
  wide = 0;
  spaces = 0;
  /** `-`, `_`, `.`, `/`, `:`, `,`, `|`, each counted alone below where it matters. */
  separators = 0;
  dashes = 0;
  underscores = 0;
  dots = 0;
  slashes = 0;
  /** All other characters: those that people put into passwords and generators into keys. */
  symbols = 0;
  /** Letters that stand in words of 4 letters and more. */
  wordLetters = 0;
  /** How many such words. */
  words = 0;
  isHex = true;
  /** How many bytes are no hexadecimal digits. */
  others = 0;
}

/** Describes `bytes[start, end)` in one pass. */
export function profileValue(bytes: Uint8Array, start: number, end: number, out: ValueProfile): void {
  out.length = end - start;
  out.lower = out.upper = out.digits = out.wide = out.spaces = out.separators = out.dashes = out.underscores = 0;
  out.dots = out.slashes = out.symbols = out.wordLetters = out.words = 0;
  out.others = 0;
  for (let at = start; at < end; at += 1) countByte(bytes[at], out);
  out.isHex = out.others === 0;
  for (let at = start; at < end; ) {
    if ((byteClass[bytes[at]] & (lowerBit | upperBit)) === 0) {
      at += 1;
      continue;
    }
    const stop = wordEnd(bytes, at, end);
    if (isWordLike(bytes, at, stop)) {
      out.wordLetters += stop - at;
      out.words += 1;
    }
    at = stop;
  }
}

function countByte(byte: number, out: ValueProfile): void {
  const classes = byteClass[byte];
  if ((classes & hexBit) === 0) out.others += 1;
  if ((classes & lowerBit) !== 0) out.lower += 1;
  else if ((classes & upperBit) !== 0) out.upper += 1;
  else if ((classes & digitBit) !== 0) out.digits += 1;
  else if ((classes & wideBit) !== 0) out.wide += 1;
  else if ((classes & spaceBit) !== 0) out.spaces += 1;
  else countSign(byte, out);
}

function countSign(byte: number, out: ValueProfile): void {
  switch (byte) {
    case 0x2d:
      out.dashes += 1;
      break;
    case 0x5f:
      out.underscores += 1;
      break;
    case 0x2e:
      out.dots += 1;
      break;
    case 0x2f:
      out.slashes += 1;
      break;
    case 0x3a:
    case 0x2c:
    case 0x7c:
      break;
    default:
      out.symbols += 1;
      return;
  }
  out.separators += 1;
}

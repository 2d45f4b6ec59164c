import { shannonBitsPerByte } from '../context/entropy.js';
import type { ScanText } from '../scan/scan-text.js';
import { base64Bit, characterBits, runStart } from './character-classes.js';
import { endOfPrivateKeyMark } from './pem-block.js';

const maxBackBytes = 20_480;
/** Header fields may stand between the BEGIN line and the base64. */
const maxHeaderBytes = 256;
const denseRunBytes = 20;
const minCharacters = 60;
const maxGapBytes = 24;
/** The last line may be short. */
const maxShortRuns = 1;
/** Of escaped line breaks: `n`, `0A`. */
const maxEscapeLetters = 2;
const judgedBytes = 256;
const minEntropyBits = 4;

const dash = 0x2d;
const backslash = 0x5c;
const percentSign = 0x25;

/** The rest of a key block whose BEGIN line is cut off. A record to be reused. */
export class CutKey {
  start = -1;
  end = -1;
}

/** Reads the base64 that stands before the END mark of a private key, of which the label begins at `labelStart`; false when there is none, or a BEGIN line. */
export function readCutKey(text: ScanText, markStart: number, labelStart: number, out: CutKey): boolean {
  const { bytes } = text;
  out.end = endOfPrivateKeyMark(text, labelStart);
  if (out.end < 0) return false;
  out.start = startOfBody(text, markStart);
  if (out.start < 0 || holdsBegin(text, out.start)) return false;
  const stop = Math.min(markStart, out.start + judgedBytes);
  return text.spend(stop - out.start) && shannonBitsPerByte(bytes, out.start, stop) >= minEntropyBits;
}

/** Where the dense runs before `markStart` begin, over gaps that are line breaks; -1 when they hold too little for a key. */
function startOfBody(text: ScanText, markStart: number): number {
  const { bytes } = text;
  const limit = Math.max(text.start, markStart - maxBackBytes);
  let position = markStart;
  let start = -1;
  let count = 0;
  for (let shortRuns = 0; shortRuns <= maxShortRuns; ) {
    const end = gapStart(bytes, position, limit);
    const run = runStart(bytes, end, limit, base64Bit);
    if (run === end) break;
    position = run;
    if (end - run >= denseRunBytes) {
      count += end - run;
      start = run;
    } else if (end - run > maxEscapeLetters) {
      if (start >= 0) break;
      shortRuns += 1;
    }
  }
  if (!text.spend(markStart - position) || count < minCharacters) return -1;
  return behindEscape(bytes, start, text.start);
}

function gapStart(bytes: Uint8Array, from: number, limit: number): number {
  const first = Math.max(limit, from - maxGapBytes);
  let at = from;
  while (at > first && (characterBits[bytes[at - 1]] & base64Bit) === 0 && bytes[at - 1] !== dash) at -= 1;
  return at;
}

/** Letters of base64 that end an escape, `\n` or `%0A`, are no part of the key. */
function behindEscape(bytes: Uint8Array, at: number, textStart: number): number {
  if (at === textStart) return at;
  if (bytes[at - 1] === backslash) return at + 1;
  return bytes[at - 1] === percentSign ? at + 2 : at;
}

/** Whether a BEGIN mark stands shortly before: the block is found from there. */
function holdsBegin(text: ScanText, at: number): boolean {
  const { bytes } = text;
  const first = Math.max(text.start, at - maxHeaderBytes);
  if (!text.spend(at - first)) return true;
  for (let position = at - 1; position > first; position -= 1) {
    if (bytes[position] === dash && bytes[position - 1] === dash) return true;
  }
  return false;
}

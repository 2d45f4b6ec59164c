import { shannonBitsPerByte } from '../context/entropy.js';
import type { ScanText } from '../scan/scan-text.js';
import { base64Bit, base64UrlBit, characterBits, hexBit, holdsExactly, holdsFolded } from './character-classes.js';
import type { FindingSink } from './detector.js';

const id = 'entropy-bomb';

/** Shortest run that counts. */
const minRunBytes = 4096;
/** A run of that length holds at least three of these places in a row, so that most of a text is never looked at. */
const sampleEveryBytes = 1024;
const samplesPerRun = 3;
/** Entropy is measured on this much at the begin, in the middle and at the end. */
const windowBytes = 1024;
/** Random hexadecimal text of 1,024 characters has 3.99 bits, base32 4.98, letters and digits 5.91, base64 5.95. */
const minHexBits = 3.92;
const minBase32Bits = 4.9;
const minBase64Bits = 5.84;
const maxSchemeBytes = 80;

/** First characters of media and archives in base64: their entropy has a reason. */
const mediaInBase64 = [
  'iVBORw0KGgo', '/9j/', 'R0lGOD', 'UklGR', 'JVBERi0', 'H4sI', 'UEsDB', 'd09GR', 'd09GM', 'AGFzbQ', 'T2dnUw', 'SUQz', 'Qlpo', '/Td6WFo', 'N3q8ryc', 'KLUv/', 'KLUv_', 'AAEAAAA', 'T1RUTw', 'PHN2Zy', 'Qk0',
  'AAABAA', 'GkXfo', 'MII', 'SUkqA', 'TU0AK', 'Zkxh', '//uQ', '//vQ', '_9j_',
];
const mediaInHex = ['89504e47', 'ffd8ff', '47494638', '52494646', '25504446', '1f8b', '504b0304', '774f46', '0061736d', '4f676753', '494433', '425a68', 'fd377a58', '377abcaf', '28b52ffd', '3082'];
/** ISO media files have their brand behind four bytes of length. */
const isoBrand = 'ZnR5c';
const mediaTypes = ['data:image/', 'data:font/', 'data:video/', 'data:audio/', 'data:application/pdf', 'data:application/font', 'data:application/wasm', 'data:application/zip'];

/**
 * Reports runs of at least 4,096 characters of base64, hexadecimal or letters and digits without a break whose entropy is as high as such text can
 * have, and that do not begin as a medium or archive does. To be called once per text; the steps are about one per 1,024 bytes, and the length of what is found.
 */
export function findEntropyBombs(text: ScanText, findings: FindingSink): void {
  const { bytes } = text;
  if (text.end - text.start < minRunBytes) return;
  let sampleCount = 0;
  let at = text.start;
  while (at < text.end) {
    sampleCount = isEncoded(bytes[at]) ? sampleCount + 1 : 0;
    if (sampleCount < samplesPerRun) {
      at += sampleEveryBytes;
      continue;
    }
    const first = at - (samplesPerRun - 1) * sampleEveryBytes;
    const start = runBegin(bytes, first, text.start);
    const end = runStop(bytes, first, text.end);
    if (!text.spend(end - start + windowBytes)) return;
    if (end - start >= minRunBytes && isRandom(bytes, start, end) && !isMedium(text, start, end)) findings.add(id, 'entropy_bomb', start, end, 'probable');
    // What was read is not read again; the next sample stands behind it.
    at = Math.max(end, first + sampleEveryBytes);
    sampleCount = 0;
  }
  text.spend(Math.ceil((text.end - text.start) / sampleEveryBytes));
}

function isEncoded(byte: number): boolean {
  return (characterBits[byte] & (base64Bit | base64UrlBit)) !== 0;
}

function runBegin(bytes: Uint8Array, at: number, limit: number): number {
  let start = at;
  while (start > limit && isEncoded(bytes[start - 1])) start -= 1;
  return start;
}

function runStop(bytes: Uint8Array, at: number, limit: number): number {
  let end = at;
  while (end < limit && isEncoded(bytes[end])) end += 1;
  return end;
}

function isRandom(bytes: Uint8Array, start: number, end: number): boolean {
  const middle = start + Math.floor((end - start - windowBytes) / 2);
  return isRandomWindow(bytes, start) && isRandomWindow(bytes, middle) && isRandomWindow(bytes, end - windowBytes);
}

function isRandomWindow(bytes: Uint8Array, start: number): boolean {
  const end = start + windowBytes;
  const bits = shannonBitsPerByte(bytes, start, end);
  if (bits >= minBase64Bits) return true;
  if (bits < minHexBits) return false;
  let hexCount = 0;
  let caseKinds = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at];
    if ((characterBits[byte] & hexBit) !== 0) hexCount += 1;
    if (byte >= 0x61) caseKinds |= 1;
    else if (byte >= 0x41) caseKinds |= 2;
  }
  if (hexCount === windowBytes) return true;
  return caseKinds !== 3 && bits >= minBase32Bits;
}

/** By the first characters of the run, or by the `data:` scheme before it. */
function isMedium(text: ScanText, start: number, end: number): boolean {
  const { bytes } = text;
  for (const media of mediaInBase64) if (holdsExactly(bytes, start, end, media)) return true;
  for (const media of mediaInHex) if (holdsFolded(bytes, start, end, media)) return true;
  for (let offset = 4; offset <= 8; offset += 1) if (holdsExactly(bytes, start + offset, end, isoBrand)) return true;
  const limit = Math.max(text.start, start - maxSchemeBytes);
  for (let at = start - 1; at >= limit; at -= 1) for (const type of mediaTypes) if (holdsFolded(bytes, at, start, type)) return true;
  return false;
}

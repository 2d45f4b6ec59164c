import { shannonBitsPerByte } from '../context/entropy.js';
import type { ScanText } from '../scan/scan-text.js';
import { bareKeyForms, readBareKey } from './bare-key.js';
import { base64Bit, characterBits, holdsExactly, holdsFolded, isLeftEdge, isRightEdge, runEnd, spaceBit } from './character-classes.js';
import type { AnchorHit, Detector, FindingSink } from './detector.js';
import { CutKey, readCutKey } from './cut-key.js';
import { endOfPrivateKeyBlock } from './pem-block.js';

const id = 'private-key';

/** Five dashes are the rule, four occur; SSH2 has four and a blank. */
const pemAnchors = ['----begin', '---- begin'];
const ageAnchor = 'age-secret-key-';
const puttyAnchor = 'putty-user-key-file-';
const endAnchor = '----end';
const cutKey = new CutKey();

/**
 * Private keys: PEM and SSH2 blocks of every kind (RSA, EC, DSA, PKCS #8, OpenSSH, PGP, OpenVPN static keys), PuTTY files, age identities, and
 * DER or OpenSSH keys in base64 without lines around them. A finding covers the block from its BEGIN line to its END line, or to the end of
 * what is there, or from the first base64 before an END line without a BEGIN line. Public keys and certificates, and header lines that no key follows, are none.
 */
export const privateKeysDetector: Detector = {
  id,
  category: 'key_material',
  anchors: [...pemAnchors, ageAnchor, puttyAnchor, ...bareKeyForms.map(({ literal }) => literal.toLowerCase()), endAnchor],
  detect(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
    if (hit.anchor < pemAnchors.length) {
      const end = endOfPrivateKeyBlock(text, hit.end);
      const start = hit.start > text.start && text.bytes[hit.start - 1] === 0x2d ? hit.start - 1 : hit.start;
      if (end >= 0) findings.add(id, 'key_material', start, end, 'certain');
      return;
    }
    if (hit.anchor === pemAnchors.length) {
      detectAgeKey(text, hit, findings);
      return;
    }
    if (hit.anchor === pemAnchors.length + 1) {
      detectPuttyKey(text, hit, findings);
      return;
    }
    const form = hit.anchor - pemAnchors.length - 2;
    if (form === bareKeyForms.length) {
      detectCutKey(text, hit, findings);
      return;
    }
    const key = readBareKey(text, bareKeyForms[form], hit.start);
    if (key !== undefined) findings.add(id, 'key_material', key.start, key.end, key.isWhole ? 'certain' : 'specific');
  },
};

/** A block whose BEGIN line is cut off, as in the tail of a log. */
function detectCutKey(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  let mark = hit.start;
  while (mark > text.start && text.bytes[mark - 1] === 0x2d) mark -= 1;
  if (readCutKey(text, mark, hit.end, cutKey)) findings.add(id, 'key_material', cutKey.start, cutKey.end, 'specific');
}

const bech32Alphabet = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const bech32Values = createBech32Values();
const bech32Generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
/** 32 bytes of key in 52 characters, then 6 of checksum. */
const ageDataCharacters = 58;
const minAgeEntropyBits = 3.5;

function createBech32Values(): Int8Array {
  const values = new Int8Array(256).fill(-1);
  for (let value = 0; value < bech32Alphabet.length; value += 1) {
    values[bech32Alphabet.charCodeAt(value)] = value;
    values[bech32Alphabet.toUpperCase().charCodeAt(value)] = value;
  }
  return values;
}

/** age identities: `AGE-SECRET-KEY-1…` and, post-quantum, `AGE-SECRET-KEY-PQ-1…`, in Bech32 (BIP 173). */
function detectAgeKey(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes } = text;
  const isPostQuantum = (bytes[hit.end] | 0x20) === 0x70 && (bytes[hit.end + 1] | 0x20) === 0x71 && bytes[hit.end + 2] === 0x2d;
  const separator = isPostQuantum ? hit.end + 3 : hit.end;
  const start = separator + 1;
  const end = start + ageDataCharacters;
  if (!text.spend(ageDataCharacters) || end > text.end || bytes[separator] !== 0x31) return;
  if (!isLeftEdge(bytes, text.start, hit.start) || !isRightEdge(bytes, end, text.end)) return;
  for (let at = start; at < end; at += 1) if (bech32Values[bytes[at]] < 0) return;
  if (shannonBitsPerByte(bytes, start, end) < minAgeEntropyBits) return;
  findings.add(id, 'key_material', hit.start, end, isBech32(bytes, hit.start, separator, end) ? 'certain' : 'specific');
}

function bech32Step(checksum: number, value: number): number {
  const top = checksum >>> 25;
  let next = ((checksum & 0x1ffffff) << 5) ^ value;
  for (let bit = 0; bit < 5; bit += 1) if (((top >>> bit) & 1) === 1) next ^= bech32Generators[bit];
  return next;
}

function isBech32(bytes: Uint8Array, start: number, separator: number, end: number): boolean {
  let checksum = 1;
  for (let at = start; at < separator; at += 1) checksum = bech32Step(checksum, foldLetter(bytes[at]) >> 5);
  checksum = bech32Step(checksum, 0);
  for (let at = start; at < separator; at += 1) checksum = bech32Step(checksum, foldLetter(bytes[at]) & 31);
  for (let at = separator + 1; at < end; at += 1) checksum = bech32Step(checksum, bech32Values[bytes[at]]);
  return checksum === 1;
}

function foldLetter(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}

const privateLines = 'Private-Lines:';
const privateMac = 'Private-MAC:';
const maxPuttyFileBytes = 16_384;
const minPuttyCharacters = 40;

/** PuTTY's key files: from the first line to the code that ends the file, when private lines with base64 stand between. */
function detectPuttyKey(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes } = text;
  const limit = Math.min(text.end, hit.end + maxPuttyFileBytes);
  let linesStart = -1;
  let at = hit.end;
  for (; at < limit; at += 1) {
    if ((bytes[at] | 0x20) !== 0x70) continue;
    if (linesStart < 0 && holdsExactly(bytes, at, limit, privateLines)) linesStart = at + privateLines.length;
    else if (holdsExactly(bytes, at, limit, privateMac) || holdsFolded(bytes, at, limit, puttyAnchor)) break;
  }
  if (!text.spend(at - hit.end) || linesStart < 0 || countDense(bytes, linesStart, at) < minPuttyCharacters) return;
  findings.add(id, 'key_material', hit.start, endOfMac(bytes, at, limit), 'certain');
}

/** Characters of base64 in runs of 20 and more. */
function countDense(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at += 1) {
    const stop = runEnd(bytes, at, end, base64Bit);
    if (stop - at >= 20) count += stop - at;
    at = stop;
  }
  return count;
}

function endOfMac(bytes: Uint8Array, at: number, limit: number): number {
  if (!holdsExactly(bytes, at, limit, privateMac)) return at;
  let end = at + privateMac.length;
  while (end < limit && (characterBits[bytes[end]] & spaceBit) !== 0) end += 1;
  return runEnd(bytes, end, limit, base64Bit);
}

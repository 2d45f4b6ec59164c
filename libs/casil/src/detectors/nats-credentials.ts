import { shannonBitsPerByte } from '../context/entropy.js';
import { hasValidChecksum } from '../rules/checksums.js';
import type { ScanText } from '../scan/scan-text.js';
import { base32Bit, characterBits, isRightEdge, isTokenEdge, runEnd } from './character-classes.js';
import type { AnchorHit, Detector, FindingSink } from './detector.js';

const id = 'nats-seed';

/** Two bytes of prefix, 32 of seed and two of checksum in base32. */
const seedCharacters = 58;
const minEntropyBits = 3.6;
/** Between the BEGIN line or a name and the seed: dashes, line breaks, escapes, quotes, an operator. */
const maxLeadBytes = 40;

/** The prefix bytes of a seed fix its first three characters: `S`, the kind of key, `A`. */
const seedAnchors = ['sua', 'saa', 'soa', 'sna', 'sca', 'sxa'];
const blockAnchor = 'nkey seed-----';
const nameAnchors = ['nkey', 'seed'];

/**
 * Seeds of NATS users, accounts, operators, servers, clusters and curve keys, alone or in a creds file, of which the finding covers the seed; its
 * user JWT is found as a JWT. A seed whose checksum is wrong is found too when nothing else speaks against it. Public keys, which begin with the
 * kind instead of `S`, are none.
 */
export const natsCredentialsDetector: Detector = {
  id,
  category: 'key_material',
  anchors: [...seedAnchors, blockAnchor, ...nameAnchors],
  detect(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
    if (hit.anchor < seedAnchors.length) {
      if (text.bytes[hit.start] === 0x53) reportSeed(text, hit.start, findings);
      return;
    }
    // Behind a name or a BEGIN line the third character is free; behind a BEGIN line the seed may be cut off.
    detectBehind(text, hit.end, hit.anchor === seedAnchors.length ? seedCharacters / 2 : seedCharacters, findings);
  },
};

/** The first run of the alphabet behind `from` that begins like a seed and has at least `minCharacters`. */
function detectBehind(text: ScanText, from: number, minCharacters: number, findings: FindingSink): void {
  const { bytes } = text;
  const limit = Math.min(text.end, from + maxLeadBytes);
  if (!text.spend(maxLeadBytes)) return;
  for (let at = from; at < limit; at += 1) {
    if (bytes[at] !== 0x53 || !isKind(bytes[at + 1])) continue;
    const end = runEnd(bytes, at, Math.min(text.end, at + seedCharacters), base32Bit);
    if (end - at < minCharacters) continue;
    if (end - at === seedCharacters) reportSeed(text, at, findings);
    else findings.add(id, 'key_material', at, end, 'specific');
    return;
  }
}

/** Reports what stands at `start` when it has a seed's form. */
function reportSeed(text: ScanText, start: number, findings: FindingSink): void {
  const { bytes } = text;
  const end = start + seedCharacters;
  if (end > text.end || !isKind(bytes[start + 1])) return;
  if (!isTokenEdge(bytes, text.start, start) || !isRightEdge(bytes, end, text.end)) return;
  const stop = runEnd(bytes, start, end, base32Bit);
  if (!text.spend(stop - start) || stop !== end) return;
  if (hasValidChecksum('nkey', bytes, start, end)) {
    findings.add(id, 'key_material', start, end, 'certain');
    return;
  }
  if (isInsideRun(bytes, text.start, start, end, text.end) || shannonBitsPerByte(bytes, start, end) < minEntropyBits) return;
  findings.add(id, 'key_material', start, end, 'specific');
}

/** User, account, operator, curve, server (N), cluster. */
function isKind(byte: number): boolean {
  return byte === 0x55 || byte === 0x41 || byte === 0x4f || byte === 0x58 || byte === 0x4e || byte === 0x43;
}

/** Whether base64 goes on at either side, so that the seed's form is a coincidence. */
function isInsideRun(bytes: Uint8Array, textStart: number, start: number, end: number, textEnd: number): boolean {
  const before = start > textStart ? bytes[start - 1] : 0x20;
  const after = end < textEnd ? bytes[end] : 0x20;
  return isJoiner(before) && isJoiner(after) && (characterBits[bytes[start - 2]] & base32Bit) !== 0;
}

function isJoiner(byte: number): boolean {
  return byte === 0x2b || byte === 0x2f;
}

import type { ScanText } from '../scan/scan-text.js';
import { byteClass, isSameText, lowerBit, nameBit, wideBit } from '../context/bytes.js';
import type { AnchorHit, Detector, FindingSink } from './detector.js';

const id = 'seed-phrase';

/** BIP 39: a phrase has 12, 15, 18, 21 or 24 words of 3 to 8 letters. */
const minWords = 12;
const maxWords = 24;
const wordsPerStep = 3;
const minLetters = 3;
const maxLetters = 8;
/** Quotes, brackets, colons, tags and blanks between the name and the first word. */
const maxGapBytes = 24;
/** Repeated words are those of published examples. */
const maxOfFirstWord = 3;

/** Recovery phrases of wallets behind a name that says so: words of small letters, as many as a phrase has, and nothing else. */
export const seedPhraseDetector: Detector = {
  id,
  category: 'key_material',
  anchors: ['mnemonic', 'seed phrase', 'seed_phrase', 'seed-phrase', 'seedphrase', 'recovery phrase', 'recovery_phrase', 'recovery-phrase', 'recoveryphrase', 'secret phrase', 'secret_phrase', 'wallet_seed', 'seed_words', 'seed words'],
  detect(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
    const { bytes } = text;
    const start = firstWord(text, hit.end);
    if (!text.spend(8) || start < 0) return;
    const limit = Math.min(text.end, start + (maxLetters + 1) * (maxWords + 1));
    let at = start;
    let end = start;
    let words = 0;
    let repeats = 0;
    while (at < limit && words <= maxWords) {
      const stop = wordEnd(bytes, at, limit);
      if (stop - at < minLetters || stop - at > maxLetters) break;
      if (isSameText(bytes, start, at, stop - at)) repeats += 1;
      words += 1;
      end = stop;
      if (bytes[stop] !== 0x20) break;
      at = stop + 1;
    }
    if (!text.spend(end - start) || words < minWords || words > maxWords || words % wordsPerStep !== 0 || repeats > maxOfFirstWord) return;
    const next = end < text.end && bytes[end] === 0x20 ? end + 1 : end;
    // A further word makes a sentence of it.
    if (next < text.end && (byteClass[bytes[next]] & (nameBit | wideBit)) !== 0) return;
    findings.add(id, 'key_material', start, end, 'specific');
  },
};

/** The first letter behind the name and what joins it to its value, or -1. */
function firstWord({ bytes, end }: ScanText, from: number): number {
  const limit = Math.min(end, from + maxGapBytes);
  let isJoined = false;
  for (let at = from; at < limit; at += 1) {
    const byte = bytes[at];
    if (byte === 0x3a || byte === 0x3d || byte === 0x3e || byte === 0x22 || byte === 0x27) isJoined = true;
    else if (isJoined && (byteClass[byte] & lowerBit) !== 0 && bytes[at - 1] !== 0x5c) return at;
  }
  return -1;
}

function wordEnd(bytes: Uint8Array, start: number, limit: number): number {
  let at = start;
  while (at < limit && (byteClass[bytes[at]] & lowerBit) !== 0) at += 1;
  return at;
}

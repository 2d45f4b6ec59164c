import { foldByte, standsAt } from './bytes.js';

/** Lower-case ASCII words by their first byte, for looking for any of them in one pass. */
export type WordIndex = readonly (readonly Uint8Array[] | undefined)[];

/** Index over lower-case ASCII `words`. */
export function indexWords(words: readonly string[]): WordIndex {
  const table: Uint8Array[][] = [];
  for (const word of words) (table[word.charCodeAt(0)] ??= []).push(Uint8Array.from(word, (character) => character.charCodeAt(0)));
  return table;
}

/** First position in `[start, end)` where one of the words stands, in any case, or -1. */
export function findWord(index: WordIndex, bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at += 1) {
    if (wordLengthAt(index, bytes, at, end) > 0) return at;
  }
  return -1;
}

/** Length of the word that stands at `at`, or 0. */
export function wordLengthAt(index: WordIndex, bytes: Uint8Array, at: number, end: number): number {
  const candidates = index[foldByte(bytes[at])];
  if (candidates === undefined) return 0;
  for (const candidate of candidates) {
    if (standsAt(bytes, at, end, candidate)) return candidate.length;
  }
  return 0;
}

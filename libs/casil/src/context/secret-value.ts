import { asciiBytes, byteClass, digitBit, lowerBit, nameBit, spaceBit, standsAt, upperBit, wideBit } from './bytes.js';
import { shannonBitsPerByte } from './entropy.js';
import { findWord, indexWords } from './find-word.js';
import { isExpression, isNumberLike, isReservedWord, isVersionedWord, type Writing } from './value-forms.js';
import { profileValue, ValueProfile } from './value-profile.js';

/** Scratch of one judgement; no judgement calls another. */
const profile = new ValueProfile();

const minPasswordBytes = 6;
const maxPasswordBytes = 128;
const minTokenBytes = 16;
const minMixedTokenBytes = 10;
const minChosenBytes = 9;
const minRandomCaseBytes = 12;
/** Different digits: the nil UUID and those counted up from it, as tests have them, are no secrets. */
const minUuidDigits = 5;

/** Words that a value about passwords holds, and a password hardly. */
const topicWords = indexWords([
  'password', 'passwd', 'passphrase', 'secret', 'token', 'credential', 'apikey', 'api-key', 'username', 'user-', 'label', 'field', 'input', 'error', 'invalid', 'required', 'forgot',
  'reset', 'change', 'confirm', 'login', 'button', 'title', 'hint', 'strength', 'placeholder', 'form-', 'icon', 'page', 'view', 'modal', 'link', 'config', 'service', 'default', 'value', 'string',
]);

/**
 * Whether `bytes[start, end)`, assigned to the name of a password, can be one: not a word, label, expression, path, type, number or version. `writing` tells
 * whether it may be code. Placeholders are for isPlaceholder to tell.
 */
export function isPlausiblePassword(bytes: Uint8Array, start: number, end: number, writing: Writing): boolean {
  profileValue(bytes, start, end, profile);
  const { length } = profile;
  if (length < minPasswordBytes || length > maxPasswordBytes || profile.spaces > 0) return false;
  if (isNumberLike(bytes, start, end)) return writing === 'text' && profile.digits === length && length <= 12;
  if (isExpression(bytes, start, end, writing) || isReservedWord(bytes, start, end)) return false;
  const stop = trimPunctuation(bytes, start, end);
  if (profile.digits === 0) return isPlausibleWithoutDigits(bytes, start, stop, end - stop);
  if (isVersionedWord(bytes, start, end)) return false;
  return !isIdentifier(bytes, start, end, writing);
}

/** A phrase of words, as passphrases are: at least four, small letters and digits alone, none of them what sentences need. */
export function isPassphrase(bytes: Uint8Array, start: number, end: number): boolean {
  let words = 0;
  let wordStart = start;
  for (let at = start; at <= end; at += 1) {
    if (at < end && (byteClass[bytes[at]] & (lowerBit | digitBit)) !== 0) continue;
    if (at < end && bytes[at] !== 0x20 && bytes[at] !== 0x2d) return false;
    if (at - wordStart < 3 || isSentenceWord(bytes, wordStart, at)) return false;
    words += 1;
    wordStart = at + 1;
  }
  return words >= 4 && end - start <= maxPasswordBytes;
}

/**
 * Whether `bytes[start, end)`, assigned to the name of a token or key, looks generated: long, without spaces, not made of words, and with the entropy
 * that random characters of its alphabet have at its length.
 */
export function isPlausibleToken(bytes: Uint8Array, start: number, end: number, writing: Writing): boolean {
  profileValue(bytes, start, end, profile);
  const { length, digits, lower, upper } = profile;
  if (length < minMixedTokenBytes || profile.spaces + profile.wide > 0) return false;
  const isRandomCase = lower > 0 && upper > 0 && countCaseChanges(bytes, start, end) * 10 >= (lower + upper) * 3;
  if (length < minTokenBytes && !isMixed(profile) && !(isRandomCase && length >= minRandomCaseBytes)) return false;
  if (profile.symbols * 4 > length || isForm(bytes, start, end, writing)) return false;
  if (isRandomPhrase(bytes, start, end)) return true;
  if (isMadeOfWords(profile, isRandomCase || profile.separators === 0 ? 2 / 3 : 1 / 2)) return false;
  if (digits === 0 && !isRandomCase && (length < 20 || isMadeOfWords(profile, 3 / 10))) return false;
  if (isIdentifier(bytes, start, end, writing)) return false;
  return shannonBitsPerByte(bytes, start, end) >= minEntropy(profile);
}

function isForm(bytes: Uint8Array, start: number, end: number, writing: Writing): boolean {
  return isNumberLike(bytes, start, end) || isExpression(bytes, start, end, writing);
}

/** What a short token has to be: of both cases, with digits; else its cases have to change at random. */
function isMixed(value: ValueProfile): boolean {
  return value.lower > 0 && value.upper > 0 && value.digits >= 2;
}

function isMadeOfWords(value: ValueProfile, share: number): boolean {
  return value.wordLetters >= (value.lower + value.upper + value.digits) * share;
}

/** Bits per byte that random values of this alphabet and length reach almost always. */
function minEntropy(value: ValueProfile): number {
  const { length } = value;
  if (value.isHex || isMarkedHex(value) || value.lower + value.upper === 0) return length >= 32 ? 3.0 : 2.7;
  if (length >= 40) return 3.8;
  if (length >= 24) return 3.4;
  return 2.6;
}

/** Hexadecimal digits with a mark of one or two other characters, such as `0x…` and `0/…`. */
function isMarkedHex({ others, digits, length }: ValueProfile): boolean {
  return others <= 2 && digits * 3 >= length;
}

/** Whether `bytes[start, end)` has the form of a UUID, 8-4-4-4-12 hexadecimal digits. */
export function isUuid(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== 36) return false;
  let digits = 0;
  for (let offset = 0; offset < 36; offset += 1) {
    const byte = bytes[start + offset];
    const isDash = offset === 8 || offset === 13 || offset === 18 || offset === 23;
    if (isDash ? byte !== 0x2d : (byteClass[byte] & 8) === 0) return false;
    if (!isDash) digits |= 1 << (byte & 0x1f);
  }
  return countOnes(digits) >= minUuidDigits;
}

function countOnes(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count += 1;
  return count;
}

/** How many of small letters, capitals, digits and other characters the last judged value has. */
export function countClasses(bytes: Uint8Array, start: number, end: number): number {
  profileValue(bytes, start, end, profile);
  const others = profile.length - profile.lower - profile.upper - profile.digits - profile.wide;
  return (profile.lower > 0 ? 1 : 0) + (profile.upper > 0 ? 1 : 0) + (profile.digits > 0 ? 1 : 0) + (others > 0 ? 1 : 0);
}

/** Whether the value is a password that somebody put where a token belongs: three classes at least, and a sign that no identifier has. */
export function isChosenSecret(bytes: Uint8Array, start: number, end: number, writing: Writing = 'text'): boolean {
  if (end - start < minChosenBytes || !isPlausiblePassword(bytes, start, end, writing)) return false;
  return countClasses(bytes, start, end) >= 3 && holdsPasswordSign(bytes, start, end);
}

/** Whether one of `!@#$%^&*` stands in the value: what people put into passwords, and identifiers never have. */
function holdsPasswordSign(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at];
    if (byte === 0x21 || byte === 0x40 || (byte >= 0x23 && byte <= 0x26) || byte === 0x5e || byte === 0x2a) return true;
  }
  return false;
}

/** Labels end in `:`, `*`, `.` or `…`; what stands before is judged. */
function trimPunctuation(bytes: Uint8Array, start: number, end: number): number {
  let stop = end;
  while (stop > start && (byteClass[bytes[stop - 1]] & (lowerBit | upperBit | digitBit | wideBit | spaceBit)) === 0) stop -= 1;
  return stop;
}

function isPlausibleWithoutDigits(bytes: Uint8Array, start: number, stop: number, trimmed: number): boolean {
  const { lower, upper, wide, symbols, separators, length } = profile;
  const letters = lower + upper;
  if (letters === 0) return symbols + separators >= 8 && wide === 0;
  if (letters + wide === length - trimmed) return isPlausibleOfLetters(bytes, start, stop, trimmed);
  if (!holdsSymbol(bytes, start, stop)) return isDashedPhrase(bytes, start, stop);
  return length >= 8 && (separators === 0 || (lower > 0 && upper > 0)) && !holdsTopic(bytes, start, stop);
}

/** Letters alone, with `trimmed` signs behind: base64 that ends in `=`, or letters that make no words. */
function isPlausibleOfLetters(bytes: Uint8Array, start: number, stop: number, trimmed: number): boolean {
  const { lower, upper, wide, wordLetters, length } = profile;
  const letters = lower + upper;
  const isMixed = lower > 0 && upper > 0;
  if (isMixed && trimmed > 0 && trimmed <= 2 && bytes[stop] === 0x3d && length % 4 === 0) return true;
  if (wide > 0 || trimmed > 2) return false;
  if (isMixed) return letters >= 8 && wordLetters * 10 < letters * 4 && countCaseChanges(bytes, start, stop) * 4 >= letters;
  return letters >= 12 && wordLetters === 0;
}

/** Whether a character stands there that joins no words. */
function holdsSymbol(bytes: Uint8Array, start: number, stop: number): boolean {
  for (let at = start; at < stop; at += 1) {
    const byte = bytes[at];
    if ((byteClass[byte] & (nameBit | wideBit | spaceBit)) === 0 || byte === 0x24) {
      if (byte !== 0x2f && byte !== 0x3a && byte !== 0x2c && byte !== 0x7c) return true;
    }
  }
  return false;
}

/** `correct-horse-battery`: three and more words joined by dashes, none of them about passwords. */
function isDashedPhrase(bytes: Uint8Array, start: number, stop: number): boolean {
  if (profile.dashes < 2 || profile.separators !== profile.dashes || profile.wide > 0) return false;
  if (profile.upper > 0 && profile.dashes < 3) return false;
  if (profile.dashes > 5 || holdsTopic(bytes, start, stop)) return false;
  let segment = 0;
  for (let at = start; at <= stop; at += 1) {
    if (at < stop && bytes[at] !== 0x2d) {
      segment += 1;
      continue;
    }
    if (segment < (profile.dashes < 3 ? 4 : 3)) return false;
    segment = 0;
  }
  return true;
}

/** Three and more groups of five and more letters or digits joined by dashes, not all of them words: what password managers propose. */
function isRandomPhrase(bytes: Uint8Array, start: number, end: number): boolean {
  const { lower, upper, digits, dashes, separators, symbols, wordLetters } = profile;
  if (dashes < 2 || separators !== dashes || symbols > 0 || end - start < 17 || (upper > 0 && lower === 0)) return false;
  let group = 0;
  let isEven = true;
  for (let at = start; at <= end; at += 1) {
    if (at < end && bytes[at] !== 0x2d) {
      group += 1;
      continue;
    }
    if (group < 5) return false;
    if (group !== 6) isEven = false;
    group = 0;
  }
  return wordLetters * 10 < (lower + upper) * (isEven ? 9 : 5) && digits * 2 <= end - start && !holdsTopic(bytes, start, end);
}

function countCaseChanges(bytes: Uint8Array, start: number, stop: number): number {
  let changes = 0;
  for (let at = start + 1; at < stop; at += 1) {
    const pair = (byteClass[bytes[at]] | byteClass[bytes[at - 1]]) & (lowerBit | upperBit);
    const both = byteClass[bytes[at]] & byteClass[bytes[at - 1]] & (lowerBit | upperBit);
    if (pair === (lowerBit | upperBit) && both === 0) changes += 1;
  }
  return changes;
}

/** Words joined by separators with a digit or two at an end (`input_password_1`, `app-tls-2`, `n.props.v2`), or a topic word with a digit. */
function isIdentifier(bytes: Uint8Array, start: number, end: number, writing: Writing): boolean {
  const { digits, symbols, separators, lower, upper, wordLetters } = profile;
  if (symbols > 0) return false;
  if (digits <= 2 && holdsTopic(bytes, start, end)) return true;
  const letters = lower + upper;
  if (separators === 0) return writing === 'code' && digits <= 2 && profile.words >= 2 && upper > 0 && wordLetters * 5 >= letters * 3 && (byteClass[bytes[start]] & digitBit) === 0;
  return isJoined(bytes, start, end, writing);
}

/** The words of isIdentifier where separators join them. */
function isJoined(bytes: Uint8Array, start: number, end: number, writing: Writing): boolean {
  const { digits, lower, upper, wordLetters, length } = profile;
  const letters = lower + upper;
  if (writing === 'text' && isDottedPhrase(bytes, end)) return false;
  if (profile.dots > 0 && digits * 3 <= (writing === 'code' ? length : 9) && startsEachSegmentWithLetter(bytes, start, end) && (writing === 'code' || wordLetters * 2 >= letters)) return true;
  if (profile.slashes > 0 && wordLetters * 2 >= letters) return true;
  if (profile.underscores > 0 && digits <= 2 && wordLetters * 2 >= letters) return true;
  return digits * 5 <= length && digits <= 2 && profile.dashes > 0 && wordLetters * 3 >= letters * 2 && writing === 'code' && profile.dashes < 2;
}

/** `Walnut.Bridge512`: two words of both cases and a number, which names of members hardly have. */
function isDottedPhrase(bytes: Uint8Array, end: number): boolean {
  const { digits, lower, upper, dots, separators } = profile;
  return digits >= 2 && upper > 0 && lower > 0 && dots === 1 && separators === 1 && (byteClass[bytes[end - 1]] & digitBit) !== 0;
}

function startsEachSegmentWithLetter(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    if ((at === start || bytes[at - 1] === 0x2e) && (byteClass[bytes[at]] & (lowerBit | upperBit)) === 0) return false;
  }
  return true;
}

function holdsTopic(bytes: Uint8Array, start: number, end: number): boolean {
  return findWord(topicWords, bytes, start, end) >= 0;
}

const sentenceWords = [
  'the', 'your', 'you', 'for', 'and', 'with', 'must', 'not', 'are', 'was', 'has', 'have', 'been', 'can', 'please', 'enter', 'this', 'that', 'should', 'will', 'from', 'than', 'least', 'password',
  'passphrase', 'characters', 'secret', 'token', 'new', 'old', 'all', 'any', 'one', 'use', 'used', 'set', 'when', 'into', 'required', 'user', 'invalid', 'length', 'key',
].map(asciiBytes);

function isSentenceWord(bytes: Uint8Array, start: number, end: number): boolean {
  for (const word of sentenceWords) {
    if (word.length === end - start && standsAt(bytes, start, end, word)) return true;
  }
  return false;
}

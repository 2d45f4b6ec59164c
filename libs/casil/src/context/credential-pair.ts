import { asciiBytes, byteClass, digitBit, isSameText, lowerBit, nameBit, standsAt, upperBit } from './bytes.js';
import { isPlaceholder } from './placeholder.js';

const minPasswordBytes = 3;
/** Ports have up to five digits; a password of so few digits is taken for one. */
const maxPortDigits = 5;

/** Names that examples give to users. */
const exampleUsers = ['user', 'username', 'usr', 'myuser', 'my_user', 'my-user', 'foo', 'alice', 'bob', 'me', 'login', 'name', 'uid', 'u', 'id', 'dbuser', 'db_user', 'scott', 'someone', 'you', 'usuario'].map(asciiBytes);

/** What examples have inside when they are of letters alone. */
const exampleParts = ['pass', 'pwd', 'secret', 'token', 'word', 'key', 'test', 'here', 'changeit', 'demo', 'sample'].map(asciiBytes);

/**
 * Whether `bytes[start, end)` is a password and not an example, given the user's name before it (`[userStart, userEnd)`, may be empty). The place where
 * it stands, a URL or `Authorization: Basic`, proves that it is meant as one, so words count too.
 */
export function isPasswordOfUser(bytes: Uint8Array, userStart: number, userEnd: number, start: number, end: number): boolean {
  if (end - start < minPasswordBytes || isPlaceholder(bytes, start, end)) return false;
  if (userEnd > userStart && isPlaceholderTemplate(bytes, userStart)) return false;
  if (userEnd - userStart === end - start && isSameText(bytes, userStart, start, end - start)) return false;
  const letters = countBits(bytes, start, end, lowerBit | upperBit);
  const digits = countBits(bytes, start, end, digitBit);
  if (digits === end - start) return digits > maxPortDigits;
  if (digits > 0) return !isExampleWithDigit(bytes, userStart, userEnd, start, end, digits);
  const upper = countBits(bytes, start, end, upperBit);
  if (countBits(bytes, start, end, nameBit) < end - start) return true;
  if (upper === letters || isListed(exampleUsers, bytes, userStart, userEnd)) return false;
  return end - start >= 4 && !holdsPart(bytes, start, end) && !isListed(exampleUsers, bytes, start, end);
}

/** `$USER`, `{user}`, `%s`, `<user>`: the password of a template is one too, however it looks. */
function isPlaceholderTemplate(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x24 || bytes[at] === 0x7b || bytes[at] === 0x25 || bytes[at] === 0x3c;
}

/** `user1:pass1`. */
function isExampleWithDigit(bytes: Uint8Array, userStart: number, userEnd: number, start: number, end: number, digits: number): boolean {
  if (digits > 1 || countBits(bytes, start, end, lowerBit | digitBit) < end - start) return false;
  return holdsPart(bytes, start, end) && userEnd > userStart && end - start <= 9;
}

function countBits(bytes: Uint8Array, start: number, end: number, bits: number): number {
  let count = 0;
  for (let at = start; at < end; at += 1) {
    if ((byteClass[bytes[at]] & bits) !== 0) count += 1;
  }
  return count;
}

function isListed(list: readonly Uint8Array[], bytes: Uint8Array, start: number, end: number): boolean {
  for (const word of list) {
    if (word.length === end - start && standsAt(bytes, start, end, word)) return true;
  }
  return false;
}

function holdsPart(bytes: Uint8Array, start: number, end: number): boolean {
  for (const part of exampleParts) {
    for (let at = start; at + part.length <= end; at += 1) {
      if (standsAt(bytes, at, end, part)) return true;
    }
  }
  return false;
}

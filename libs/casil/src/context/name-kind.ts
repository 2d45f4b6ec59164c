import { byteClass, foldByte, lowerBit, upperBit } from './bytes.js';
import { wordEnd } from './letter-pairs.js';
import { compoundEndings, wordRoles, type WordRole } from './name-words.js';

/**
 * What the value of a name is expected to be. `password`: chosen by people, may be short; `secret`: either; `token`: generated, so long and random;
 * `auth`: a generated credential, but the name alone says little; `none`: no secret, whatever the value.
 */
export type NameKind = 'password' | 'secret' | 'token' | 'auth' | 'none';

/** The kind of a name and how sure it is. A record to be reused. */
export class NameVerdict {
  kind: NameKind = 'none';
  /** Whether words that say nothing stand behind the keyword, as in `password_of_bob`. */
  isWeak = false;
  /** Whether a word before says whose or what token it is (`access_token`), unlike a bare `token`. */
  isQualified = false;
}

const maxWords = 12;
const starts = new Int32Array(maxWords);
const ends = new Int32Array(maxWords);

/** Judges the name `bytes[start, end)` by its words, last to first: `max_tokens`, `password_policy` and `secretName` name no secrets. */
export function judgeName(bytes: Uint8Array, start: number, end: number, out: NameVerdict): void {
  const count = splitWords(bytes, start, end);
  out.kind = 'none';
  out.isWeak = false;
  out.isQualified = false;
  for (let index = count - 1; index >= 0; index -= 1) {
    const role = roleOf(bytes, starts[index], ends[index]);
    if (role === 'negative' || role === 'negativeBoth') return;
    if (role === 'neutral') continue;
    if (role === 'unknown' || role === 'qualifier' || role === 'negativeBefore') {
      out.isWeak = true;
      continue;
    }
    const before = index > 0 ? roleOf(bytes, starts[index - 1], ends[index - 1]) : 'unknown';
    // `publicKeyToken` is of a public key.
    if (before === 'key' && index > 1 && roleOf(bytes, starts[index - 2], ends[index - 2]) === 'negativeBoth') return;
    settle(role, before, index, out);
    return;
  }
}

function settle(role: WordRole, before: WordRole, index: number, out: NameVerdict): void {
  if (role === 'key') {
    if (before !== 'qualifier' && before !== 'password' && before !== 'secret' && before !== 'token' && before !== 'auth') return;
    out.kind = before === 'secret' ? 'secret' : 'token';
    out.isQualified = true;
    return;
  }
  if (before === 'negativeBefore' || before === 'negativeBoth') return;
  out.isQualified = index > 0;
  if (role === 'password' || role === 'secret' || role === 'auth') out.kind = role;
  else out.kind = 'token';
}

/** Positions of the words of a name; of a name of more than 12 words the last ones. */
function splitWords(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  let at = start;
  while (at < end) {
    const classes = byteClass[bytes[at]];
    if ((classes & (lowerBit | upperBit)) === 0) {
      at += 1;
      continue;
    }
    const stop = wordEnd(bytes, at, end);
    if (count === maxWords) {
      starts.copyWithin(0, 1);
      ends.copyWithin(0, 1);
      count -= 1;
    }
    starts[count] = at;
    ends[count] = stop;
    count += 1;
    at = stop;
  }
  return count;
}

function roleOf(bytes: Uint8Array, start: number, end: number): WordRole {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ foldByte(bytes[at]), 0x01000193);
  const role = wordRoles.get(hash);
  if (role !== undefined) return role;
  for (const ending of compoundEndings) {
    const { literal } = ending;
    if (end - start > literal.length && endsWith(bytes, end, literal)) return ending.role;
  }
  return 'unknown';
}

function endsWith(bytes: Uint8Array, end: number, literal: Uint8Array): boolean {
  const start = end - literal.length;
  for (let offset = 0; offset < literal.length; offset += 1) {
    if (foldByte(bytes[start + offset]) !== literal[offset]) return false;
  }
  return true;
}

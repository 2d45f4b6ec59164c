import { asciiBytes, byteClass, digitBit, lowerBit, nameBit, skipBlanks, skipSpaces, standsAt, upperBit } from './bytes.js';
import { quoteLengthAt } from './quotes.js';
import { skipWrappers } from './wrapped-value.js';

/** Bytes of an object looked at for its value. */
export const maxObjectBytes = 96;
const maxFieldBytes = 24;
const maxTagBytes = 64;
const maxAnchorBytes = 32;
const maxCodeBytes = 8;
const maxProseWordBytes = 24;
const escape = 0x1b;

const valueWord = asciiBytes('value');
/** Further names of the field that holds the value of a named setting; `S` and `stringValue` are the types of databases and queues. */
const valueFields = ['default', 'val', 's', 'string', 'content', 'plaintext'].map(asciiBytes);
const inlineTags = ['code', 'b', 'strong', 'kbd', 'pre', 'tt', 'em', 'i', 'span', 'samp', 'td', 'dd', 'dt', 'th', 'li', 'label', 'a', 'p', 'div'].map(asciiBytes);
const formerValues = ['<nil> => ', 'null => ', 'nil => ', '"" => ', 'none -> ', 'null -> '].map(asciiBytes);
const proseLinks = [
  'is', 'are', 'was', 'to', 'by', 'be', 'of', 'set to', 'is set to', 'was set to', 'changed to', 'reset to', 'is now', 'lautet', 'ist', 'es', 'est', 'jest', 'will be',
].map(asciiBytes);
const proseOperators = ['=>', '->', ':', '=', 'is now ', 'is set to ', 'was set to ', 'changed to ', 'is '].map(asciiBytes);
const forWords = ['for ', 'is generated for ', 'generated for '].map(asciiBytes);
const flagWords = ['--value ', '--value=', '--body ', '--body=', '--secret-string ', '--string-value ', '--data ', '-b '].map(asciiBytes);
const maxFlagBytes = 64;

/** After `value=`, `"value":`, `"parameterValue":` or `default =` at `from`, else -1. */
export function readValueField(bytes: Uint8Array, from: number, limit: number): number {
  const start = from + quoteLengthAt(bytes, from, limit);
  const stop = Math.min(limit, start + maxFieldBytes);
  let at = start;
  while (at < stop && ((byteClass[bytes[at]] & (lowerBit | upperBit)) !== 0 || bytes[at] === 0x5f)) at += 1;
  if (!standsAt(bytes, at - valueWord.length, at, valueWord) && !isWhole(valueFields, bytes, start, at)) return -1;
  if (at - start < valueWord.length && at - start < 7 && start === from && !standsAt(bytes, start, at, valueFields[1])) return -1;
  at += quoteLengthAt(bytes, at, limit);
  at = skipBlanks(bytes, at, limit);
  if (at >= limit || (bytes[at] !== 0x3d && bytes[at] !== 0x3a)) return -1;
  return at + 1;
}

function isWhole(list: readonly Uint8Array[], bytes: Uint8Array, start: number, end: number): boolean {
  return list.some((word) => word.length === end - start && standsAt(bytes, start, end, word));
}

/** `{"value": "x"}`, `{"S": "x"}`, `{ type = string  default = "x" }`: the position of the value inside, else `at`. */
export function readObject(bytes: Uint8Array, at: number, limit: number): number {
  const stop = Math.min(limit, at + maxObjectBytes);
  for (let position = at + 1; position < stop && bytes[position] !== 0x7d; position += 1) {
    if ((byteClass[bytes[position - 1]] & (lowerBit | upperBit)) !== 0) continue;
    const after = readValueField(bytes, position, limit);
    if (after >= 0) return skipBlanks(bytes, after, limit);
  }
  return at;
}

/** What may stand before a value: `[` or `(` of a list, a string prefix (`b"x"`, `@"x"`), a colour, a tag, a former value, YAML's marks. */
export function skipDecoration(bytes: Uint8Array, from: number, limit: number): number {
  let at = skipColour(bytes, from, limit);
  if (at < limit && bytes[at] === 0x3c) at = skipInlineTags(bytes, skipFormer(bytes, at, limit), limit);
  else if (at < limit && (bytes[at] === 0x6e || bytes[at] === 0x22)) at = skipFormer(bytes, at, limit);
  if (at < limit && bytes[at] === 0x7b) return readObject(bytes, at, limit);
  if (at < limit && (bytes[at] === 0x5b || bytes[at] === 0x28)) {
    const item = skipSpaces(bytes, at + 1, limit);
    if (quoteLengthAt(bytes, item, limit) > 0) return item;
  }
  if (at < limit && bytes[at] !== 0x22 && bytes[at] !== 0x27) at = skipWrappers(bytes, at, limit);
  return skipYamlMarks(bytes, skipStringPrefix(bytes, at, limit), limit);
}

/** Behind `b`, `r`, `u`, `L`, `@` or `f` when a quotation mark follows, else `at`. */
export function skipStringPrefix(bytes: Uint8Array, at: number, limit: number): number {
  return at + 1 < limit && isStringPrefix(bytes[at]) && (bytes[at + 1] === 0x22 || bytes[at + 1] === 0x27) ? at + 1 : at;
}

function isStringPrefix(byte: number): boolean {
  return byte === 0x62 || byte === 0x72 || byte === 0x75 || byte === 0x4c || byte === 0x40 || byte === 0x66;
}

/** Behind `<nil> => ` of a log of changes, else `at`. */
function skipFormer(bytes: Uint8Array, at: number, limit: number): number {
  for (const former of formerValues) {
    if (standsAt(bytes, at, limit, former)) return at + former.length;
  }
  return at;
}

/** Behind a colour of terminals (`ESC [ 1 m`), else `at`. */
export function skipColour(bytes: Uint8Array, at: number, limit: number): number {
  if (at + 2 >= limit || bytes[at] !== escape || bytes[at + 1] !== 0x5b) return at;
  let position = at + 2;
  while (position < limit && position < at + maxCodeBytes && ((byteClass[bytes[position]] & digitBit) !== 0 || bytes[position] === 0x3b)) position += 1;
  return position < limit && bytes[position] === 0x6d ? position + 1 : at;
}

/** Behind up to three tags for looks (`</b>`, `<code>`), with white space between, else `from`. */
export function skipInlineTags(bytes: Uint8Array, from: number, limit: number): number {
  let at = from;
  for (let count = 0; count < 3 && at < limit && bytes[at] === 0x3c; count += 1) {
    const start = bytes[at + 1] === 0x2f ? at + 2 : at + 1;
    let end = start;
    while (end < limit && (byteClass[bytes[end]] & lowerBit) !== 0) end += 1;
    if (!isWhole(inlineTags, bytes, start, end)) return at;
    const stop = Math.min(limit, end + maxTagBytes);
    while (end < stop && bytes[end] !== 0x3e && bytes[end] !== 0x3c) end += 1;
    if (end >= limit || bytes[end] !== 0x3e) return at;
    at = skipSpaces(bytes, end + 1, limit);
  }
  return at;
}

/** An anchor (`&x`), a tag (`!!binary`) and the mark of a block (`|-`, `>`), with the line end behind it. */
function skipYamlMarks(bytes: Uint8Array, from: number, limit: number): number {
  let at = from;
  if (at + 2 < limit && ((bytes[at] === 0x21 && bytes[at + 1] === 0x21) || bytes[at] === 0x26)) {
    let end = at + 1;
    const stop = Math.min(limit, at + maxAnchorBytes);
    while (end < stop && ((byteClass[bytes[end]] & nameBit) !== 0 || bytes[end] === 0x21)) end += 1;
    if (end < limit && bytes[end] === 0x20) at = skipBlanks(bytes, end, limit);
  }
  if (at < limit && (bytes[at] === 0x7c || bytes[at] === 0x3e)) {
    const after = bytes[at + 1] === 0x2d || bytes[at + 1] === 0x2b ? at + 2 : at + 1;
    if (after < limit && bytes[after] === 0x0a) return skipSpaces(bytes, after, limit);
  }
  return at;
}

/** After the words that join name and value in prose: `is x`, `set to x`, `for staging: x`; else -1. */
export function readProseLink(bytes: Uint8Array, at: number, limit: number): number {
  for (const words of forWords) {
    if (standsAt(bytes, at, limit, words)) return readPurpose(bytes, at + words.length, limit);
  }
  let best = -1;
  for (const link of proseLinks) {
    if (!standsAt(bytes, at, limit, link)) continue;
    const after = at + link.length;
    if (after < limit && (bytes[after] === 0x20 || bytes[after] === 0x3a)) best = Math.max(best, after + 1);
  }
  return best;
}

/** `password for NAME => x`, `PASSWORD FOR 'name'@'host' = 'x'`. */
function readPurpose(bytes: Uint8Array, from: number, limit: number): number {
  const stop = Math.min(limit, from + maxProseWordBytes);
  let at = from;
  while (at < stop && isOfAccount(bytes[at])) at += 1;
  at = skipBlanks(bytes, at, limit);
  for (const operator of proseOperators) {
    if (standsAt(bytes, at, limit, operator) && bytes[at + operator.length] !== 0x2f) return at + operator.length;
  }
  return -1;
}

/** What the name of an account is made of, its host included: also `'`, `"`, a backtick, `@` and `%`. */
function isOfAccount(byte: number): boolean {
  return (byteClass[byte] & nameBit) !== 0 || byte === 0x27 || byte === 0x22 || byte === 0x60 || byte === 0x40 || byte === 0x25;
}

/** `secret set NAME --body x`, `--name X --type String --value x`: the position behind the flag in the same line, else -1. */
export function readValueFlag(bytes: Uint8Array, at: number, limit: number): number {
  const stop = Math.min(limit, at + maxFlagBytes);
  for (let position = at; position < stop && bytes[position] !== 0x0a && bytes[position] !== 0x7c; position += 1) {
    if (bytes[position] !== 0x2d || bytes[position - 1] !== 0x20) continue;
    for (const flag of flagWords) {
      if (standsAt(bytes, position, limit, flag)) return position + flag.length;
    }
  }
  return -1;
}

const publishWord = asciiBytes('pub ');
const environmentWords = ['env ', 'setenv ', 'setx ', 'set -x ', 'set -gx ', 'set -ux ', 'set -lx '].map(asciiBytes);
const maxKeyBytes = 96;
const maxIndentBytes = 16;
const setWords = ['set ', 'setnx ', 'getset '].map(asciiBytes);
const putWords = ['kv put ', 'etcdctl put '].map(asciiBytes);

/** `NAME TAB value`: the name begins its line, and one tab stands before the value at `at`. */
export function isFirstCell(bytes: Uint8Array, nameStart: number, at: number, textStart: number): boolean {
  return bytes[at - 1] === 0x09 && bytes[at - 2] !== 0x09 && (nameStart === textStart || bytes[nameStart - 1] === 0x0a);
}

/** `SET app:db_password x` of Redis, `consul kv put app/db_password x`, `nats kv put config db_password x`: the name ends a key of parts. */
export function isKeyOfStore(bytes: Uint8Array, nameStart: number, textStart: number): boolean {
  if (nameStart <= textStart) return false;
  const before = bytes[nameStart - 1];
  if (before !== 0x3a && before !== 0x2f && before !== 0x20) return false;
  const first = Math.max(textStart, nameStart - maxKeyBytes);
  let start = before === 0x20 ? nameStart - 1 : nameStart;
  while (start > first && bytes[start - 1] > 0x20) start -= 1;
  if (putWords.some((word) => start - word.length >= textStart && standsAt(bytes, start - word.length, start, word))) return true;
  return before === 0x3a && setWords.some((word) => start - word.length >= textStart && standsAt(bytes, start - word.length, start, word) && isWordStart(bytes, start - word.length, textStart));
}

/** `set password x` of Tcl and Expect: a line of its own, with one word at `at`. */
export function isVariableOfSet(bytes: Uint8Array, nameStart: number, at: number, limit: number, textStart: number): boolean {
  let end = at;
  while (end < limit && bytes[end] > 0x20 && bytes[end] !== 0x3b) end += 1;
  if (bytes[end] === 0x20) return false;
  const start = nameStart - setWords[0].length;
  if (start < textStart || !standsAt(bytes, start, nameStart, setWords[0])) return false;
  let line = start;
  while (line > textStart && line > start - maxIndentBytes && (bytes[line - 1] === 0x20 || bytes[line - 1] === 0x09)) line -= 1;
  return line === textStart || bytes[line - 1] === 0x0a;
}

function isWordStart(bytes: Uint8Array, at: number, textStart: number): boolean {
  return at === textStart || (byteClass[bytes[at - 1]] & nameBit) === 0;
}

/** `PUB $KV.config.api_secret 16`, the payload in the next line: the position of the payload, else -1. */
export function readPayload(bytes: Uint8Array, at: number, limit: number, nameStart: number, textStart: number): number {
  let end = at;
  while (end < limit && end < at + 6 && (byteClass[bytes[end]] & digitBit) !== 0) end += 1;
  if (end === at || bytes[end] !== 0x0d || bytes[end + 1] !== 0x0a) return -1;
  return nameStart - 4 >= textStart && (standsAt(bytes, nameStart - 4, nameStart, publishWord) || standsAt(bytes, nameStart - 5, nameStart, publishWord)) ? end + 2 : -1;
}

/** `ENV NAME value`, `setenv NAME value`, `set -x NAME value`: settings whose value follows a blank. */
export function isAfterEnvironmentWord(bytes: Uint8Array, nameStart: number, textStart: number): boolean {
  for (const word of environmentWords) {
    const start = nameStart - word.length;
    if (start < textStart || !standsAt(bytes, start, nameStart, word)) continue;
    if (start === textStart || (byteClass[bytes[start - 1]] & (lowerBit | upperBit | digitBit)) === 0) return true;
  }
  return false;
}

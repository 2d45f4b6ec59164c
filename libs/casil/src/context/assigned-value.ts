import type { ScanText } from '../scan/scan-text.js';
import { asciiBytes, byteClass, digitBit, findByte, lowerBit, nameBit, skipBlanks, skipSpaces, spaceBit, standsAt, upperBit, wideBit } from './bytes.js';
import { isAfterEnvironmentWord, isFirstCell, isKeyOfStore, isVariableOfSet, maxObjectBytes, readObject, readPayload, readProseLink, readValueField, readValueFlag, skipColour, skipDecoration, skipInlineTags, skipStringPrefix } from './before-value.js';
import { findQuotedEnd, quoteLengthAt } from './quotes.js';
import { readAfterAccessors, readCopied, readTypeThenAssign } from './typed-value.js';
import { findCdataEnd, findElementEnd, findLineEnd, findUnquotedEnd } from './unquoted-value.js';
import { readValueBefore } from './value-before-name.js';
import { skipOpening } from './wrapped-value.js';

/**
 * How name and value are joined. `=`: all forms of assignment and comparison; `:`: mappings and headers; `>`: an XML element; `,`: the next argument or
 * item; `(`: the argument of a call; `|`: a cell or a dash; `value`: a pair of attributes or fields, name in one and value in the other; `form`: a part
 * of multipart form data; `is`: prose; ` `: nothing but space.
 */
export type AssignOperator = '=' | ':' | '>' | ',' | '(' | '|' | 'value' | 'form' | 'is' | ' ';

/** A name and the value assigned to it; ranges are half-open. A record to be reused. */
export class AssignedValue {
  nameStart = 0;
  nameEnd = 0;
  start = 0;
  end = 0;
  isQuoted = false;
  operator: AssignOperator = '=';
  /** Whether a quotation mark stands after the name. */
  isNameQuoted = false;
  /** Whether the value goes on behind `end`, because it is longer than what is looked at. */
  isCut = false;
}

const maxNameBytes = 64;
const maxLookBytes = 320;
const maxClosers = 4;
const maxTagBytes = 96;
const maxFieldBytes = 48;

const closingNames = ['</key>', '</name>', '</param-name>', '</env-entry-name>'].map(asciiBytes);
const openingValues = ['<string>', '<value>', '<param-value>', '<env-entry-value>'].map(asciiBytes);
const keyAttribute = asciiBytes(' key');
const nameAttribute = asciiBytes(' name');
const cdata = asciiBytes('<![cdata[');
const markerStart = asciiBytes('[redacted:');
const schemes = ['bearer ', 'basic ', 'token ', 'apikey ', 'api-key ', 'bot ', 'key ', 'geniekey ', 'ssws ', 'apitoken ', 'splunk ', 'oauth '].map(asciiBytes);

/**
 * Reads the value assigned to the name that holds a keyword ending at `at`; false when none is. Understands JSON (also inside JSON strings), YAML,
 * environment files, XML elements and attributes, query strings, headers, code, command-line flags and form data. Looks at no more than 320 bytes
 * behind `at` and 64 before, takes them from `text.spend`, and allocates nothing.
 */
export function readAssignedValue(text: ScanText, at: number, out: AssignedValue): boolean {
  const { bytes } = text;
  const limit = Math.min(text.end, at + maxLookBytes);
  readAssignedName(text, at, out);
  const afterName = skipClosers(bytes, out.nameEnd, limit, out);
  const afterOperator = readOperator(bytes, afterName, limit, text.start, out);
  const isFound = afterOperator >= 0 ? readValue(text, afterOperator, limit, out) : closesRecord(bytes, afterName, out) && readFieldBefore(text, out);
  const looked = out.nameEnd - out.nameStart + (isFound ? Math.abs(out.end - out.nameEnd) : stepsOfVainSearch) + stepsOfObject(bytes, afterOperator);
  return text.spend(looked) && isFound;
}

/** Whether the name ends its record, so that its value can only stand before it. */
function closesRecord(bytes: Uint8Array, at: number, { isNameQuoted }: AssignedValue): boolean {
  return isNameQuoted && bytes[at] === 0x7d;
}

function readFieldBefore({ bytes, start }: ScanText, out: AssignedValue): boolean {
  out.operator = 'value';
  out.isQuoted = true;
  out.isCut = false;
  return readValueBefore(bytes, out.nameStart, start, out);
}

const stepsOfVainSearch = 16;

/** An object is looked into at every name of it. */
function stepsOfObject(bytes: Uint8Array, at: number): number {
  const isObject = at >= 0 && (bytes[at] === 0x7b || (bytes[at] === 0x20 && bytes[at + 1] === 0x7b));
  return isObject ? maxObjectBytes * 4 : 0;
}

/** The name that holds a keyword ending at `at`, as `readAssignedValue` takes it. */
export function readAssignedName(text: ScanText, at: number, out: AssignedValue): void {
  const { bytes } = text;
  const limit = Math.min(text.end, at + maxLookBytes);
  const first = Math.max(text.start, at - maxNameBytes);
  let start = at;
  while (start > first && (byteClass[bytes[start - 1]] & nameBit) !== 0) start -= 1;
  let end = at;
  const last = Math.min(limit, at + maxNameBytes);
  while (end < last && (byteClass[bytes[end]] & (nameBit | wideBit)) !== 0) end += 1;
  while (end > at && (bytes[end - 1] === 0x2d || bytes[end - 1] === 0x2e)) end -= 1;
  out.nameStart = start;
  out.nameEnd = end;
}

/** Skips what may close the name: quotation marks, `]`, `)`, `[0]`, `**`. */
function skipClosers(bytes: Uint8Array, from: number, limit: number, out: AssignedValue): number {
  let at = from;
  out.isNameQuoted = false;
  for (let count = 0; count < maxClosers && at < limit; count += 1) {
    const byte = bytes[at];
    const quote = quoteLengthAt(bytes, at, limit);
    if (quote > 0 && !out.isNameQuoted) {
      out.isNameQuoted = true;
      at += quote;
    } else if (byte === 0x5d || byte === 0x2a || (byte === 0x29 && out.isNameQuoted)) {
      at += 1;
    } else if (byte === 0x1b) {
      const after = skipColour(bytes, at, limit);
      if (after === at) return at;
      at = after;
    } else if (byte === 0x3a && !out.isNameQuoted && isClosedBeforeComma(bytes, at + 1, limit)) {
      at += 1;
    } else if (byte === 0x5b) {
      let inner = at + 1;
      while (inner < limit && inner < at + 8 && (byteClass[bytes[inner]] & digitBit) !== 0) inner += 1;
      if (bytes[inner] !== 0x5d) return at;
      at = inner + 1;
    } else {
      return at;
    }
  }
  return at;
}

/** `"title": "Password:", "value": …`: the colon belongs to the name. */
function isClosedBeforeComma(bytes: Uint8Array, at: number, limit: number): boolean {
  const quote = quoteLengthAt(bytes, at, limit);
  return quote > 0 && at + quote < limit && bytes[at + quote] === 0x2c;
}

/** Position after the operator, with `out.operator` set; -1 when there is none. */
function readOperator(bytes: Uint8Array, from: number, limit: number, textStart: number, out: AssignedValue): number {
  const at = skipBlanks(bytes, from, limit);
  if (at >= limit) return -1;
  const next = at + 1 < limit ? bytes[at + 1] : 0;
  out.operator = '=';
  switch (bytes[at]) {
    case 0x3d: // =
      return next === 0x7e ? -1 : skipOperatorBytes(bytes, at + 1, limit);
    case 0x3a: // :
      return readColon(bytes, at, limit, out);
    case 0x3f: // ?= ?: ??
      if (next === 0x3a) out.operator = ':';
      return next === 0x3d || next === 0x3a || next === 0x3f ? skipOperatorBytes(bytes, at + 2, limit) : -1;
    case 0x21: // != !==
    case 0x2e: // .=
    case 0x2b: // +=
      return next === 0x3d ? skipOperatorBytes(bytes, at + 2, limit) : -1;
    case 0x2d: // -> and a dash
      return readDash(bytes, at, limit, at > from, textStart, out);
    case 0x7c: // || and |
      if (next === 0x7c) return skipOperatorBytes(bytes, at + 2, limit);
      out.operator = '|';
      return next === 0x20 || isCellOfRow(bytes, out.nameStart, textStart) ? at + 1 : -1;
    case 0x3e: // >
      return readTagEnd(bytes, at, from, textStart, out);
    case 0x3c: // </key><string> and <-
      return next === 0x2d ? at + 2 : readNextElement(bytes, at, limit, out);
    case 0x2c: // ,
      return readComma(bytes, at, limit, textStart, out);
    case 0x28: // (
    case 0x7b: // {
      if (at > from && bytes[at] === 0x7b) return readAfterSpace(bytes, at, limit, textStart, out);
      out.operator = '(';
      return quoteLengthAt(bytes, at + 1, limit) > 0 ? at + 1 : -1;
    case 0x0a:
    case 0x0d:
      return readNextLine(bytes, at, limit, out);
    default:
      return at > from ? readAfterSpace(bytes, at, limit, textStart, out) : -1;
  }
}

/** Whether the name stands in a cell of a row of wiki markup, `|name|x|`: a bar before it, and before that a line start or another bar. */
function isCellOfRow(bytes: Uint8Array, nameStart: number, textStart: number): boolean {
  const first = Math.max(textStart, nameStart - maxNameBytes);
  let at = nameStart;
  while (at > first && ((byteClass[bytes[at - 1]] & nameBit) !== 0 || bytes[at - 1] === 0x20)) at -= 1;
  return at > textStart && bytes[at - 1] === 0x7c && (at - 1 === textStart || bytes[at - 2] === 0x0a || bytes[at - 2] === 0x7c);
}

/** `->`, a dash between blanks, and `--value x` of commands. */
function readDash(bytes: Uint8Array, at: number, limit: number, isAfterBlank: boolean, textStart: number, out: AssignedValue): number {
  const next = bytes[at + 1];
  if (next === 0x3e) return at + 2;
  if (next === 0x2d && isAfterBlank) return readAfterSpace(bytes, at, limit, textStart, out);
  out.operator = '|';
  return next === 0x20 && isAfterBlank ? at + 2 : -1;
}

/** The rest of `==`, `===`, `=>`, `??=`, `||=`. */
function skipOperatorBytes(bytes: Uint8Array, from: number, limit: number): number {
  let at = from;
  while (at < limit && at < from + 2 && bytes[at] === 0x3d) at += 1;
  if (at < limit && bytes[at] === 0x3e) at += 1;
  return at;
}

function readColon(bytes: Uint8Array, at: number, limit: number, out: AssignedValue): number {
  const next = at + 1 < limit ? bytes[at + 1] : 0;
  if (next === 0x3a && isColonsThenEquals(bytes, at + 1)) return at + (bytes[at + 2] === 0x3d ? 3 : 4);
  if (next === 0x3a && bytes[at + 2] === 0x20) return at + 3;
  if (next === 0x3a || (next === 0x2f && bytes[at + 2] === 0x2f)) return -1;
  if (next === 0x3d || (next === 0x2d && byteClass[bytes[at + 2]] & (lowerBit | upperBit | digitBit))) return at + 2;
  out.operator = ':';
  let after = at + 1;
  while (after < limit && after < at + 3 && bytes[after] === 0x2a) after += 1;
  return after;
}

/** `::=` and `:::=`, with `at` behind the first colon. */
function isColonsThenEquals(bytes: Uint8Array, at: number): boolean {
  return bytes[at + 1] === 0x3d || (bytes[at + 1] === 0x3a && bytes[at + 2] === 0x3d);
}

/** `<password>x`, `<ns:password>x`, `<entry key="password">x`. */
function readTagEnd(bytes: Uint8Array, at: number, from: number, textStart: number, out: AssignedValue): number {
  const before = out.nameStart > textStart ? bytes[out.nameStart - 1] : 0;
  if (!out.isNameQuoted && (at !== from || (before !== 0x3c && before !== 0x3a))) return -1;
  out.operator = '>';
  return at + 1;
}

/** `<key>password</key><string>x`, `<name>password</name> <value>x`. */
function readNextElement(bytes: Uint8Array, at: number, limit: number, out: AssignedValue): number {
  const closing = lengthOfAny(closingNames, bytes, at, limit);
  if (closing === 0) return readCell(bytes, at, limit, out);
  const tag = skipSpaces(bytes, at + closing, limit);
  const opening = lengthOfAny(openingValues, bytes, tag, limit);
  if (opening === 0) return -1;
  out.operator = '>';
  return tag + opening;
}

/** `<td>Password</td><td>x</td>`, `<b>Password</b> x`: tags for looks between name and value. */
function readCell(bytes: Uint8Array, at: number, limit: number, out: AssignedValue): number {
  if (bytes[at + 1] !== 0x2f) return -1;
  const after = skipInlineTags(bytes, at, limit);
  if (after === at) return -1;
  out.operator = '|';
  if (bytes[after] === 0x3a) return after + 1;
  return bytes[after - 1] === 0x3e && bytes[skipSpaces(bytes, after, limit)] !== 0x3c ? after : -1;
}

/** Length of the literal that stands at `at`, or 0. */
function lengthOfAny(literals: readonly Uint8Array[], bytes: Uint8Array, at: number, limit: number): number {
  for (const literal of literals) {
    if (standsAt(bytes, at, limit, literal)) return literal.length;
  }
  return 0;
}

/** `("password", "x")` and `{"name": "password", "value": "x"}`. */
function readComma(bytes: Uint8Array, at: number, limit: number, textStart: number, out: AssignedValue): number {
  const item = skipStringPrefix(bytes, skipSpaces(bytes, at + 1, limit), limit);
  const pair = readPairedValue(bytes, item, limit, out);
  if (pair >= 0) {
    out.operator = 'value';
    return pair;
  }
  out.operator = ',';
  // The name of a detector in the marker of a redaction says nothing of the next item.
  const marker = out.nameStart - markerStart.length;
  if (marker >= textStart && standsAt(bytes, marker, out.nameStart, markerStart)) return -1;
  const before = out.nameStart > textStart ? bytes[out.nameStart - 1] : 0x0a;
  if (!out.isNameQuoted && before !== 0x7b && before !== 0x3a) {
    if (before === 0x0a) return item === at + 1 ? item : -1;
    out.operator = '=';
    return readCopied(bytes, at, limit, out.nameStart, textStart);
  }
  return quoteLengthAt(bytes, item, limit) > 0 ? item : -1;
}

/** `"value": "x"`, also behind one other field, `"Type": "String"`. */
function readPairedValue(bytes: Uint8Array, item: number, limit: number, out: AssignedValue): number {
  const pair = readValueField(bytes, item, limit);
  if (pair >= 0 || !out.isNameQuoted || bytes[item] !== 0x22) return pair;
  const comma = findByte(bytes, 0x2c, item, Math.min(limit, item + maxFieldBytes));
  return comma < 0 || findByte(bytes, 0x3a, item, comma) < 0 ? -1 : readValueField(bytes, skipSpaces(bytes, comma + 1, limit), limit);
}

/** Multipart form data (`name="password"`, an empty line, the value) and lists of pairs in YAML (`name: X`, next line `value: y`). */
function readNextLine(bytes: Uint8Array, at: number, limit: number, out: AssignedValue): number {
  let position = at;
  let lines = 0;
  while (position < limit && (bytes[position] === 0x0a || bytes[position] === 0x0d)) {
    if (bytes[position] === 0x0a) lines += 1;
    position += 1;
  }
  if (lines === 2 && out.isNameQuoted && out.nameStart > 1 && bytes[out.nameStart - 2] === 0x3d) {
    out.operator = 'form';
    return position;
  }
  out.operator = 'value';
  const field = skipBlanks(bytes, position, limit);
  return lines === 1 && field > position ? readValueField(bytes, field, limit) : -1;
}

/** After a name and a blank: `value="x"`, a tag's further attributes, `is x`, a type and `=`, or a quoted value. */
function readAfterSpace(bytes: Uint8Array, at: number, limit: number, textStart: number, out: AssignedValue): number {
  if (quoteLengthAt(bytes, at, limit) > 0) {
    out.operator = ' ';
    return at;
  }
  if (out.isNameQuoted) {
    out.operator = 'value';
    if (bytes[at] !== 0x7b) {
      const field = readValueField(bytes, at, limit);
      return field >= 0 ? field : readFurtherAttributes(bytes, at, limit, out);
    }
    const inside = readObject(bytes, at, limit);
    return inside > at ? inside : -1;
  }
  if (isFirstCell(bytes, out.nameStart, at, textStart) || isKeyOfStore(bytes, out.nameStart, textStart) || isVariableOfSet(bytes, out.nameStart, at, limit, textStart)) {
    out.operator = '|';
    return at;
  }
  if (out.nameStart > textStart && (bytes[out.nameStart - 1] === 0x3c || bytes[out.nameStart - 1] === 0x3a)) {
    const close = findByte(bytes, 0x3e, at, Math.min(limit, at + maxTagBytes));
    out.operator = '>';
    return close < 0 || bytes[close - 1] === 0x2f ? -1 : close + 1;
  }
  if (isAfterEnvironmentWord(bytes, out.nameStart, textStart)) return at;
  const payload = readPayload(bytes, at, limit, out.nameStart, textStart);
  if (payload >= 0) {
    out.operator = 'form';
    return payload;
  }
  if (bytes[at] === 0x2d) {
    out.operator = 'value';
    return readValueFlag(bytes, at, limit);
  }
  const typed = bytes[at] === 0x7b ? readAfterAccessors(bytes, at, limit) : readTypeThenAssign(bytes, at, limit);
  if (typed >= 0) return typed;
  out.operator = 'is';
  return readProseLink(bytes, at, limit);
}

/** `<setting name="password" type="x"><value>x`: the position behind the tag, when an element of a value follows. */
function readFurtherAttributes(bytes: Uint8Array, at: number, limit: number, out: AssignedValue): number {
  const close = findByte(bytes, 0x3e, at, Math.min(limit, at + maxTagBytes));
  if (close < 0 || bytes[close - 1] === 0x2f) return -1;
  if (lengthOfAny(openingValues, bytes, skipSpaces(bytes, close + 1, limit), limit) === 0 && !isNamingAttribute(bytes, out.nameStart)) return -1;
  out.operator = '>';
  return close + 1;
}

/** Whether the name is the value of an attribute `key` or `name`. */
function isNamingAttribute(bytes: Uint8Array, nameStart: number): boolean {
  const equals = nameStart - 2;
  return bytes[equals] === 0x3d && (standsAt(bytes, equals - 4, equals, keyAttribute) || standsAt(bytes, equals - 5, equals, nameAttribute));
}

function readValue(text: ScanText, from: number, limit: number, out: AssignedValue): boolean {
  const { bytes } = text;
  if (out.operator === '>') return readElement(text, from, limit, out);
  const afterBlanks = out.operator === ':' && out.isNameQuoted ? skipSpaces(bytes, from, limit) : skipBlanks(bytes, from, limit);
  const at = skipDecoration(bytes, afterBlanks, limit);
  const opened = skipOpening(bytes, at, limit);
  if (opened >= 0 && (out.operator === '=' || out.operator === ':')) return readOpened(bytes, opened, limit, out);
  const quote = out.operator === 'form' ? 0 : quoteLengthAt(bytes, at, limit);
  if (quote === 0 && !mayStandBare(bytes, text.start, out)) return false;
  if (quote > 0 ? closesStringOfName(bytes, at, quote, text.start, out) : isNextField(bytes, from, at, limit, out)) return false;
  if (quote === 1 && bytes[at + 1] === bytes[at] && bytes[at + 2] === bytes[at]) {
    readTripleQuoted(bytes, at, limit, out);
  } else {
    const open = isDoubledMark(bytes, at) ? at + 1 : at;
    out.isQuoted = quote > 0;
    out.start = open + quote;
    skipScheme(bytes, limit, out);
    out.end = quote > 0 ? findQuotedEnd(bytes, open, quote, limit) : findBareEnd(bytes, limit, out);
  }
  out.isCut = out.end === limit && limit < text.end;
  if (quote === 0 && out.operator === ':') return readTypedValue(bytes, limit, out);
  return out.end > out.start;
}

/** What an opening such as `%q(` begins, to the sign that closes it. */
function readOpened(bytes: Uint8Array, from: number, limit: number, out: AssignedValue): boolean {
  out.isQuoted = false;
  out.isCut = false;
  out.start = from;
  out.end = findUnquotedEnd(bytes, from, limit);
  return out.end > from;
}

/** `''x''` of Nix. */
function isDoubledMark(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x27 && bytes[at + 1] === 0x27 && (byteClass[bytes[at + 2]] & (lowerBit | upperBit | digitBit)) !== 0;
}

/** Text in three quotation marks, the first line of it that holds anything. */
function readTripleQuoted(bytes: Uint8Array, at: number, limit: number, out: AssignedValue): void {
  out.isQuoted = true;
  out.start = skipSpaces(bytes, at + 3, limit);
  out.end = findQuotedEnd(bytes, out.start - 1, 1, limit);
  if (bytes[out.start - 1] === bytes[at]) return;
  out.end = out.start;
  while (out.end < limit && (byteClass[bytes[out.end]] & spaceBit) === 0 && bytes[out.end] !== bytes[at]) out.end += 1;
}

/** The next argument, item or word counts only in quotation marks; a cell of a line `name,x` too when the name begins the line. */
function mayStandBare(bytes: Uint8Array, textStart: number, out: AssignedValue): boolean {
  if (out.operator === ',') return !out.isNameQuoted && (out.nameStart === textStart || bytes[out.nameStart - 1] === 0x0a);
  return out.operator !== '(' && out.operator !== ' ';
}

/** `"password=" + x`: the mark closes the string that the name stands in. */
function closesStringOfName(bytes: Uint8Array, at: number, quote: number, textStart: number, out: AssignedValue): boolean {
  return quote === 1 && !out.isNameQuoted && out.nameEnd > out.nameStart && out.operator !== ' ' && out.nameStart > textStart && bytes[out.nameStart - 1] === bytes[at];
}

/** `password= user=x`: the value is empty, and the next field follows. */
function isNextField(bytes: Uint8Array, from: number, field: number, limit: number, out: AssignedValue): boolean {
  if (field === from || out.operator !== '=' || from !== out.nameEnd + 1) return false;
  let at = field;
  while (at < limit && (byteClass[bytes[at]] & nameBit) !== 0) at += 1;
  return at > field && bytes[at] === 0x3d && bytes[at + 1] !== 0x3d;
}

/** The text of an element, or of its CDATA section. */
function readElement(text: ScanText, from: number, limit: number, out: AssignedValue): boolean {
  const { bytes } = text;
  let at = skipSpaces(bytes, from, limit);
  at = skipSpaces(bytes, at + lengthOfAny(openingValues, bytes, at, limit), limit);
  if (standsAt(bytes, at, limit, cdata)) at += cdata.length;
  out.isQuoted = false;
  out.start = at;
  const end = findBareEnd(bytes, limit, out);
  skipScheme(bytes, limit, out);
  out.end = Math.max(end, out.start);
  out.isCut = out.end === limit && limit < text.end;
  if (bytes[out.start] === 0x40 && (bytes[out.end + 1] !== 0x2f || bytes[out.nameStart - 2] === 0x3a)) return false;
  if (!out.isCut && (out.end >= limit || !closesElement(bytes, out.end, limit))) return false;
  return out.end > out.start;
}

function findBareEnd(bytes: Uint8Array, limit: number, out: AssignedValue): number {
  if (out.operator === '>') return standsAt(bytes, out.start - cdata.length, out.start, cdata) ? findCdataEnd(bytes, out.start, limit) : findElementEnd(bytes, out.start, limit);
  if (out.operator === 'form') return findLineEnd(bytes, out.start, limit);
  let end = findUnquotedEnd(bytes, out.start, limit);
  if (out.nameStart > 0 && bytes[out.nameStart - 1] === 0x7c) return Math.max(out.start, findByte(bytes, 0x7c, out.start, end) < 0 ? end : findByte(bytes, 0x7c, out.start, end));
  if (out.operator !== '=' || !isEnvironmentName(bytes, out)) return end;
  // Outside of query strings an ampersand separates nothing.
  while (end + 1 < limit && bytes[end] === 0x26 && (byteClass[bytes[end + 1]] & (lowerBit | upperBit | digitBit)) !== 0) end = findUnquotedEnd(bytes, end + 1, limit);
  return end;
}

/** `NAME=` in capitals that is no parameter of a query string. */
function isEnvironmentName(bytes: Uint8Array, out: AssignedValue): boolean {
  if (out.start !== out.nameEnd + 1 || (out.nameStart > 0 && (bytes[out.nameStart - 1] === 0x26 || bytes[out.nameStart - 1] === 0x3f))) return false;
  for (let at = out.nameStart; at < out.nameEnd; at += 1) {
    if ((byteClass[bytes[at]] & lowerBit) !== 0) return false;
  }
  return true;
}

/** Whether a tag follows, so that what was read is the text of an element; `<password>@host` is a template. */
function closesElement(bytes: Uint8Array, at: number, limit: number): boolean {
  const tag = skipSpaces(bytes, at, limit);
  return tag < limit && (bytes[tag] === 0x3c || bytes[tag] === 0x5d);
}

/** `password: string = "x"`: what was taken for the value is a type. */
function readTypedValue(bytes: Uint8Array, limit: number, out: AssignedValue): boolean {
  const assigned = readTypeThenAssign(bytes, out.start, limit);
  if (assigned < 0) return out.end > out.start;
  const quote = quoteLengthAt(bytes, assigned, limit);
  out.isQuoted = true;
  out.operator = '=';
  out.start = assigned + quote;
  out.end = findQuotedEnd(bytes, assigned, quote, limit);
  return out.end > out.start;
}

function skipScheme(bytes: Uint8Array, limit: number, out: AssignedValue): void {
  if ((byteClass[bytes[out.start]] & (lowerBit | upperBit | wideBit)) === 0) return;
  for (const scheme of schemes) {
    if (!standsAt(bytes, out.start, limit, scheme)) continue;
    out.start = skipBlanks(bytes, out.start + scheme.length, limit);
    return;
  }
}

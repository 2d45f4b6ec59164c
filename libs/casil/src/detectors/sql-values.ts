import { byteClass, nameBit, skipSpaces, spaceBit, standsAt, asciiBytes } from '../context/bytes.js';
import { isPasswordOfUser } from '../context/credential-pair.js';
import { judgeName, NameVerdict, type NameKind } from '../context/name-kind.js';
import type { ScanText } from '../scan/scan-text.js';
import type { AnchorHit, Detector, FindingSink } from './detector.js';
import { isValueOfKind, judgementSteps } from './value-of-kind.js';

const maxColumns = 24;
const maxRows = 16;
const maxNameBytes = 64;
const maxValueBytes = 1024;
const maxStatementBytes = 8192;
const maxPluginBytes = 48;

/** Begin lists of columns. */
const listAnchors = ['insert into', 'replace into', 'ignore into', 'overwrite into'];
/** Stand before a password in a statement about users. */
const statementAnchors = ['identified by', 'identified with', 'password ', 'password('];
/** Strings of national characters, as T-SQL writes them, behind a name. */
const nationalAnchors = ["=n'", "= n'"];

const firstStatement = listAnchors.length;
const firstNational = firstStatement + statementAnchors.length;

const by = asciiBytes('by');
const values = asciiBytes('values');

const name = new NameVerdict();
const kinds: NameKind[] = new Array<NameKind>(maxColumns).fill('none');
/** The value read last: `[start, end)` of what a literal holds, empty for what is no literal, and where to read on. */
const item = { start: 0, end: 0, next: 0 };

/** Literals of SQL that are secrets by their place: under the column of an `INSERT`, behind `IDENTIFIED BY`, `PASSWORD` and `name = N'…'`. */
export const sqlValuesDetector: Detector = {
  id: 'sql-values',
  category: 'secret',
  anchors: [...listAnchors, ...statementAnchors, ...nationalAnchors],
  detect(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
    if (!text.spend(1)) return;
    if (hit.anchor < firstStatement) detectInsert(text, hit.end, findings);
    else if (hit.anchor < firstNational) detectStatement(text, hit, findings);
    else detectNational(text, hit, findings);
  },
};

/** `INSERT INTO t (a, password) VALUES (…), (…)`, at most 24 columns and 16 rows. */
function detectInsert(text: ScanText, from: number, findings: FindingSink): void {
  const { bytes } = text;
  const limit = Math.min(text.end, from + maxStatementBytes);
  let at = skipSpaces(bytes, from, Math.min(limit, from + maxNameBytes));
  const tableEnd = Math.min(limit, at + 2 * maxNameBytes);
  while (at < tableEnd && bytes[at] !== 0x28 && bytes[at] !== 0x3b && bytes[at] !== 0x0a) at += 1;
  if (!text.spend(at - from) || bytes[at] !== 0x28 || at >= limit) return;
  const columns = readColumns(text, at + 1, limit);
  if (columns === 0) return;
  at = skipSpaces(bytes, item.next, limit);
  if (!standsAt(bytes, at, limit, values)) return;
  at = skipSpaces(bytes, at + values.length, limit);
  for (let row = 0; row < maxRows && at < limit && bytes[at] === 0x28; row += 1) {
    if (!readRow(text, at + 1, limit, columns, findings)) return;
    at = skipSpaces(bytes, item.next, limit);
    if (bytes[at] !== 0x2c) return;
    at = skipSpaces(bytes, at + 1, limit);
  }
}

/** Judges the names up to the closing bracket; their number, 0 when none of them names a secret or it is no list of names. `item.next` is behind it. */
function readColumns(text: ScanText, from: number, limit: number): number {
  const { bytes } = text;
  let isSecretNamed = false;
  let at = from;
  for (let column = 0; column < maxColumns; column += 1) {
    const begin = at;
    at = skipFill(bytes, at, limit);
    let end = at;
    const stop = Math.min(limit, at + maxNameBytes);
    while (end < stop && ((byteClass[bytes[end]] & nameBit) !== 0 || bytes[end] >= 0x80)) end += 1;
    if (end === at || !text.spend(2 * (end - begin) + 4)) return 0;
    judgeName(bytes, at, end, name);
    kinds[column] = name.isWeak ? 'none' : name.kind;
    if (kinds[column] !== 'none') isSecretNamed = true;
    at = skipFill(bytes, end, limit);
    if (at >= limit || (bytes[at] !== 0x2c && bytes[at] !== 0x29)) return 0;
    item.next = at + 1;
    if (bytes[at] === 0x29) return isSecretNamed ? column + 1 : 0;
    at += 1;
  }
  return 0;
}

/** Past spaces and the quotes of names: `"a"`, backticks, `[a]`. */
function skipFill(bytes: Uint8Array, from: number, limit: number): number {
  let at = from;
  while (at < limit && ((byteClass[bytes[at]] & spaceBit) !== 0 || isNameQuote(bytes[at]))) at += 1;
  return at;
}

function isNameQuote(byte: number): boolean {
  return byte === 0x22 || byte === 0x60 || byte === 0x5b || byte === 0x5d || byte === 0x5c;
}

/** Reads the values of one row up to its closing bracket; false when it does not fit the columns. */
function readRow(text: ScanText, from: number, limit: number, columns: number, findings: FindingSink): boolean {
  const { bytes } = text;
  let at = from;
  for (let column = 0; column < columns; column += 1) {
    if (!readItem(text, at, limit)) return false;
    const { start, end, next } = item;
    if (end > start && kinds[column] !== 'none' && text.spend(judgementSteps(end - start)) && isValueOfKind(bytes, start, end, kinds[column])) add(findings, start, end);
    const isLast = bytes[next] === 0x29;
    item.next = next + 1;
    if (isLast) return column === columns - 1;
    at = next + 1;
  }
  return false;
}

/** Reads a literal, the first one that a call takes, or past a number or a name; `item.next` is at the comma or bracket behind it. */
function readItem(text: ScanText, from: number, limit: number): boolean {
  const { bytes } = text;
  let at = skipSpaces(bytes, from, limit);
  let isRead = readLiteral(bytes, at, limit);
  let { start, end } = item;
  if (isRead) at = item.next;
  else start = end = at;
  let depth = 0;
  const stop = Math.min(limit, at + maxValueBytes);
  for (; at < stop; at += 1) {
    const byte = bytes[at];
    if (depth === 0 && (byte === 0x2c || byte === 0x29)) break;
    if (byte === 0x28) depth += 1;
    else if (byte === 0x29) depth -= 1;
    else if (byte === 0x27 && readLiteral(bytes, at, limit)) {
      // What a function makes a hash of is the password itself: `crypt('…', gen_salt('bf'))`.
      if (!isRead) ({ start, end } = item);
      isRead = true;
      at = item.next - 1;
    }
  }
  item.start = start;
  item.end = end;
  item.next = at;
  return text.spend(at - from + 1) && at < stop;
}

/** Reads `'…'`, `"…"`, `N'…'`, `E'…'` with doubled or escaped quotes inside; `item` holds the text between them. */
function readLiteral(bytes: Uint8Array, from: number, limit: number): boolean {
  const isMarked = from + 1 < limit && ((bytes[from] | 0x20) === 0x6e || (bytes[from] | 0x20) === 0x65) && bytes[from + 1] === 0x27;
  let open = isMarked ? from + 1 : from;
  if (bytes[open] === 0x5c) open += 1;
  const quote = bytes[open];
  if (open >= limit || (quote !== 0x27 && quote !== 0x22)) return false;
  const stop = Math.min(limit, open + 1 + maxValueBytes);
  for (let at = open + 1; at < stop; at += 1) {
    const byte = bytes[at];
    if (byte === 0x5c && quote === 0x27 && at + 1 < stop && bytes[at + 1] !== 0x22) {
      at += 1;
      continue;
    }
    if (byte !== quote) continue;
    if (bytes[at + 1] === quote && at + 1 < stop) {
      at += 1;
      continue;
    }
    item.start = open + 1;
    item.end = bytes[at - 1] === 0x5c && open > from ? at - 1 : at;
    item.next = at + 1;
    return true;
  }
  return false;
}

/** `IDENTIFIED BY 'x'`, `IDENTIFIED WITH plugin BY 'x'`, `PASSWORD 'x'`, `PASSWORD N'x'`, `PASSWORD('x')`. */
function detectStatement(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes } = text;
  const kind = hit.anchor - firstStatement;
  let at = skipSpaces(bytes, hit.end, Math.min(text.end, hit.end + 16));
  if (kind === 1) at = afterPlugin(text, at);
  // `SET PASSWORD FOR u = PASSWORD('…')`; elsewhere it is a call in some program.
  if (kind === 3 && !followsEqualsSign(text, hit.start)) return;
  if (at < 0 || !text.spend(at - hit.end + 4) || !readLiteral(bytes, at, text.end)) return;
  const { start, end } = item;
  if (!text.spend(judgementSteps(end - start))) return;
  // A string that ends in `IDENTIFIED BY ` opens nothing: code follows its mark.
  if (kind < 2 && bytes[start] === 0x20) return;
  // Prose puts words in quotes behind `password` too.
  const isSecret = kind < 2 ? isPasswordOfUser(bytes, 0, 0, start, end) : isValueOfKind(bytes, start, end, 'password');
  if (isSecret) add(findings, start, end);
}

function followsEqualsSign({ bytes, start }: ScanText, at: number): boolean {
  const before = at - 1 > start && bytes[at - 1] === 0x20 ? at - 2 : at - 1;
  return before >= start && bytes[before] === 0x3d;
}

/** Behind `plugin BY`, or -1. */
function afterPlugin({ bytes, end }: ScanText, from: number): number {
  const limit = Math.min(end, from + maxPluginBytes);
  let at = from;
  while (at < limit && (byteClass[bytes[at]] & spaceBit) === 0) at += 1;
  at = skipSpaces(bytes, at, limit);
  return standsAt(bytes, at, limit, by) ? skipSpaces(bytes, at + by.length, Math.min(end, at + 16)) : -1;
}

/** `PASSWORD = N'x'`. */
function detectNational(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
  const { bytes } = text;
  let nameEnd = hit.start;
  const floor = Math.max(text.start, hit.start - maxNameBytes);
  while (nameEnd > floor && (bytes[nameEnd - 1] === 0x20 || bytes[nameEnd - 1] === 0x5d || bytes[nameEnd - 1] === 0x09)) nameEnd -= 1;
  let nameStart = nameEnd;
  while (nameStart > floor && (byteClass[bytes[nameStart - 1]] & nameBit) !== 0) nameStart -= 1;
  if (!text.spend(hit.start - nameStart + 4) || nameStart === nameEnd) return;
  judgeName(bytes, nameStart, nameEnd, name);
  if (name.kind === 'none' || name.isWeak || !readLiteral(bytes, hit.end - 1, text.end)) return;
  const { start, end } = item;
  if (!text.spend(judgementSteps(end - start))) return;
  const isSecret = isValueOfKind(bytes, start, end, name.kind) || (name.kind === 'password' && isPasswordOfUser(bytes, 0, 0, start, end));
  if (isSecret) add(findings, start, end);
}

function add(findings: FindingSink, start: number, end: number): void {
  findings.add(sqlValuesDetector.id, sqlValuesDetector.category, start, end, 'probable');
}

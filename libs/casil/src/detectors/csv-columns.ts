import type { ScanText } from '../scan/scan-text.js';
import { byteClass, lowerBit, nameBit, upperBit } from '../context/bytes.js';
import { judgeName, NameVerdict, type NameKind } from '../context/name-kind.js';
import { isPlaceholder } from '../context/placeholder.js';
import { isChosenSecret, isPlausiblePassword, isPlausibleToken, isUuid } from '../context/secret-value.js';
import type { AnchorHit, Detector, FindingSink } from './detector.js';

const maxColumns = 20;
const maxRows = 64;
const maxHeaderBytes = 512;
const maxCellBytes = 256;
const maxNameBytes = 48;
const comma = 0x2c;
const semicolon = 0x3b;
const tab = 0x09;
const bar = 0x7c;

const name = new NameVerdict();
/** Cells of the header read last; 0 when it is longer than what is read. */
const header = { columns: 0 };
/** The byte that closes the string or the element in which the table stands; 0 where it stands in neither. */
const table = { closer: 0 };
/** Range of the cell read last, without its quotes, and where the next begins; `isLast`: a line end follows. */
const cell = { start: 0, end: 0, next: 0, isLast: false };

/** Values in the columns of a table (comma, semicolon, tab or bar) whose header names passwords, tokens or keys: the first 20 columns and 64 rows. */
export const csvColumnsDetector: Detector = {
  id: 'csv-columns',
  category: 'secret',
  anchors: ['passw', 'pwd', 'passphrase', 'secret', 'token', 'api_key', 'apikey', 'api-key', 'api key', 'access_key', 'accesskey', 'private_key', 'credential',
    ...['pass', 'psk', 'key'].flatMap((word) => [',', ';', '\t', '\n', '\r', '"', '|'].map((end) => word + end)),
  ],
  detect(text: ScanText, hit: AnchorHit, findings: FindingSink): void {
    if (!text.spend(8) || !isWholeCell(text, hit)) return;
    const separator = separatorAround(text, hit);
    if (separator === 0) return;
    const lineStart = findHeaderStart(text, hit.start);
    const column = columnOf(text, lineStart, hit.start, separator);
    if (column < 0 || header.columns < 2 || name.kind === 'none' || name.isWeak) return;
    readRows(text, cell.next, separator, column, header.columns, name.kind, findings);
  },
};

/** Whether the keyword stands in a cell of name characters alone. */
function isWholeCell(text: ScanText, hit: AnchorHit): boolean {
  const { bytes } = text;
  let end = hit.start;
  const stop = Math.min(text.end, hit.start + maxNameBytes);
  while (end < stop && ((byteClass[bytes[end]] & nameBit) !== 0 || bytes[end] === 0x20)) end += 1;
  if (end < text.end && bytes[end] === 0x22) end += 1;
  if (end >= text.end) return false;
  return bytes[end] === 0x0a || bytes[end] === 0x0d || isSeparator(bytes[end]);
}

function isSeparator(byte: number): boolean {
  return byte === comma || byte === semicolon || byte === tab || byte === bar;
}

/** The nearest separator before or behind the hit in its line, or 0. */
function separatorAround(text: ScanText, hit: AnchorHit): number {
  const { bytes } = text;
  const first = Math.max(text.start, hit.start - maxNameBytes);
  for (let at = hit.start - 1; at >= first && bytes[at] !== 0x0a; at -= 1) {
    if (isSeparator(bytes[at])) return bytes[at];
  }
  const stop = Math.min(text.end, hit.end + maxNameBytes);
  for (let at = hit.end; at < stop && bytes[at] !== 0x0a; at += 1) {
    if (isSeparator(bytes[at])) return bytes[at];
  }
  return 0;
}

/** Where the header begins: at the start of its line, or behind what no header holds, such as the time of a log or the mark that opens a string or an element. */
function findHeaderStart(text: ScanText, from: number): number {
  const { bytes } = text;
  const first = Math.max(text.start, from - maxHeaderBytes);
  let at = from;
  while (at > first && isOfHeader(bytes[at - 1])) at -= 1;
  text.spend(from - at);
  table.closer = 0;
  if (at === text.start || bytes[at - 1] === 0x0a) return at;
  if (bytes[at - 1] === 0x3e) table.closer = 0x3c;
  if (bytes[at - 1] === 0x27 || bytes[at - 1] === 0x60) table.closer = bytes[at - 1];
  if (bytes[at] !== 0x22 || isQuotedCell(bytes, at, from)) return at;
  table.closer = 0x22;
  return at + 1;
}

function isOfHeader(byte: number): boolean {
  return (byteClass[byte] & nameBit) !== 0 || byte === 0x20 || byte === 0x22 || isSeparator(byte);
}

/** Whether the mark at `at` opens a cell: the next one stands before a separator, or only behind the keyword. */
function isQuotedCell(bytes: Uint8Array, at: number, keyword: number): boolean {
  const close = findQuote(bytes, at + 1, keyword);
  if (close < keyword) return isSeparator(bytes[close + 1]);
  for (let position = at + 1; position < keyword; position += 1) if (isSeparator(bytes[position])) return false;
  return true;
}

/**
 * Number of the cell that holds `position`, when the line is a header: each cell a name. Leaves the verdict on that cell in `name`, in
 * `cell.next` where the rows begin, and the number of cells in `header`.
 */
function columnOf(text: ScanText, lineStart: number, position: number, separator: number): number {
  const { bytes } = text;
  let at = lineStart;
  let found = -1;
  let columns = 0;
  for (; columns < maxColumns; columns += 1) {
    if (!readCell(text, at, separator)) return -1;
    // Tables of Markdown begin and end their lines with a bar.
    const isOutside = separator === bar && cell.end === cell.start && (columns === 0 || cell.isLast);
    if (!isOutside && !isHeaderCell(bytes)) return -1;
    if (found < 0 && cell.end > position) {
      found = columns;
      judgeName(bytes, cell.start, cell.end, name);
    }
    if (cell.isLast) break;
    at = cell.next;
  }
  header.columns = cell.isLast ? columns + 1 : 0;
  return found;
}

/** A name: begins with a letter, no longer than names are. */
function isHeaderCell(bytes: Uint8Array): boolean {
  if (cell.end === cell.start || cell.end - cell.start > maxNameBytes) return false;
  if ((byteClass[bytes[cell.start]] & (lowerBit | upperBit)) === 0 && bytes[cell.start] !== 0x5f) return false;
  for (let at = cell.start; at < cell.end; at += 1) {
    if ((byteClass[bytes[at]] & nameBit) === 0 && bytes[at] !== 0x20) return false;
  }
  return true;
}

/** A row counts when it has as many cells as the header: lines of code after a line that looks like one have not. */
function readRows(text: ScanText, from: number, separator: number, column: number, columns: number, kind: NameKind, findings: FindingSink): void {
  let at = from;
  for (let row = 0; row < maxRows && at < text.end; row += 1) {
    let count = 0;
    let start = 0;
    let end = 0;
    do {
      if (!readCell(text, at, separator)) return;
      if (count === column) {
        start = cell.start;
        end = cell.end;
      }
      count += 1;
      at = cell.next;
    } while (!cell.isLast);
    if (count !== columns) return;
    if (isSecretCell(text, start, end, kind)) findings.add(csvColumnsDetector.id, csvColumnsDetector.category, start, end, 'probable');
  }
}

function isSecretCell(text: ScanText, start: number, end: number, kind: NameKind): boolean {
  const { bytes } = text;
  if (end === start || !text.spend(end - start)) return false;
  return isOfKind(bytes, start, end, kind) && !isPlaceholder(bytes, start, end);
}

function isOfKind(bytes: Uint8Array, start: number, end: number, kind: NameKind): boolean {
  if (kind === 'password') return isPlausiblePassword(bytes, start, end, 'text');
  return isUuid(bytes, start, end) || isPlausibleToken(bytes, start, end, 'text') || isChosenSecret(bytes, start, end);
}

function findQuote(bytes: Uint8Array, start: number, limit: number): number {
  let at = start;
  while (at < limit && bytes[at] !== 0x22) at += 1;
  return at;
}

function isCloser(byte: number): boolean {
  return table.closer !== 0 && byte === table.closer;
}

function findCellEnd(bytes: Uint8Array, start: number, limit: number, separator: number): number {
  let at = start;
  while (at < limit && bytes[at] !== separator && bytes[at] !== 0x0a && bytes[at] !== 0x0d && !isCloser(bytes[at])) at += 1;
  return at;
}

/** Reads the cell at `from`, quoted or not, into `cell`; false when it is too long or the budget is used up. */
function readCell(text: ScanText, from: number, separator: number): boolean {
  const { bytes, end } = text;
  let at = from;
  while (at < end && bytes[at] === 0x20 && at - from < 8) at += 1;
  const isQuoted = at < end && bytes[at] === 0x22 && !isCloser(0x22);
  const limit = Math.min(end, at + maxCellBytes);
  cell.start = isQuoted ? at + 1 : at;
  const stop = isQuoted ? findQuote(bytes, cell.start, limit) : findCellEnd(bytes, cell.start, limit, separator);
  if (!text.spend(stop - from + 2) || (stop === limit && limit < end)) return false;
  cell.end = stop;
  while (cell.end > cell.start && bytes[cell.end - 1] === 0x20) cell.end -= 1;
  return endCell(text, isQuoted ? Math.min(stop + 1, end) : stop, separator);
}

/** Finds where the next cell begins, behind the separator or line end that must stand at `from`. */
function endCell({ bytes, end }: ScanText, from: number, separator: number): boolean {
  let next = from;
  while (next < end && bytes[next] === 0x20) next += 1;
  cell.isLast = next >= end || bytes[next] === 0x0a || bytes[next] === 0x0d || isCloser(bytes[next]);
  if (!cell.isLast && bytes[next] !== separator) return false;
  if (next < end && bytes[next] === 0x0d) next += 1;
  if (next < end && (bytes[next] === 0x0a || bytes[next] === separator)) next += 1;
  cell.next = next;
  return true;
}

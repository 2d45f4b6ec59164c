import { crc32 } from 'node:zlib';
import { ArqonError, errorTable, type ErrorCode } from '@arqonbus/errors';
import type { OutboxEvent } from '../continuum/outbox.js';
import type { OutboxContents } from '../continuum/outbox-contents.js';

/**
 * Lines of an outbox file: a checksum of the rest as eight hex digits, what happened, and its words.
 *
 *     <crc32> outbox 1
 *     <crc32> put <id> <payload in base64>
 *     <crc32> refuse <id> <error code>
 *     <crc32> remove <id>…
 *     <crc32> readmit <id>…
 */
const checksumLength = 8;
const maxLineIds = 1_000;
/** Fits a line; many times what an episode event may have. */
const maxPayloadBytes = 524_288;

function line(words: string): string {
  return `${crc32(words).toString(16).padStart(checksumLength, '0')} ${words}\n`;
}

/** The first line. */
export const headerLine = line('outbox 1');

/** Raises ArqonError INVALID_ARGUMENT for an id that is no UUID, ENVELOPE_TOO_LARGE for a payload that no bus takes. */
export function putLine({ id, payload }: OutboxEvent): string {
  if (!/^[0-9a-f-]{36}$/.test(id)) throw new ArqonError('INVALID_ARGUMENT', { field: 'id', message: 'The id is no UUID in lower case.' });
  if (payload.length > maxPayloadBytes) throw new ArqonError('ENVELOPE_TOO_LARGE', { field: 'payload' });
  return line(`put ${id} ${Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('base64')}`);
}

export function refuseLine(id: string, code: ErrorCode): string {
  return line(`refuse ${id} ${code}`);
}

export function removeLines(ids: readonly string[]): string {
  return linesOfIds('remove', ids);
}

export function readmitLines(ids: readonly string[]): string {
  return linesOfIds('readmit', ids);
}

function linesOfIds(what: string, ids: readonly string[]): string {
  let text = '';
  for (let from = 0; from < ids.length; from += maxLineIds) text += line(`${what} ${ids.slice(from, from + maxLineIds).join(' ')}`);
  return text;
}

/** Bytes that hold the contents alone. */
export function bytesOfContents(contents: OutboxContents): number {
  return headerLine.length + Math.ceil(contents.byteLength * 4 / 3) + (contents.pendingCount + contents.refusedCount) * 128;
}

/** The lines that hold the contents alone. */
export function* linesOfContents(contents: OutboxContents): Generator<string> {
  yield headerLine;
  for (const event of contents.allRefused()) yield putLine(event) + refuseLine(event.id, event.code);
  for (const event of contents.allPending()) yield putLine(event);
}

/** Does to the contents what a line, without its end, says; false when it is damaged. */
export function applyLine(text: string, contents: OutboxContents): boolean {
  const words = text.slice(checksumLength + 1);
  if (text[checksumLength] !== ' ' || Number.parseInt(text.slice(0, checksumLength), 16) !== crc32(words)) return false;
  const [what, id = '', ...rest] = words.split(' ');
  switch (what) {
    case 'put':
      contents.put({ id, payload: new Uint8Array(Buffer.from(rest[0] ?? '', 'base64')) });
      return true;
    case 'refuse':
      contents.refuse(id, errorCodeOf(rest[0]));
      return true;
    case 'remove':
      for (const each of [id, ...rest]) contents.remove(each);
      return true;
    case 'readmit':
      for (const each of [id, ...rest]) contents.readmit(each);
      return true;
    default:
      return false;
  }
}

/** A code that a newer version wrote reads as INTERNAL. */
function errorCodeOf(text = ''): ErrorCode {
  return Object.hasOwn(errorTable, text) ? (text as ErrorCode) : 'INTERNAL';
}

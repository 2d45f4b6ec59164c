import { encodeEventEntry, envelopeIdStart, envelopeRanges, varintSize, writeVarint } from '@arqonbus/envelope';
import { decodeRunBody } from './run-body.js';

/** `Event.type` of the tombstone that an erased event leaves behind: the full name of the message arqon.v1.Erased. */
export const erasedEventType = 'arqon.v1.Erased';

/**
 * The body of a run with event `index` replaced by a tombstone: the same id, and an event of type arqon.v1.Erased with
 * an empty payload; nothing else of the envelope is kept. Everything around it stays byte for byte; an erased event erased again too.
 * For `TopicLog.erase`. Raises RangeError when the run has no such event or the body is damaged.
 */
export function tombstoneBody(body: Uint8Array, index: number): Uint8Array {
  const { routing, sender, after, envelopes } = decodeRunBody(body);
  const heads = [routing, sender, after];
  const rewritten = tombstoneEnvelopes(envelopes, index);
  const target = new Uint8Array(heads.reduce((sum, part) => sum + varintSize(part.length) + part.length, rewritten.length));
  let at = 0;
  for (const part of heads) {
    at = writeVarint(target, at, part.length);
    target.set(part, at);
    at += part.length;
  }
  target.set(rewritten, at);
  return target;
}

/** As tombstoneBody, for the contiguous `Batch.envelopes` entries of a run. */
export function tombstoneEnvelopes(envelopes: Uint8Array, index: number): Uint8Array {
  const ranges = envelopeRanges(envelopes, 0, envelopes.length);
  if (!Number.isInteger(index) || index < 0 || index >= ranges.length) throw new RangeError(`the run has no event ${index}`);
  const { entryStart, start, end } = ranges[index];
  const idStart = envelopeIdStart(envelopes, start, end);
  if (idStart < 0) throw new RangeError('a stored envelope has no id');
  const entry = encodeEventEntry({ id: envelopes.slice(idStart, idStart + 16), type: erasedEventType, payload: new Uint8Array(0) });
  const target = new Uint8Array(envelopes.length - (end - entryStart) + entry.length);
  target.set(envelopes.subarray(0, entryStart));
  target.set(entry, entryStart);
  target.set(envelopes.subarray(end), entryStart + entry.length);
  return target;
}

const model = encodeEventEntry({ id: new Uint8Array(16), type: erasedEventType, payload: new Uint8Array(0) });
/** Where the id stands in a tombstone's entry. */
const idAt = model.indexOf(0x0a, 1) + 2;

/** Whether the `Batch.envelopes` entry `bytes[entryStart, entryEnd)` is what tombstoneEnvelopes writes. */
export function isTombstone(bytes: Uint8Array, entryStart: number, entryEnd: number): boolean {
  if (entryEnd - entryStart !== model.length) return false;
  for (let index = 0; index < model.length; index += 1) {
    const isId = index >= idAt && index < idAt + 16;
    if (!isId && bytes[entryStart + index] !== model[index]) return false;
  }
  return true;
}

import { readVarint32, varintSize, writeVarint } from '../src/varint.js';
import { skipValue } from '../src/wire-field.js';
import { field, fixed32, fixed64, number } from './wire-writer.js';

/** Random numbers below `bound`, a whole sequence from one seed, so that a counterexample is named by its seed. */
export type Random = (bound: number) => number;

/** A small generator (xorshift32), enough to vary test data. */
export function createRandom(seed: number): Random {
  let state = (seed ^ 0x9e37_79b9) | 1;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

const tagBatches = 0x0a;
const tagEnvelopes = 0x7a;
const tagEvent = 0x12;
const tagEmbedding = 0x62;
const tagAfter = 0x4a;
const tagHeaders = 0x4a;
const tagCapabilities = 0x52;

/** Fields that are unknown in an Envelope, an Event and an Embedding. */
const unknownFields: readonly number[][] = [
  field(14, 'later body'), field(99, []), field(100, [1, 2, 3]), number(77, 1_000_000), fixed32(50), fixed64(51), field(2 ** 29 - 1, [0xff]),
];

/** The fields of a message, each with its tag, as they stand. */
function fieldsOf(bytes: Uint8Array): Uint8Array[] {
  const fields: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = readVarint32(bytes, at, bytes.length);
    const end = skipValue(bytes, at + varintSize(tag), bytes.length, tag & 7);
    if (tag < 0 || end < 0) throw new Error('not a valid message');
    fields.push(bytes.subarray(at, end));
    at = end;
  }
  return fields;
}

function wrap(tag: number, content: Uint8Array): Uint8Array {
  const wrapped = new Uint8Array(1 + varintSize(content.length) + content.length);
  wrapped[0] = tag;
  wrapped.set(content, writeVarint(wrapped, 1, content.length));
  return wrapped;
}

/** Content of a field whose tag takes one byte. */
function contentOf(entry: Uint8Array): Uint8Array {
  return entry.subarray(1 + varintSize(readVarint32(entry, 1, entry.length)));
}

function shuffle<T>(items: T[], random: Random): T[] {
  for (let index = items.length - 1; index > 0; index--) {
    const other = random(index + 1);
    [items[index], items[other]] = [items[other], items[index]];
  }
  return items;
}

function withUnknownFields(fields: Uint8Array[], random: Random): Uint8Array[] {
  const extra = random(3);
  for (let index = 0; index < extra; index++) fields.push(Uint8Array.from(unknownFields[random(unknownFields.length)]));
  return shuffle(fields, random);
}

function vary(entry: Uint8Array, random: Random): Uint8Array {
  const tag = entry[0];
  if (tag === tagBatches || tag === tagEnvelopes || tag === tagEvent || tag === tagEmbedding) return wrap(tag, varied(tag, contentOf(entry), random));
  return entry;
}

function varied(tag: number, content: Uint8Array, random: Random): Uint8Array {
  if (tag === tagBatches) {
    const fields = fieldsOf(content).map((entry) => (entry[0] === tagEnvelopes ? vary(entry, random) : entry));
    return Buffer.concat(random(2) === 0 ? fields : shuffle(fields, random));
  }
  const fields = fieldsOf(content).map((entry) => (tag === tagEnvelopes && entry[0] !== tagBatches ? vary(entry, random) : entry));
  return Buffer.concat(withUnknownFields(fields, random));
}

/** The same batches with fields in another order and with unknown fields in envelopes, events and embeddings: still valid. */
export function reorderedFrame(frame: Uint8Array, random: Random): Uint8Array {
  return Uint8Array.from(Buffer.concat(fieldsOf(frame).map((batch) => vary(batch, random))));
}

const interestingBytes = [0x00, 0x01, 0x02, 0x05, 0x0a, 0x12, 0x32, 0x4a, 0x7a, 0x7f, 0x80, 0xc0, 0xed, 0xff];

/** One arbitrary change: bit flip, overwritten byte, truncation, removal, repetition, or a splice of another frame. */
export function mutatedFrame(frame: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  if (frame.length === 0) return other;
  const at = random(frame.length);
  const end = Math.min(frame.length, at + 1 + random(20));
  switch (random(8)) {
    case 0:
      return Uint8Array.from(frame.subarray(0, at));
    case 1:
      return Uint8Array.from(Buffer.concat([frame.subarray(0, at), frame.subarray(end)]));
    case 2:
      return Uint8Array.from(Buffer.concat([frame.subarray(0, end), frame.subarray(at)]));
    case 3:
      return Uint8Array.from(Buffer.concat([frame.subarray(0, at), other.subarray(random(other.length + 1))]));
    case 4:
    case 5: {
      const flipped = frame.slice();
      flipped[at] ^= 1 << random(8);
      return flipped;
    }
    default: {
      const changed = frame.slice();
      changed[at] = interestingBytes[random(interestingBytes.length)];
      return changed;
    }
  }
}

/** A frame in which one field of a batch or of an envelope stands twice, lengths mended, and whether the contract lets it. */
export interface DoubledFrame {
  readonly frame: Uint8Array;
  readonly isRepeated: boolean;
}

/** Doubles one field of a frame of at least one batch. */
export function doubledFrame(frame: Uint8Array, random: Random): DoubledFrame {
  const batches = fieldsOf(frame);
  const chosen = random(batches.length);
  const fields = fieldsOf(contentOf(batches[chosen]));
  const at = random(fields.length);
  const tag = fields[at][0];
  let isRepeated = tag === tagEnvelopes || tag === tagAfter;
  if (tag === tagEnvelopes && random(4) !== 0) {
    const inner = fieldsOf(contentOf(fields[at]));
    const doubled = inner[random(inner.length)];
    isRepeated = doubled[0] === tagHeaders || doubled[0] === tagCapabilities;
    fields[at] = wrap(tagEnvelopes, Buffer.concat([...inner, doubled]));
  } else {
    fields.splice(random(fields.length), 0, fields[at]);
  }
  batches[chosen] = wrap(tagBatches, Buffer.concat(fields));
  return { frame: Uint8Array.from(Buffer.concat(batches)), isRepeated };
}

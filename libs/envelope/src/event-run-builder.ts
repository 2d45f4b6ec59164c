import { ArqonError } from '@arqonbus/errors';
import { BatchSchema, type PositionSchema } from '@arqonbus/proto';
import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { envelopeSize, requireIds, writeEntry, type EventInit } from './event-entry.js';
import { encodeRouting } from './stamped-batch.js';
import { varintSize, writeFixed32, writeVarint } from './varint.js';

/** Where a run goes and how it is acknowledged. Absent fields are not written. */
export interface RunRouting {
  readonly room?: string;
  readonly channel?: string;
  /** Client id whose inbox the run goes to; room and channel are then absent. */
  readonly recipient?: string;
  readonly recipientSession?: bigint;
  /** Asks for Signal.published; needs producer and run. */
  readonly ack?: boolean;
  /** Unsigned 64-bit number of the publishing SDK instance, not 0. */
  readonly producer?: bigint;
  /** Number of the run, from 1 to 2^53 - 1. */
  readonly run?: bigint;
  /** Positions that the run depends on, at most 64. */
  readonly after?: readonly MessageInitShape<typeof PositionSchema>[];
}

const initialCapacityBytes = 4_096;
const largestKeptBytes = 262_144;
/** Room for recipient_session, ack, producer and run with their tags. */
const numbersBytes = 9 + 2 + 9 + 10;
const noBytes = new Uint8Array(0);

/**
 * Collects the events of a run and yields the content of its Batch, for publishers of many small events: each event
 * is written once, and no message objects are made. Reusable: `finish` empties it.
 */
export class EventRunBuilder {
  #entries = new Uint8Array(initialCapacityBytes);
  #size = 0;
  #eventCount = 0;

  /** Events appended since the last `finish`. */
  get eventCount(): number {
    return this.#eventCount;
  }

  /** Bytes of the envelope entries appended since the last `finish`; the batch adds its routing, at most 450 bytes without `after`. */
  get sizeBytes(): number {
    return this.#size;
  }

  /** Appends an event. Raises INVALID_ENVELOPE when id or parentId is not 16 bytes long; nothing is then appended. */
  append(event: EventInit): void {
    requireIds(event);
    const size = envelopeSize(event);
    this.#reserve(1 + varintSize(size) + size);
    this.#size = writeEntry(this.#entries, this.#size, event, size);
    this.#eventCount++;
  }

  /**
   * Content of the Batch, in bytes of its own, for `encodeFrame`; the builder is empty afterwards.
   * Raises INVALID_ARGUMENT, and keeps the events, when a number is out of its range or `ack` lacks producer or run.
   */
  finish(routing: RunRouting): Uint8Array {
    const header = encodeHeader(routing);
    const batch = new Uint8Array(header.length + this.#size);
    batch.set(header);
    batch.set(this.#entries.subarray(0, this.#size), header.length);
    if (this.#entries.length > largestKeptBytes) this.#entries = new Uint8Array(initialCapacityBytes);
    this.#size = 0;
    this.#eventCount = 0;
    return batch;
  }

  #reserve(bytes: number): void {
    const wanted = this.#size + bytes;
    if (wanted <= this.#entries.length) return;
    const grown = new Uint8Array(Math.max(wanted, this.#entries.length * 2));
    grown.set(this.#entries.subarray(0, this.#size));
    this.#entries = grown;
  }
}

/** A Frame of the given batch contents, in their order; no batches make the heartbeat, an empty frame. */
export function encodeFrame(batches: readonly Uint8Array[]): Uint8Array {
  const frame = new Uint8Array(batches.reduce((sum, batch) => sum + 1 + varintSize(batch.length) + batch.length, 0));
  let at = 0;
  for (const batch of batches) {
    frame[at] = 0x0a;
    at = writeVarint(frame, at + 1, batch.length);
    frame.set(batch, at);
    at += batch.length;
  }
  return frame;
}

function encodeHeader(routing: RunRouting): Uint8Array {
  const { room = '', channel = '', recipient = '', after = [] } = routing;
  requireNumbers(routing);
  const texts = encodeRouting(room, channel, recipient);
  const positions = after.length === 0 ? noBytes : toBinary(BatchSchema, create(BatchSchema, { after: [...after] }));
  const header = new Uint8Array(texts.length + numbersBytes + positions.length);
  header.set(texts);
  const at = writeNumbers(header, texts.length, routing);
  header.set(positions, at);
  return header.subarray(0, at + positions.length);
}

function requireNumbers({ recipientSession = 0n, ack = false, producer = 0n, run = 0n }: RunRouting): void {
  requireRange(recipientSession, 64, 'recipient_session');
  requireRange(producer, 64, 'producer');
  requireRange(run, 53, 'run');
  if (ack && producer === 0n) throw new ArqonError('INVALID_ARGUMENT', { field: 'producer' });
  if (ack && run === 0n) throw new ArqonError('INVALID_ARGUMENT', { field: 'run' });
}

function writeNumbers(header: Uint8Array, start: number, routing: RunRouting): number {
  const { recipientSession = 0n, ack = false, producer = 0n, run = 0n } = routing;
  let at = start;
  if (recipientSession !== 0n) at = writeFixedField(header, at, 0x21, recipientSession);
  if (ack) {
    header[at++] = 0x28;
    header[at++] = 1;
  }
  if (producer !== 0n) at = writeFixedField(header, at, 0x39, producer);
  if (run !== 0n) {
    header[at] = 0x40;
    at = writeVarint(header, at + 1, Number(run));
  }
  return at;
}

function writeFixedField(target: Uint8Array, at: number, tag: number, value: bigint): number {
  target[at] = tag;
  writeFixed32(target, at + 1, Number(value & 0xffff_ffffn));
  writeFixed32(target, at + 5, Number(value >> 32n));
  return at + 9;
}

function requireRange(value: bigint, bits: number, field: string): void {
  if (value < 0n || value >> BigInt(bits) !== 0n) throw new ArqonError('INVALID_ARGUMENT', { field });
}

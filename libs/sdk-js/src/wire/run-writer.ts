import { varintSize, writeVarint } from '@arqonbus/envelope';
import type { ChannelPosition } from './frame-reader.js';
import { writePosition } from './command-writer.js';
import { WireWriter } from './wire-writer.js';
import type { IdSource } from './id-source.js';

const utf8 = new TextEncoder();
const maxCachedTypes = 256;

/** One event to be encoded: `extras` holds further envelope fields already encoded, `replyTo` the id of an event answered. */
export interface OutgoingEvent {
  readonly type: string;
  readonly payload: Uint8Array;
  readonly id: Uint8Array | undefined;
  readonly extras: Uint8Array | undefined;
  readonly replyTo: Uint8Array | undefined;
}

/** Where a run goes and what it depends on: one routing key. */
export interface Route {
  readonly room: string;
  readonly channel: string;
  readonly recipient: string;
  readonly recipientSession: bigint;
  readonly after: readonly ChannelPosition[];
}

/** Encodes events as the repeated field Batch.envelopes, one after the other, and knows where each ends. */
export class RunWriter {
  private readonly writer = new WireWriter(512);
  private readonly ends: number[] = [];

  constructor(
    private readonly ids: IdSource,
    private readonly types: TypeCache,
  ) {}

  get count(): number {
    return this.ends.length;
  }

  get byteLength(): number {
    return this.writer.byteLength;
  }

  /** Appends an event and returns the bytes of its envelope. */
  add(event: OutgoingEvent): number {
    const type = this.types.bytesOf(event.type);
    const payloadLength = event.payload.length;
    const eventSize = fieldSize(type.length) + fieldSize(payloadLength);
    const bodySize = event.replyTo === undefined ? eventSize : 18 + 1 + varintSize(eventSize) + eventSize;
    const envelopeSize = 18 + 1 + varintSize(bodySize) + bodySize + (event.extras?.length ?? 0);
    const total = 1 + varintSize(envelopeSize) + envelopeSize;
    const target = this.writer.reserve(total);
    let at = this.writer.byteLength;
    target[at++] = 0x7a;
    at = writeVarint(target, at, envelopeSize);
    at = this.writeId(target, at, event.id);
    if (event.replyTo !== undefined) {
      target[at++] = 0x22;
      at = writeVarint(target, at, bodySize);
      at = writeField(target, at, 0x0a, event.replyTo);
    }
    target[at++] = 0x12;
    at = writeVarint(target, at, eventSize);
    at = writeField(target, at, 0x0a, type);
    at = writeField(target, at, 0x12, event.payload);
    if (event.extras !== undefined) {
      target.set(event.extras, at);
      at += event.extras.length;
    }
    this.writer.commit(at);
    this.ends.push(at);
    return envelopeSize;
  }

  /** View of the encoded envelopes. */
  view(): Uint8Array {
    return this.writer.view();
  }

  /** Takes the envelopes for whose index `keep` is false out of the run. */
  drop(keep: (index: number) => boolean): void {
    const kept = new WireWriter(this.byteLength);
    const ends: number[] = [];
    for (let index = 0; index < this.ends.length; index++) {
      if (!keep(index)) continue;
      kept.raw(this.writer.view(this.startOf(index), this.ends[index]));
      ends.push(kept.byteLength);
    }
    this.writer.commit(0);
    this.writer.raw(kept.view());
    this.ends.length = 0;
    for (const end of ends) this.ends.push(end);
  }

  /** Id of the envelope at `index`: 16 bytes, a view. */
  idAt(index: number): Uint8Array {
    let at = this.startOf(index) + 1;
    while (this.writer.view()[at] >= 0x80) at++;
    return this.writer.view(at + 3, at + 19);
  }

  private startOf(index: number): number {
    return index === 0 ? 0 : this.ends[index - 1];
  }

  private writeId(target: Uint8Array, at: number, id: Uint8Array | undefined): number {
    target[at] = 0x0a;
    target[at + 1] = 16;
    if (id === undefined) this.ids.writeTo(target, at + 2);
    else target.set(id, at + 2);
    return at + 18;
  }
}

/** UTF-8 of event types, remembered, since few are used many times. */
export class TypeCache {
  private readonly known = new Map<string, Uint8Array>();

  bytesOf(type: string): Uint8Array {
    const found = this.known.get(type);
    if (found !== undefined) return found;
    const bytes = utf8.encode(type);
    if (this.known.size >= maxCachedTypes) this.known.clear();
    this.known.set(type, bytes);
    return bytes;
  }
}

/** Header fields of a Batch: everything but its envelopes. `run` 0 means that no acknowledgement is asked for. */
export function writeBatchHeader(route: Route, producer: bigint, run: bigint): Uint8Array {
  const writer = new WireWriter();
  writer.text(1, route.room).text(2, route.channel).text(3, route.recipient).fixed64(4, route.recipientSession);
  if (run !== 0n) writer.uint(5, true).fixed64(7, producer).uint(8, run);
  for (const position of route.after) writer.message(9, writePosition(position));
  return writer.view();
}

/** One Frame of the given batches; each is its parts in order. */
export function writeFrame(batches: readonly (readonly Uint8Array[])[]): Uint8Array {
  let size = 0;
  for (const parts of batches) {
    const length = lengthOf(parts);
    size += 1 + varintSize(length) + length;
  }
  const frame = new Uint8Array(size);
  let at = 0;
  for (const parts of batches) {
    frame[at++] = 0x0a;
    at = writeVarint(frame, at, lengthOf(parts));
    for (const part of parts) {
      frame.set(part, at);
      at += part.length;
    }
  }
  return frame;
}

function lengthOf(parts: readonly Uint8Array[]): number {
  let length = 0;
  for (const part of parts) length += part.length;
  return length;
}

function fieldSize(length: number): number {
  return length === 0 ? 0 : 1 + varintSize(length) + length;
}

function writeField(target: Uint8Array, at: number, tag: number, value: Uint8Array): number {
  if (value.length === 0) return at;
  target[at] = tag;
  const next = writeVarint(target, at + 1, value.length);
  target.set(value, next);
  return next + value.length;
}

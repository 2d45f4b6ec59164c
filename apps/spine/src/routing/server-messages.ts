import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { createIdSource, varintSize, writeFixed64, writeVarint } from '@arqonbus/envelope';
import { errorTable } from '@arqonbus/errors';
import { BatchSchema, type EnvelopeSchema, type ReplySchema, type SignalSchema } from '@arqonbus/proto';
import type { DurabilityName } from '@arqonbus/storage';
import { createRandomBlocks } from './random-blocks.js';
import type { Refusal } from './refusal.js';
import type { Topic } from './topic.js';

type EnvelopeInit = Exclude<MessageInitShape<typeof EnvelopeSchema>, { $typeName: string }>;
export type ReplyBody = NonNullable<Exclude<MessageInitShape<typeof ReplySchema>, { $typeName: string }>['body']>;
export type SignalBody = NonNullable<Exclude<MessageInitShape<typeof SignalSchema>, { $typeName: string }>['body']>;

/** Values of arqon.v1.Durability. */
const durabilityNumbers: Readonly<Record<DurabilityName, number>> = { MEMORY: 1, STORE: 2, FSYNC: 3, QUORUM: 4 };

const frameBatchesTag = 0x0a;

/** Topic names that a server message carries, so that its receiver can match it. */
export interface TopicNames {
  readonly room?: string | undefined;
  readonly channel?: string | undefined;
  readonly recipient?: string | undefined;
}

/** Encodes what the Spine itself says, each as one `Frame.batches` entry. */
export class ServerMessages {
  private readonly nextId: () => Uint8Array;

  constructor(options: { readonly nowMs: () => number }) {
    this.nextId = createIdSource({ nowMs: options.nowMs, random: createRandomBlocks() });
  }

  reply(requestId: Uint8Array, body: ReplyBody): Uint8Array {
    return this.entry({}, { case: 'reply', value: { requestId, body } });
  }

  signal(body: SignalBody, names: TopicNames = {}): Uint8Array {
    return this.entry(names, { case: 'signal', value: { body } });
  }

  refusal(refusal: Refusal): Uint8Array {
    const { code, requestId, message, field, retryAfterMs, index, run, room, channel, recipient } = refusal;
    return this.entry({ room, channel, recipient }, {
      case: 'error',
      value: {
        code, message: message ?? errorTable[code].message, requestId: requestId ?? noBytes, field: field ?? '',
        retryAfterMs: retryAfterMs ?? 0, index: index ?? 0, run: BigInt(run ?? 0),
      },
    });
  }

  /** The topic's head, in a batch without envelopes (docs/protocol.md, Quiet topics). */
  head(topic: Topic, timeUs: number): Uint8Array {
    return wrap(toBinary(BatchSchema, create(BatchSchema, {
      room: topic.roomName, channel: topic.channel, recipient: topic.recipient,
      stamp: { sequence: BigInt(topic.history.lastSequence), timeUs: BigInt(timeUs), epoch: BigInt(topic.history.epoch), prev: BigInt(topic.history.lastSequence) },
    })));
  }

  /** Signal.published, written by hand: there is one for each acknowledged run. */
  published(topic: Topic, ack: Acknowledgement): Uint8Array {
    const signalBytes = 9 + 1 + varintSize(ack.run) + 1 + varintSize(ack.sequence) + 1 + varintSize(ack.count) + 9 + 2 + (ack.duplicate ? 2 : 0);
    const signal = 1 + varintSize(signalBytes) + signalBytes;
    const envelope = 18 + 1 + varintSize(signal) + signal;
    const batch = topic.routing.length + 1 + varintSize(envelope) + envelope;
    const target = new Uint8Array(1 + varintSize(batch) + batch);
    let at = tagged(target, 0, frameBatchesTag, batch);
    target.set(topic.routing, at);
    at = tagged(target, at + topic.routing.length, 0x7a, envelope);
    at = tagged(target, at, 0x0a, 16);
    target.set(this.nextId(), at);
    at = tagged(target, at + 16, 0x32, signal);
    at = tagged(target, at, 0x12, signalBytes);
    target[at] = 0x09;
    at = writeHalves(target, at + 1, ack.producerLo, ack.producerHi);
    at = tagged(target, at, 0x10, ack.run);
    at = tagged(target, at, 0x18, ack.sequence);
    at = tagged(target, at, 0x20, ack.count);
    target[at] = 0x29;
    writeFixed64(target, at + 1, ack.epoch);
    at = tagged(target, at + 9, 0x30, durabilityNumbers[ack.durability]);
    if (ack.duplicate) tagged(target, at, 0x38, 1);
    return target;
  }

  private entry(names: TopicNames, body: NonNullable<EnvelopeInit['body']>): Uint8Array {
    const { room = '', channel = '', recipient = '' } = names;
    return wrap(toBinary(BatchSchema, create(BatchSchema, { room, channel, recipient, envelopes: [{ id: this.nextId(), body }] })));
  }
}

/** What a `published` signal says. */
export interface Acknowledgement {
  readonly producerHi: number;
  readonly producerLo: number;
  readonly run: number;
  readonly epoch: number;
  readonly sequence: number;
  readonly count: number;
  readonly durability: DurabilityName;
  readonly duplicate: boolean;
}

const noBytes = new Uint8Array(0);

function wrap(batch: Uint8Array): Uint8Array {
  const target = new Uint8Array(1 + varintSize(batch.length) + batch.length);
  target.set(batch, tagged(target, 0, frameBatchesTag, batch.length));
  return target;
}

/** Writes a one-byte tag and a varint; returns the next offset. */
function tagged(target: Uint8Array, at: number, tag: number, value: number): number {
  target[at] = tag;
  return writeVarint(target, at + 1, value);
}

function writeHalves(target: Uint8Array, at: number, low: number, high: number): number {
  const view = new DataView(target.buffer, target.byteOffset + at, 8);
  view.setUint32(0, low, true);
  view.setUint32(4, high, true);
  return at + 8;
}

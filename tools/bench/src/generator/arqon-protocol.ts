import { randomBytes } from 'node:crypto';
import { create, fromBinary, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { EnvelopeSchema, FrameSchema, type Envelope, type Frame, type Limits } from '@arqonbus/proto';
import { ArqonCounter, assertHarmless } from './arqon-counter.js';
import { encodeMaskedFrame } from './encode-masked-frame.js';
import { MessageAssembler } from './message-assembler.js';
import { createPayload } from './payload.js';
import type { PeerProtocol } from './peer-protocol.js';
import { RawWebSocket } from './raw-websocket.js';

const room = 'bench';
const eventType = 'application/octet-stream';
/** Field 15, length-delimited, with a length of two varint bytes: 128 to 16,383. */
const envelopePrefixBytes = 3;

export interface ArqonProtocolOptions {
  readonly port: number;
  /** JWT with publish and subscribe rights on the room. */
  readonly token: string;
  readonly readBuffer: Buffer;
}

/** The bus protocol `arqon.v1`: runs of events without acknowledgement, subscribers joined to one room. */
export function createArqonProtocol(options: ArqonProtocolOptions): PeerProtocol {
  const layout = measureEnvelope();
  const open = async (onFailure: (error: Error) => void): Promise<{ connection: RawWebSocket; limits: Limits | undefined }> => {
    const headers = { 'Sec-WebSocket-Protocol': 'arqon.v1', Authorization: `Bearer ${options.token}` };
    const connection = await RawWebSocket.open({ port: options.port, readBuffer: options.readBuffer, headers, onFailure });
    const welcome = await nextEnvelope(connection, (envelope) => envelope.body.case === 'signal' && envelope.body.value.body.case === 'welcome');
    const signal = welcome.body.case === 'signal' ? welcome.body.value.body : undefined;
    return { connection, limits: signal?.case === 'welcome' ? signal.value.limits : undefined };
  };
  return {
    buildChunk,
    openPublisher: async (onFailure) => {
      const { connection, limits } = await open(onFailure);
      connection.measureWith(new MessageAssembler((message) => envelopesOf(fromBinary(FrameSchema, message)).forEach((envelope) => assertHarmless(envelope))));
      return { connection, bytesInFlightLimit: limits?.maxBytesInFlight || Number.POSITIVE_INFINITY };
    },
    openSubscriber: async (counter, onFailure) => {
      const { connection } = await open(onFailure);
      connection.write(encodeFrame([{ envelopes: [{ id: createId(0), body: { case: 'command', value: { body: { case: 'join', value: { room } } } } }] }]));
      await nextEnvelope(connection, (envelope) => envelope.body.case === 'reply' && envelope.body.value.body.case === 'joined');
      connection.measureWith(new ArqonCounter({ counter, ...layout }));
      return connection;
    },
  };
}

function envelopesOf(frame: Frame): Envelope[] {
  return frame.batches.flatMap((batch) => batch.envelopes);
}

/** The first envelope that `isWanted`; raises when the server refuses instead. */
async function nextEnvelope(connection: RawWebSocket, isWanted: (envelope: Envelope) => boolean): Promise<Envelope> {
  for (;;) {
    for (const envelope of envelopesOf(fromBinary(FrameSchema, await connection.messages.next()))) {
      if (isWanted(envelope)) return envelope;
      if (envelope.body.case === 'error') assertHarmless(envelope);
    }
  }
}

function encodeFrame(batches: MessageInitShape<typeof FrameSchema>['batches']): Buffer {
  return encodeMaskedFrame(toBinary(FrameSchema, create(FrameSchema, { ...(batches === undefined ? {} : { batches }) })));
}

function createEvent(index: number): MessageInitShape<typeof EnvelopeSchema> {
  return { id: createId(index), body: { case: 'event', value: { type: eventType, payload: createPayload(index) } } };
}

/** Size of an envelope in its batch and the place of its payload: the same for every index. */
function measureEnvelope(): { envelopeBytes: number; indexOffset: number } {
  const encoded = Buffer.from(toBinary(EnvelopeSchema, create(EnvelopeSchema, createEvent(1))));
  return { envelopeBytes: envelopePrefixBytes + encoded.length, indexOffset: envelopePrefixBytes + encoded.indexOf(createPayload(1)) };
}

function buildChunk(options: { firstIndex: number; messageCount: number; runLength: number }): Buffer {
  const frames: Buffer[] = [];
  for (let first = 0; first < options.messageCount; first += options.runLength) {
    const envelopes = Array.from({ length: options.runLength }, (_, offset) => createEvent(options.firstIndex + first + offset));
    frames.push(encodeFrame([{ room, envelopes }]));
  }
  return Buffer.concat(frames);
}

/** A UUIDv7 (RFC 9562): 48 bits of milliseconds, version 7, variant 2, the rest random. */
function createId(index: number): Uint8Array {
  const id = randomBytes(16);
  id.writeUIntBE(Date.now() + index, 0, 6);
  id[6] = 0x70 | (id[6] & 0x0f);
  id[8] = 0x80 | (id[8] & 0x3f);
  return id;
}

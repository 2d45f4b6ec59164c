import { randomBytes } from 'node:crypto';
import { create, fromBinary, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { type CommandSchema, EnvelopeSchema, FrameSchema, type Envelope, type Frame, type Limits } from '@arqonbus/proto';
import { assertHarmless } from './arqon-counter.js';
import { encodeMaskedFrame } from './encode-masked-frame.js';
import { createPayload } from './payload.js';
import { RawWebSocket } from './raw-websocket.js';

/** The topic of every load: the main channel of one room. */
export const benchRoom = 'bench';
const eventType = 'application/octet-stream';
/** Field 15, length-delimited, with a length of two varint bytes: 128 to 16,383. */
const envelopePrefixBytes = 3;

export interface ArqonConnectionOptions {
  readonly port: number;
  /** JWT with publish and subscribe rights on the room. */
  readonly token: string;
  readonly readBuffer: Buffer;
}

export interface ArqonConnection {
  readonly connection: RawWebSocket;
  readonly limits: Limits | undefined;
}

/** A connection that has its welcome. Raises `Error` when the server refuses it. */
export async function openArqon(options: ArqonConnectionOptions, onFailure: (error: Error) => void): Promise<ArqonConnection> {
  const headers = { 'Sec-WebSocket-Protocol': 'arqon.v1', Authorization: `Bearer ${options.token}` };
  const connection = await RawWebSocket.open({ port: options.port, readBuffer: options.readBuffer, headers, onFailure });
  const welcome = await nextEnvelope(connection, (envelope) => envelope.body.case === 'signal' && envelope.body.value.body.case === 'welcome');
  const signal = welcome.body.case === 'signal' ? welcome.body.value.body : undefined;
  return { connection, limits: signal?.case === 'welcome' ? signal.value.limits : undefined };
}

/** The frame of one command. */
export function encodeCommand(body: NonNullable<MessageInitShape<typeof CommandSchema>['body']>): Buffer {
  return encodeFrame([{ envelopes: [{ id: createId(0), body: { case: 'command', value: { body } } }] }]);
}

export function envelopesOf(frame: Frame): Envelope[] {
  return frame.batches.flatMap((batch) => batch.envelopes);
}

/** The first envelope that `isWanted`; raises when the server refuses instead. */
export async function nextEnvelope(connection: RawWebSocket, isWanted: (envelope: Envelope) => boolean): Promise<Envelope> {
  for (;;) {
    for (const envelope of envelopesOf(fromBinary(FrameSchema, await connection.messages.next()))) {
      if (isWanted(envelope)) return envelope;
      if (envelope.body.case === 'error') assertHarmless(envelope);
    }
  }
}

export function encodeFrame(batches: MessageInitShape<typeof FrameSchema>['batches']): Buffer {
  return encodeMaskedFrame(toBinary(FrameSchema, create(FrameSchema, { ...(batches === undefined ? {} : { batches }) })));
}

export function createEvent(index: number): MessageInitShape<typeof EnvelopeSchema> {
  return { id: createId(index), body: { case: 'event', value: { type: eventType, payload: createPayload(index) } } };
}

/** Size of an envelope in its batch and the place of its payload: the same for every index. */
export function measureEnvelope(): { envelopeBytes: number; indexOffset: number } {
  const encoded = Buffer.from(toBinary(EnvelopeSchema, create(EnvelopeSchema, createEvent(1))));
  return { envelopeBytes: envelopePrefixBytes + encoded.length, indexOffset: envelopePrefixBytes + encoded.indexOf(createPayload(1)) };
}

/** A UUIDv7 (RFC 9562): 48 bits of milliseconds, version 7, variant 2, the rest random. */
function createId(index: number): Uint8Array {
  const id = randomBytes(16);
  id.writeUIntBE(Date.now() + index, 0, 6);
  id[6] = 0x70 | (id[6] & 0x0f);
  id[8] = 0x80 | (id[8] & 0x3f);
  return id;
}

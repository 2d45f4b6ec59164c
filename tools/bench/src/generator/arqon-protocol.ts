import { fromBinary } from '@bufbuild/protobuf';
import { FrameSchema } from '@arqonbus/proto';
import {
  benchRoom, createEvent, encodeCommand, encodeFrame, envelopesOf, measureEnvelope, nextEnvelope, openArqon, type ArqonConnectionOptions,
} from './arqon-connection.js';
import { ArqonCounter, assertHarmless } from './arqon-counter.js';
import { MessageAssembler } from './message-assembler.js';
import type { PeerProtocol } from './peer-protocol.js';

/** The bus protocol `arqon.v1`: runs of events without acknowledgement, subscribers joined to one room. */
export function createArqonProtocol(options: ArqonConnectionOptions): PeerProtocol {
  const layout = measureEnvelope();
  return {
    buildChunk,
    openPublisher: async (onFailure) => {
      const { connection, limits } = await openArqon(options, onFailure);
      connection.measureWith(new MessageAssembler((message) => envelopesOf(fromBinary(FrameSchema, message)).forEach((envelope) => assertHarmless(envelope))));
      return { connection, bytesInFlightLimit: limits?.maxBytesInFlight || Number.POSITIVE_INFINITY };
    },
    openSubscriber: async (counter, onFailure) => {
      const { connection } = await openArqon(options, onFailure);
      connection.write(encodeCommand({ case: 'join', value: { room: benchRoom } }));
      await nextEnvelope(connection, (envelope) => envelope.body.case === 'reply' && envelope.body.value.body.case === 'joined');
      connection.measureWith(new ArqonCounter({ counter, ...layout }));
      return connection;
    },
  };
}

function buildChunk(options: { firstIndex: number; messageCount: number; runLength: number }): Buffer {
  const frames: Buffer[] = [];
  for (let first = 0; first < options.messageCount; first += options.runLength) {
    const envelopes = Array.from({ length: options.runLength }, (_, offset) => createEvent(options.firstIndex + first + offset));
    frames.push(encodeFrame([{ room: benchRoom, envelopes }]));
  }
  return Buffer.concat(frames);
}

import { encodeMaskedFrame } from './encode-masked-frame.js';
import { MessageAssembler } from './message-assembler.js';
import { NatsCounter } from './nats-counter.js';
import { createPayload, payloadBytes } from './payload.js';
import type { PeerProtocol } from './peer-protocol.js';
import { RawWebSocket } from './raw-websocket.js';

const subject = 'bench';
const connectLine = 'CONNECT {"verbose":false,"pedantic":false,"lang":"bench","version":"1","protocol":1,"echo":true}\r\n';

/** The NATS client protocol over WebSocket: PUB lines in, MSG lines out. */
export function createNatsProtocol(options: { port: number; readBuffer: Buffer }): PeerProtocol {
  const open = async (lines: string, onFailure: (error: Error) => void): Promise<RawWebSocket> => {
    const connection = await RawWebSocket.open({ ...options, headers: {}, onFailure });
    connection.write(encodeLines(`${connectLine}${lines}PING\r\n`));
    // PONG confirms everything that was sent before PING.
    for (let text = ''; !text.includes('PONG\r\n'); ) {
      text += (await connection.messages.next()).toString('latin1');
      if (text.includes('-ERR')) throw new Error(`nats-server answered: ${text.slice(text.indexOf('-ERR'))}`);
    }
    return connection;
  };
  return {
    buildChunk,
    openPublisher: async (onFailure) => {
      const connection = await open('', onFailure);
      connection.measureWith(new MessageAssembler((message) => answerPing(connection, message.toString('latin1'))));
      return { connection, bytesInFlightLimit: Number.POSITIVE_INFINITY };
    },
    openSubscriber: async (counter, onFailure) => {
      const connection = await open(`SUB ${subject} 1\r\n`, onFailure);
      const deliveryLine = `MSG ${subject} 1 ${payloadBytes}\r\n`;
      connection.measureWith(new NatsCounter({ counter, deliveryLine, onPing: () => connection.write(encodeLines('PONG\r\n')) }));
      return connection;
    },
  };
}

function encodeLines(lines: string): Buffer {
  return encodeMaskedFrame(Buffer.from(lines, 'latin1'));
}

function answerPing(connection: RawWebSocket, text: string): void {
  if (text.includes('-ERR')) throw new Error(`nats-server answered: ${text}`);
  if (text.includes('PING\r\n')) connection.write(encodeLines('PONG\r\n'));
}

function buildChunk(options: { firstIndex: number; messageCount: number; runLength: number }): Buffer {
  const frames: Buffer[] = [];
  for (let first = 0; first < options.messageCount; first += options.runLength) {
    const lines: Buffer[] = [];
    for (let offset = first; offset < first + options.runLength; offset += 1) {
      lines.push(Buffer.from(`PUB ${subject} ${payloadBytes}\r\n`), createPayload(options.firstIndex + offset), Buffer.from('\r\n'));
    }
    frames.push(encodeMaskedFrame(Buffer.concat(lines)));
  }
  return Buffer.concat(frames);
}

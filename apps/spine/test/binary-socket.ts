import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import type { Duplex } from 'node:stream';

const opcodes = { binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface BinarySocketOptions {
  readonly subprotocol: string;
  readonly authorization: string;
  /** Called with each binary message. */
  readonly onMessage: (bytes: Buffer) => void;
}

/** A WebSocket client of few words (RFC 6455): unfragmented binary messages, pings answered. */
export class BinarySocket {
  /** The close code, 1006 when the connection was cut. */
  readonly closed: Promise<number>;
  private code = 1006;
  private rest: Buffer = Buffer.alloc(0);

  private constructor(private readonly stream: Duplex, head: Buffer, private readonly onMessage: (bytes: Buffer) => void) {
    this.closed = new Promise((resolve) => { stream.once('close', () => { resolve(this.code); }); });
    // A cut connection shows as its end.
    stream.on('error', () => { stream.destroy(); });
    stream.on('data', (chunk: Buffer) => { this.read(chunk); });
    this.read(head);
  }

  /** Opens a connection; rejects with the status of a refused upgrade as message. */
  static connect(url: string, options: BinarySocketOptions): Promise<BinarySocket> {
    return new Promise((resolve, reject) => {
      const upgrade = request(url.replace(/^ws:/, 'http:'), {
        headers: {
          connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': randomBytes(16).toString('base64'),
          'sec-websocket-protocol': options.subprotocol, authorization: options.authorization,
        },
      });
      upgrade.once('upgrade', (_response, stream, head) => { resolve(new BinarySocket(stream, head, options.onMessage)); });
      upgrade.once('response', (response) => {
        response.resume();
        reject(new Error(String(response.statusCode)));
      });
      upgrade.once('error', reject);
      upgrade.end();
    });
  }

  send(bytes: Uint8Array): void {
    this.write(opcodes.binary, bytes);
  }

  terminate(): void {
    this.stream.destroy();
  }

  /** Masked with zeros, which leaves the payload as it is (RFC 6455, 5.3). */
  private write(opcode: number, payload: Uint8Array): void {
    const header = Buffer.alloc(14);
    header[0] = 0x80 | opcode;
    header[1] = 0x80 | 127;
    header.writeBigUInt64BE(BigInt(payload.length), 2);
    this.stream.write(Buffer.concat([payload.length > 65_535 ? header : shortHeader(opcode, payload.length), payload]));
  }

  private read(chunk: Buffer): void {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    for (let frame = parse(this.rest); frame !== undefined; frame = parse(this.rest)) {
      this.rest = this.rest.subarray(frame.end);
      if (frame.opcode === opcodes.binary) this.onMessage(frame.payload);
      else if (frame.opcode === opcodes.ping) this.write(opcodes.pong, frame.payload);
      else if (frame.opcode === opcodes.close) {
        this.code = frame.payload.length < 2 ? 1005 : frame.payload.readUInt16BE(0);
        this.stream.destroy();
      }
    }
  }
}

/** RFC 6455, 5.2: shorter lengths must use the shorter form. */
function shortHeader(opcode: number, length: number): Buffer {
  const isTiny = length < 126;
  const header = Buffer.alloc(isTiny ? 6 : 8);
  header[0] = 0x80 | opcode;
  header[1] = 0x80 | (isTiny ? length : 126);
  if (!isTiny) header.writeUInt16BE(length, 2);
  return header;
}

function parse(bytes: Buffer): { readonly opcode: number; readonly payload: Buffer; readonly end: number } | undefined {
  if (bytes.length < 2) return undefined;
  const first = bytes.readUInt8(0);
  const short = bytes.readUInt8(1);
  const start = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < start) return undefined;
  const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const end = start + length;
  return bytes.length < end ? undefined : { opcode: first & 15, payload: bytes.subarray(start, end), end };
}

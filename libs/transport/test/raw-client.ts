import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { until } from './until.js';

export interface RawClientOptions {
  readonly port: number;
  readonly host?: string;
  readonly path?: string;
  /** Header lines after the ones every upgrade has. */
  readonly headers?: readonly string[];
  /** CA certificate; with it the client speaks TLS. */
  readonly ca?: string;
  /** Answers pings; on by default. */
  readonly pongs?: 'answer' | 'ignore';
}

export interface ReceivedFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** A WebSocket client that does only what a test says: it can stop reading, fragment, and leave without a word. */
export class RawClient {
  /** Status line and headers of the answer, '' until it came. */
  response = '';
  body = '';
  readonly frames: ReceivedFrame[] = [];
  isGone = false;
  private pending: Buffer = Buffer.alloc(0);

  private constructor(
    readonly socket: Socket,
    private readonly pongs: 'answer' | 'ignore',
  ) {
    socket.on('data', (chunk) => {
      this.receive(chunk);
    });
    // A reset by the server is an outcome that tests look at, not a failure.
    socket.on('error', () => {
      this.isGone = true;
    });
    socket.on('end', () => {
      this.isGone = true;
    });
    socket.on('close', () => {
      this.isGone = true;
    });
  }

  /** Sends the upgrade and does not wait for the answer. */
  static request(options: RawClientOptions): RawClient {
    const { port, host = '127.0.0.1', path = '/', headers = [], ca, pongs = 'answer' } = options;
    const socket = ca === undefined ? connect(port, host) : connectTls({ port, host, ca });
    const lines = [
      `GET ${path} HTTP/1.1`,
      'Host: localhost',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw==',
      ...headers,
    ];
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    return new RawClient(socket, pongs);
  }

  /** Connects and waits for the 101. */
  static async open(options: RawClientOptions): Promise<RawClient> {
    const client = RawClient.request(options);
    await until('the upgrade is answered', () => client.response !== '' || client.isGone);
    if (client.status !== 101) throw new Error(`the upgrade was refused: ${client.response}`);
    return client;
  }

  get status(): number {
    return Number(this.response.split(' ')[1]);
  }

  /** Payloads of the binary messages so far. */
  get messages(): Buffer[] {
    return this.frames.filter((frame) => frame.opcode === 2).map((frame) => frame.payload);
  }

  /** First four bytes of each binary message as a number. */
  get numbers(): number[] {
    return this.messages.map((payload) => payload.readUInt32BE(0));
  }

  /** Code and reason of the close frame, undefined when none came. */
  get closeFrame(): { code: number; reason: string } | undefined {
    const frame = this.frames.find(({ opcode }) => opcode === 8);
    return frame === undefined ? undefined : { code: frame.payload.readUInt16BE(0), reason: frame.payload.toString('utf8', 2) };
  }

  async waitForMessages(count: number, boundMs?: number): Promise<void> {
    await until(`${count} messages arrive`, () => this.frames.filter((frame) => frame.opcode === 2).length >= count, boundMs);
  }

  /** Sends one frame with the mask 0, which leaves the payload readable (RFC 6455, 5.3 lets the client choose). */
  send(payload: Uint8Array, options: { opcode?: number; fin?: boolean } = {}): void {
    const { opcode = 2, fin = true } = options;
    const header = Buffer.alloc(14);
    header[0] = (fin ? 0x80 : 0) | opcode;
    let offset = 2;
    if (payload.length < 126) header[1] = 0x80 | payload.length;
    else if (payload.length < 65_536) {
      header[1] = 0x80 | 126;
      header.writeUInt16BE(payload.length, 2);
      offset = 4;
    } else {
      header[1] = 0x80 | 127;
      header.writeBigUInt64BE(BigInt(payload.length), 2);
      offset = 10;
    }
    this.socket.write(Buffer.concat([header.subarray(0, offset + 4), payload]));
  }

  /** Leaves without a close frame. */
  vanish(): void {
    this.socket.destroy();
  }

  private receive(chunk: Buffer): void {
    this.pending = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    if (this.response === '' && !this.takeResponse()) return;
    if (this.status !== 101) {
      this.body += this.pending.toString();
      this.pending = Buffer.alloc(0);
      return;
    }
    while (this.takeFrame());
  }

  private takeResponse(): boolean {
    const end = this.pending.indexOf('\r\n\r\n');
    if (end < 0) return false;
    this.response = this.pending.toString('latin1', 0, end);
    this.pending = this.pending.subarray(end + 4);
    return true;
  }

  private takeFrame(): boolean {
    const bytes = this.pending;
    if (bytes.length < 2) return false;
    let length = bytes[1];
    let offset = 2;
    if (length === 126) {
      if (bytes.length < 4) return false;
      length = bytes.readUInt16BE(2);
      offset = 4;
    } else if (length === 127) {
      if (bytes.length < 10) return false;
      length = Number(bytes.readBigUInt64BE(2));
      offset = 10;
    }
    if (bytes.length < offset + length) return false;
    const frame = { opcode: bytes[0] & 15, payload: bytes.subarray(offset, offset + length) };
    this.pending = bytes.subarray(offset + length);
    this.frames.push(frame);
    if (frame.opcode === 9 && this.pongs === 'answer') this.send(frame.payload, { opcode: 10 });
    return true;
  }
}

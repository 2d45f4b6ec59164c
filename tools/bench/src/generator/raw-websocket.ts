import { createHash, randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { encodeMaskedFrame } from './encode-masked-frame.js';
import { MessageAssembler } from './message-assembler.js';
import { MessageQueue } from './message-queue.js';
import { WebSocketReader, type SegmentSink } from './websocket-reader.js';

export interface RawWebSocketOptions {
  readonly port: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Shared by all connections: a callback is done with it before the next read begins. */
  readonly readBuffer: Buffer;
  /** Called once when the connection breaks, is closed by the server, or a sink raises. */
  readonly onFailure: (error: Error) => void;
}

const handshakeTimeoutMs = 20_000;
const acceptGuid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** A WebSocket client connection reduced to what a load generator needs: raw writes, in-place reads. */
export class RawWebSocket {
  /** Gets every message until {@link measureWith} names another taker. */
  readonly messages = new MessageQueue();
  private readonly key = randomBytes(16).toString('base64');
  private readonly socket: Socket;
  private readonly reader: WebSocketReader;
  private response = '';
  private state: 'handshake' | 'open' | 'closed' = 'handshake';
  private onOpen: (error?: Error) => void = () => undefined;

  private constructor(private readonly options: RawWebSocketOptions) {
    this.reader = new WebSocketReader({
      sink: new MessageAssembler((message) => this.messages.push(message)),
      onControl: (opcode, payload) => this.handleControl(opcode, payload),
    });
    const callback = (byteCount: number, bytes: Uint8Array): boolean => {
      this.handleBytes(bytes as Buffer, byteCount);
      return true;
    };
    this.socket = connect({ host: '127.0.0.1', port: options.port, noDelay: true, onread: { buffer: options.readBuffer, callback } });
    this.socket.on('error', (error) => this.fail(error));
    this.socket.on('close', () => this.fail(new Error('the server ended the connection')));
    this.socket.once('connect', () => this.socket.write(this.requestText()));
  }

  /** Opens a connection; raises `Error` when the server refuses the upgrade. */
  static open(options: RawWebSocketOptions): Promise<RawWebSocket> {
    return new Promise((resolve, reject) => {
      const connection = new RawWebSocket(options);
      const timer = setTimeout(() => connection.fail(new Error(`no WebSocket handshake within ${handshakeTimeoutMs} ms`)), handshakeTimeoutMs);
      connection.onOpen = (error) => {
        clearTimeout(timer);
        if (error === undefined) resolve(connection);
        else reject(error);
      };
    });
  }

  /** From now on messages go to `sink` alone. */
  measureWith(sink: SegmentSink): void {
    this.reader.sink = sink;
  }

  /** Writes ready frames; the bytes must not change afterwards. */
  write(frames: Buffer): void {
    this.socket.write(frames);
  }

  /** Reads nothing any more, as a peer that hangs: what is sent to it stays in the system's buffers. */
  stopReading(): void {
    this.socket.pause();
  }

  /** Reads on after {@link stopReading}. */
  readAgain(): void {
    this.socket.resume();
  }

  /** Ends the connection without a close handshake. */
  close(): void {
    this.state = 'closed';
    this.socket.destroy();
  }

  private handleBytes(bytes: Buffer, byteCount: number): void {
    try {
      if (this.state === 'open') this.reader.push(bytes, 0, byteCount);
      else if (this.state === 'handshake') this.handleResponse(bytes, byteCount);
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private handleResponse(bytes: Buffer, byteCount: number): void {
    const before = this.response.length;
    this.response += bytes.toString('latin1', 0, byteCount);
    const headEnd = this.response.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const accept = createHash('sha1').update(this.key + acceptGuid).digest('base64');
    if (!this.response.startsWith('HTTP/1.1 101') || !this.response.includes(accept)) {
      throw new Error(`the server refused the upgrade: ${this.response.slice(0, 200)}`);
    }
    this.state = 'open';
    this.onOpen();
    this.reader.push(bytes, headEnd + 4 - before, byteCount);
  }

  private handleControl(opcode: number, payload: Buffer): void {
    if (opcode === 9) this.write(encodeMaskedFrame(payload, 10));
    if (opcode === 8) throw new Error(`the server closed with ${describeClose(payload)}`);
  }

  private fail(error: Error): void {
    if (this.state === 'closed') return;
    const wasOpen = this.state === 'open';
    this.close();
    this.messages.fail(error);
    if (wasOpen) this.options.onFailure(error);
    else this.onOpen(error);
  }

  private requestText(): string {
    const headers = Object.entries(this.options.headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return [
      'GET / HTTP/1.1\r\n',
      `Host: 127.0.0.1:${this.options.port}\r\n`,
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n',
      `Sec-WebSocket-Key: ${this.key}\r\n`,
      ...headers,
      '\r\n',
    ].join('');
  }
}

function describeClose(payload: Buffer): string {
  return payload.length < 2 ? 'no code' : `${payload.readUInt16BE(0)} ${payload.toString('utf8', 2)}`;
}

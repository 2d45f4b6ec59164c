import { create, fromBinary, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { FrameSchema, type Frame } from '@arqonbus/proto';
import { WebSocket, type RawData } from 'ws';
import { FrameQueue } from './frame-queue.js';
import { within } from './wait-for.js';

export interface RawWireClientOptions {
  /** Sent as `Authorization: Bearer <token>`; absent sends no such header. */
  readonly token?: string;
  /** Offered subprotocols. Default `['arqon.v1']`; `bearer.<jwt>` is offered here. */
  readonly subprotocols?: readonly string[];
  /** PEM of the certificate to trust; absent trusts the system's. */
  readonly ca?: string;
  /** Further request headers, such as `Origin`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Bound of the upgrade. Default 15,000. */
  readonly timeoutMs?: number;
}

/** How a connection ended. */
export interface WireClose {
  readonly code: number;
  readonly reason: string;
}

/** The server answered the upgrade with a status instead of a WebSocket. */
export class UpgradeRefused extends Error {
  override readonly name = 'UpgradeRefused';
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;

  constructor(status: number, headers: Readonly<Record<string, string | string[] | undefined>>) {
    super(`the upgrade was refused with ${status}`);
    this.status = status;
    this.headers = headers;
  }
}

/** Milliseconds within which the engine's fault shows. */
const cutWithinMs = 25;

/** A client of the wire protocol without the SDK: it sends what a test says, good or bad, and interprets nothing. */
export class RawWireClient {
  /** Frames received, to be taken in order or by predicate. A message that is no Frame ends the queue with an error. */
  readonly frames = new FrameQueue<Frame>();
  /** Messages received so far, text ones and those that are no Frame included. */
  receivedCount = 0;
  /** Bytes received so far, without WebSocket headers. */
  receivedBytes = 0;
  readonly closed: Promise<WireClose>;
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => {
        this.frames.end(new Error(`the connection closed with ${code} ${reason.toString()}`));
        resolve({ code, reason: reason.toString() });
      });
    });
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
  }

  /**
   * Opens a connection. Rejects with UpgradeRefused for an HTTP answer, else with Error. A connection that
   * is cut (1006) within moments of opening, before any frame, is made anew as every client does: the
   * engine has a fault that does this rarely (uWebSockets issue 1928).
   */
  static async connect(url: string, options: RawWireClientOptions = {}): Promise<RawWireClient> {
    for (let attempt = 1; ; attempt += 1) {
      const client = await RawWireClient.#open(url, options);
      if (attempt === 3 || !(await client.#isCutAtOnce())) return client;
    }
  }

  /** True when the connection was cut before anything came, within the time that the engine's fault takes. */
  async #isCutAtOnce(): Promise<boolean> {
    const deadline = performance.now() + cutWithinMs;
    while (performance.now() < deadline && this.receivedCount === 0 && this.#socket.readyState !== WebSocket.CLOSED) {
      await new Promise((resolve) => { setTimeout(resolve, 1); });
    }
    return this.#socket.readyState === WebSocket.CLOSED && this.receivedCount === 0 && (await this.closed).code === 1006;
  }

  static async #open(url: string, options: RawWireClientOptions): Promise<RawWireClient> {
    const { token, subprotocols = ['arqon.v1'], ca, headers = {}, timeoutMs = 15_000 } = options;
    const socket = new WebSocket(url, [...subprotocols], {
      headers: token === undefined ? headers : { ...headers, authorization: `Bearer ${token}` },
      handshakeTimeout: timeoutMs,
      perMessageDeflate: false,
      maxPayload: 64 * 1_048_576,
      ...(ca === undefined ? {} : { ca }),
    });
    // Made before the upgrade completes, because the first frame may arrive with it.
    const client = new RawWireClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.on('error', reject);
      socket.once('unexpected-response', (request, response) => {
        reject(new UpgradeRefused(response.statusCode ?? 0, response.headers));
        request.destroy();
      });
    });
    return client;
  }

  /** The subprotocol that the server chose; empty when it chose none. */
  get subprotocol(): string {
    return this.#socket.protocol;
  }

  /** Bytes that wait to be sent. */
  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** Sends a Frame in the generated code's encoding. Resolves when it left for the kernel. */
  sendFrame(init: MessageInitShape<typeof FrameSchema>): Promise<void> {
    return this.sendBytes(toBinary(FrameSchema, create(FrameSchema, init)));
  }

  /** Sends a binary message as it is. */
  sendBytes(bytes: Uint8Array): Promise<void> {
    return this.#send(bytes, true);
  }

  /** Sends a text message, which no server accepts. */
  sendText(text: string): Promise<void> {
    return this.#send(text, false);
  }

  /** Takes the oldest pending frame that the predicate accepts, or the next one to arrive. */
  next(predicate?: (frame: Frame) => boolean, timeoutMs?: number): Promise<Frame> {
    return this.frames.next(predicate, timeoutMs);
  }

  /** Stops reading from the socket, as a client that hangs does, until `resume`. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Closes in order and waits for the other side, at most `timeoutMs`; then cuts the connection. */
  async close(code = 1000, timeoutMs = 5_000): Promise<WireClose> {
    this.#socket.close(code);
    try {
      return await within(this.closed, timeoutMs, 'the close handshake');
    } catch {
      // The other side does not answer; a test that ends must not wait for it.
      this.#socket.terminate();
      return this.closed;
    }
  }

  /** Cuts the TCP connection without a closing handshake. */
  terminate(): void {
    this.#socket.terminate();
  }

  #receive(data: RawData, isBinary: boolean): void {
    const bytes = bytesOf(data);
    this.receivedCount += 1;
    this.receivedBytes += bytes.byteLength;
    try {
      if (!isBinary) throw new Error('a text message arrived');
      this.frames.push(fromBinary(FrameSchema, bytes));
    } catch (error) {
      this.frames.end(new Error('a message is no Frame', { cause: error }));
    }
  }

  #send(data: Uint8Array | string, binary: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.send(data, { binary }, (error) => (error ? reject(error) : resolve()));
    });
  }
}

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}

import { createServer as createHttpServer, STATUS_CODES, validateHeaderName, validateHeaderValue } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { DropQueue } from './drop-queue.js';
import { CuttingWebSocket, FallbackSocket } from './fallback-socket.js';
import type { FallbackHub } from './fallback-socket.js';
import { listenError, reasonOf } from './listen-failure.js';
import { normalizeAddress } from './remote-address.js';
import { RequestHeaders } from './request-headers.js';
import { assertTransportOptions, idleSecondsOf, maxHeaderBytes, readTlsFiles, upgradeRequired } from './transport-limits.js';
import { encodeBinaryFrame } from './websocket-frame.js';
import type { TransportHandlers, TransportOptions, TransportServer, UpgradeDecision, UpgradeRequest } from './transport.js';

/** Milliseconds that a closing socket waits for the peer's close frame; an option of ws that its types do not list. */
const closeWait = { closeTimeout: 8000 };

/** Parts of the idle time-out; each is one pass over all sockets. */
const ticksPerIdleTimeout = 4;

type Refusal = Extract<UpgradeDecision<never>, { accept: false }>;

/**
 * Starts the adapter on `ws`, for platforms without a binary of the engine. Raises as
 * `startEngineTransport` does.
 */
export async function startFallbackTransport<Data>(options: TransportOptions, handlers: TransportHandlers<Data>): Promise<TransportServer> {
  assertTransportOptions(options);
  const http = await createHttp(options);
  const server = new FallbackServer(http, options, handlers);
  await server.listen(options.host, options.port);
  return server;
}

async function createHttp(options: TransportOptions): Promise<Server> {
  const maxHeaderSize = maxHeaderBytes;
  if (options.tls === undefined) return createHttpServer({ maxHeaderSize }, answerPlainRequest);
  const pair = await readTlsFiles(options.tls);
  return createHttpsServer({ ...pair, minVersion: 'TLSv1.3', maxHeaderSize }, answerPlainRequest);
}

function answerPlainRequest(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(upgradeRequired.status, { ...upgradeRequired.headers, connection: 'close' }).end();
}

class FallbackServer<Data> implements TransportServer, FallbackHub<Data> {
  port = 0;
  readonly maxBufferedBytes: number;
  private readonly drops: DropQueue<Data>;
  private readonly webSockets: WebSocketServer;
  private readonly sockets = new Set<FallbackSocket<Data>>();
  /** Connections until they end; closed sockets linger here for the peer's close frame. */
  private readonly connections = new Set<CuttingWebSocket>();
  private readonly upgrading = new Map<IncomingMessage, PendingUpgrade>();
  private readonly topics = new Map<string, Set<FallbackSocket<Data>>>();
  private readonly selectedProtocols = new WeakMap<IncomingMessage, string>();
  private readonly idleTimer: NodeJS.Timeout;
  private corked: FallbackSocket<Data>[] = [];
  private closing: Promise<void> | undefined;

  constructor(
    private readonly http: Server,
    options: TransportOptions,
    private readonly handlers: TransportHandlers<Data>,
  ) {
    this.maxBufferedBytes = options.maxBufferedBytes === 'unbounded' ? Number.POSITIVE_INFINITY : options.maxBufferedBytes;
    this.drops = new DropQueue(handlers);
    this.webSockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: options.maxMessageBytes,
      ...closeWait,
      WebSocket: CuttingWebSocket,
      handleProtocols: (_offered, request) => this.selectedProtocols.get(request) ?? false,
    });
    http.on('upgrade', (request, stream, head) => {
      this.handleUpgrade(request, stream, head);
    });
    this.idleTimer = setInterval(
      () => {
        for (const socket of this.sockets) socket.tick();
      },
      (idleSecondsOf(options.idleTimeoutMs) * 1000) / ticksPerIdleTimeout,
    );
  }

  listen(host: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.http.once('error', (error) => {
        clearInterval(this.idleTimer);
        reject(listenError(host, port, reasonOf(error)));
      });
      this.http.listen({ host, port, exclusive: true }, () => {
        this.port = portOf(this.http.address());
        resolve();
      });
    });
  }

  publish(topic: string, bytes: Uint8Array): void {
    this.drops.settle();
    const subscribers = this.topics.get(topic);
    if (subscribers === undefined) return;
    const frame = encodeBinaryFrame(bytes);
    for (const socket of subscribers) socket.write(frame, bytes);
    this.drops.settle();
  }

  subscriberCount(topic: string): number {
    return this.topics.get(topic)?.size ?? 0;
  }

  stopListening(): void {
    this.closing ??= new Promise((resolve) => {
      this.http.close(() => {
        resolve();
      });
    });
  }

  async close(): Promise<void> {
    this.stopListening();
    clearInterval(this.idleTimer);
    for (const upgrade of this.upgrading.values()) upgrade.stream.destroy();
    for (const socket of this.sockets) socket.terminate();
    for (const connection of this.connections) connection.terminate();
    this.http.closeAllConnections();
    await this.closing;
  }

  settle(): void {
    this.drops.settle();
  }

  recordDrop(socket: FallbackSocket<Data>, bytes: Uint8Array): void {
    this.drops.record(socket, bytes);
  }

  uncorkAfterTurn(socket: FallbackSocket<Data>): void {
    if (this.corked.push(socket) > 1) return;
    setImmediate(() => {
      const corked = this.corked;
      this.corked = [];
      for (const each of corked) each.uncork();
    });
  }

  addSubscriber(topic: string, socket: FallbackSocket<Data>): void {
    const subscribers = this.topics.get(topic);
    if (subscribers === undefined) this.topics.set(topic, new Set([socket]));
    else subscribers.add(socket);
  }

  removeSubscriber(topic: string, socket: FallbackSocket<Data>): void {
    const subscribers = this.topics.get(topic);
    if (subscribers?.delete(socket) === true && subscribers.size === 0) this.topics.delete(topic);
  }

  drained(socket: FallbackSocket<Data>): void {
    this.drops.settle();
    if (socket.isOpen) this.handlers.drain(socket);
  }

  closed(socket: FallbackSocket<Data>, code: number): void {
    this.sockets.delete(socket);
    this.drops.settle();
    this.handlers.close(socket, code);
  }

  private handleUpgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    this.drops.settle();
    const upgrade = new PendingUpgrade(request, stream, head);
    if (!upgrade.isWebSocket) {
      upgrade.refuse({ accept: false, ...upgradeRequired });
      return;
    }
    this.upgrading.set(request, upgrade);
    this.decide(upgrade).catch((error: unknown) => {
      this.upgrading.delete(request);
      this.handlers.upgradeFailed?.(error);
      upgrade.refuse({ accept: false, status: 500 });
    });
  }

  private async decide(upgrade: PendingUpgrade): Promise<void> {
    const decision = await this.handlers.upgrade(upgrade);
    this.upgrading.delete(upgrade.request);
    if (!decision.accept) {
      upgrade.refuse(decision);
      return;
    }
    if (!upgrade.release()) return;
    this.selectedProtocols.set(upgrade.request, decision.subprotocol);
    this.webSockets.handleUpgrade(upgrade.request, upgrade.stream, upgrade.head, (connection) => {
      this.open(new FallbackSocket(decision.data, upgrade.remoteAddress, connection, upgrade.stream, this), connection);
    });
  }

  private open(socket: FallbackSocket<Data>, connection: CuttingWebSocket): void {
    this.sockets.add(socket);
    this.connections.add(connection);
    connection.on('message', (data: Buffer, isBinary) => {
      this.drops.settle();
      if (socket.isOpen) this.handlers.message(socket, data, isBinary);
    });
    connection.on('error', () => {
      connection.terminate();
    });
    connection.on('close', (code) => {
      this.connections.delete(connection);
      socket.finish(code);
    });
    this.drops.settle();
    this.handlers.open(socket);
  }
}

/** An upgrade whose decision is awaited. Meanwhile the stream is watched, so that a peer that leaves is not opened. */
class PendingUpgrade implements UpgradeRequest {
  readonly path: string;
  readonly query: string;
  readonly remoteAddress: string;
  readonly stream: Socket;
  private readonly headers = new RequestHeaders();
  private isAborted = false;

  constructor(
    readonly request: IncomingMessage,
    stream: Duplex,
    readonly head: Buffer,
  ) {
    // node:http hands out the connection itself: a Socket, or a TLSSocket, which is one.
    this.stream = request.socket;
    const url = request.url ?? '/';
    const mark = url.indexOf('?');
    this.path = mark < 0 ? url : url.slice(0, mark);
    this.query = mark < 0 ? '' : url.slice(mark + 1);
    this.remoteAddress = normalizeAddress(request.socket.remoteAddress);
    for (let index = 0; index < request.rawHeaders.length; index += 2) {
      this.headers.add(request.rawHeaders[index], request.rawHeaders[index + 1]);
    }
    stream.on('readable', this.onReadable).on('end', this.onGone).on('error', this.onGone).on('close', this.onGone);
  }

  get isWebSocket(): boolean {
    return this.header('upgrade').toLowerCase() === 'websocket' && this.header('sec-websocket-key').length === 24;
  }

  header(name: string): string {
    return this.headers.get(name);
  }

  /** Stops watching. False when the peer has left. */
  release(): boolean {
    this.stream.off('readable', this.onReadable).off('end', this.onGone).off('close', this.onGone);
    if (!this.isAborted) {
      this.stream.off('error', this.onGone);
      return true;
    }
    this.stream.destroy();
    return false;
  }

  refuse(refusal: Refusal): void {
    if (!this.release()) return;
    const body = Buffer.from(refusal.body ?? '');
    const lines = [`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? 'Unknown'}`];
    for (const [name, value] of Object.entries(refusal.headers ?? {})) {
      validateHeaderName(name);
      validateHeaderValue(name, value);
      lines.push(`${name}: ${value}`);
    }
    lines.push('connection: close', `content-length: ${body.length}`, '', '');
    this.stream.on('error', this.onGone);
    this.stream.end(Buffer.concat([Buffer.from(lines.join('\r\n'), 'latin1'), body]), () => {
      this.stream.destroySoon();
    });
  }

  /** Data that came early stays where it is; reading at the end of the stream makes it emit `end`. */
  private readonly onReadable = (): void => {
    if (this.stream.readableLength === 0) this.stream.read();
  };

  private readonly onGone = (): void => {
    this.isAborted = true;
  };
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}

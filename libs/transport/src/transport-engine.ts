import { STATUS_CODES } from 'node:http';
import type { AppOptions, HttpRequest, HttpResponse, TemplatedApp, us_listen_socket, us_socket_context_t } from 'uWebSockets.js';
import { DropQueue } from './drop-queue.js';
import { EngineSocket } from './engine-socket.js';
import type { EngineSocketRecord, EngineWebSocket } from './engine-socket.js';
import { LaterMessages } from './later-messages.js';
import { findFreePort, listenFailure } from './listen-failure.js';
import { formatAddress } from './remote-address.js';
import { RequestHeaders } from './request-headers.js';
import { assertTransportOptions, idleSecondsOf, maxHeaderBytes, readTlsFiles, upgradeRequired } from './transport-limits.js';
import type { TransportHandlers, TransportOptions, TransportServer, UpgradeDecision, UpgradeRequest } from './transport.js';

type Engine = typeof import('uWebSockets.js');

/**
 * This list governs TLS 1.2 and older alone, and its one suite needs a pre-shared key that nobody has:
 * 1.2 finds no common suite, 1.3 is untouched. The engine has no option for a minimal version.
 */
const tls13Only = 'ECDHE-PSK-AES128-CBC-SHA';

/** Without it the engine sets SO_REUSEPORT, and a second process would share a port in silence. */
const exclusivePort = 1;

/** Loads the native engine. It reads its header limit from the environment while it loads. */
export async function loadEngine(): Promise<Engine> {
  // eslint-disable-next-line no-restricted-syntax -- the engine knows no option for it
  process.env['UWS_HTTP_MAX_HEADERS_SIZE'] ??= String(maxHeaderBytes);
  return import('uWebSockets.js');
}

/**
 * Starts the adapter on uWebSockets.js. Raises INVALID_ARGUMENT for an option out of range and INTERNAL
 * when the certificate cannot be used or the port is taken.
 */
export async function startEngineTransport<Data>(options: TransportOptions, handlers: TransportHandlers<Data>): Promise<TransportServer> {
  assertTransportOptions(options);
  const engine = await loadEngine();
  const app = await createApp(engine, options);
  const server = new EngineServer(engine, app, handlers, options.tls !== undefined && options.sendsInMessage !== false);
  app.ws<EngineSocketRecord<Data>>('/*', {
    compression: 0,
    maxPayloadLength: options.maxMessageBytes,
    maxBackpressure: options.maxBufferedBytes === 'unbounded' ? 0 : options.maxBufferedBytes,
    closeOnBackpressureLimit: false,
    idleTimeout: idleSecondsOf(options.idleTimeoutMs),
    sendPingsAutomatically: true,
    upgrade: (response, request, context) => {
      server.handleUpgrade(response, request, context);
    },
    open: (ws) => {
      server.handleOpen(ws);
    },
    message: (ws, message, isBinary) => {
      server.handleMessage(ws, message, isBinary);
    },
    dropped: (ws, message, isBinary) => {
      server.handleDropped(ws, message, isBinary);
    },
    drain: (ws) => {
      server.handleDrain(ws);
    },
    close: (ws, code) => {
      server.handleClose(ws, code);
    },
  });
  app.any('/*', (response) => {
    refuse(response, { accept: false, ...upgradeRequired });
  });
  await server.listen(options.host, options.port);
  return server;
}

async function createApp(engine: Engine, options: TransportOptions): Promise<TemplatedApp> {
  if (options.tls === undefined) return engine.App();
  // The engine's own message for a bad certificate does not say what is wrong.
  await readTlsFiles(options.tls);
  const appOptions: AppOptions = { cert_file_name: options.tls.certFile, key_file_name: options.tls.keyFile, ssl_ciphers: tls13Only };
  return engine.SSLApp(appOptions);
}

class EngineServer<Data> implements TransportServer {
  port = 0;
  private readonly drops: DropQueue<Data>;
  private listenSocket: us_listen_socket | undefined;
  private isClosed = false;
  private opened: EngineSocket<Data> | undefined;
  private readonly later: LaterMessages<Data> | undefined;

  constructor(
    private readonly engine: Engine,
    private readonly app: TemplatedApp,
    private readonly handlers: TransportHandlers<Data>,
    tellsLater: boolean,
  ) {
    this.drops = new DropQueue(handlers);
    this.later = tellsLater ? new LaterMessages((socket, bytes, isBinary) => { this.tell(socket, bytes, isBinary); }) : undefined;
  }

  /**
   * A free port is picked here: on one that the engine picked it sets no SO_REUSEADDR, and a restart on
   * the same number would fail for the minute that old connections stay in TIME_WAIT.
   */
  async listen(host: string, port: number): Promise<void> {
    for (let attempt = 1; this.listenSocket === undefined; attempt += 1) {
      const chosen = port === 0 ? await findFreePort(host) : port;
      this.tryListen(host, chosen);
      this.port = chosen;
      const mayRetry = port === 0 && attempt < 10;
      if (this.listenSocket === undefined && !mayRetry) throw await listenFailure(host, chosen);
    }
  }

  private tryListen(host: string, port: number): void {
    const accept = (listenSocket: us_listen_socket | false): void => {
      if (listenSocket !== false) this.listenSocket = listenSocket;
    };
    // The engine takes host and options together, but its types have no such overload.
    Reflect.apply(this.app.listen, this.app, [host, port, exclusivePort, accept]);
  }

  publish(topic: string, bytes: Uint8Array): void {
    if (this.isClosed) return;
    this.drops.settle();
    this.app.publish(topic, bytes, true, false);
    this.drops.settle();
  }

  subscriberCount(topic: string): number {
    return this.isClosed ? 0 : this.app.numSubscribers(topic);
  }

  stopListening(): void {
    if (this.listenSocket === undefined) return;
    this.engine.us_listen_socket_close(this.listenSocket);
    this.listenSocket = undefined;
  }

  close(): Promise<void> {
    this.stopListening();
    if (!this.isClosed) {
      this.isClosed = true;
      this.app.close();
    }
    return Promise.resolve();
  }

  handleUpgrade(response: HttpResponse, request: HttpRequest, context: us_socket_context_t): void {
    this.drops.settle();
    const upgrade = new PendingUpgrade(response, request, context);
    try {
      const decision = this.handlers.upgrade(upgrade);
      if (!('then' in decision)) {
        this.answer(upgrade, decision);
        return;
      }
      decision.then(
        (settled) => {
          this.answer(upgrade, settled);
        },
        (error: unknown) => {
          this.answerFailure(upgrade, error);
        },
      );
    } catch (error) {
      this.answerFailure(upgrade, error);
    }
  }

  /** Within `answer`; the owner is told when that is done. */
  handleOpen(ws: EngineWebSocket<Data>): void {
    const { socket } = ws.getUserData();
    socket.attach(ws);
    this.opened = socket;
  }

  handleMessage(ws: EngineWebSocket<Data>, message: ArrayBuffer, isBinary: boolean): void {
    const { socket } = ws.getUserData();
    const bytes = new Uint8Array(message);
    if (this.later !== undefined) this.later.add(socket, bytes, isBinary);
    else if (socket.isOpen) this.tell(socket, bytes, isBinary);
  }

  private tell(socket: EngineSocket<Data>, bytes: Uint8Array, isBinary: boolean): void {
    this.drops.settle();
    this.handlers.message(socket, bytes, isBinary);
  }

  /** The engine also drops pings and close frames, which are not binary messages of the owner. */
  handleDropped(ws: EngineWebSocket<Data>, message: ArrayBuffer, isBinary: boolean): void {
    if (isBinary) this.drops.record(ws.getUserData().socket, new Uint8Array(message));
  }

  handleDrain(ws: EngineWebSocket<Data>): void {
    this.drops.settle();
    const { socket } = ws.getUserData();
    if (socket.isOpen) this.handlers.drain(socket);
  }

  handleClose(ws: EngineWebSocket<Data>, code: number): void {
    const { socket } = ws.getUserData();
    const isOpen = socket.isOpen;
    socket.detach();
    if (isOpen) this.later?.flush(socket);
    this.drops.settle();
    this.handlers.close(socket, code);
  }

  private answerFailure(upgrade: PendingUpgrade, error: unknown): void {
    this.handlers.upgradeFailed?.(error);
    this.answer(upgrade, { accept: false, status: 500 });
  }

  /**
   * The engine looks at the response's state once more when its cork ends, in memory that an upgrade
   * gave back (uWebSockets issue 1928): what the owner subscribes and sends in `open` could be laid
   * there and be taken for "close this connection". So the owner is told of the socket after the cork.
   */
  private answer(upgrade: PendingUpgrade, decision: UpgradeDecision<Data>): void {
    if (upgrade.isAborted) return;
    const { response } = upgrade;
    const record: EngineSocketRecord<Data> | undefined = decision.accept
      ? { socket: new EngineSocket(decision.data, upgrade.remoteAddress, this.drops) }
      : undefined;
    response.cork(() => {
      if (!decision.accept) {
        refuse(response, decision);
        return;
      }
      // A subprotocol that was not offered would make the client fail the handshake (RFC 6455, 4.1).
      const subprotocol = upgrade.header('sec-websocket-protocol') === '' ? '' : decision.subprotocol;
      response.upgrade(record, upgrade.header('sec-websocket-key'), subprotocol, '', upgrade.context);
    });
    const { opened } = this;
    this.opened = undefined;
    if (opened?.isOpen !== true) return;
    this.drops.settle();
    this.handlers.open(opened);
  }
}

/** The engine's request is gone when its handler returns, so all of it is copied for handlers that await. */
class PendingUpgrade implements UpgradeRequest {
  readonly path: string;
  readonly query: string;
  readonly remoteAddress: string;
  isAborted = false;
  private readonly headers = new RequestHeaders();

  constructor(
    readonly response: HttpResponse,
    request: HttpRequest,
    readonly context: us_socket_context_t,
  ) {
    this.path = request.getUrl();
    this.query = request.getQuery() ?? '';
    this.remoteAddress = formatAddress(new Uint8Array(response.getRemoteAddress()));
    request.forEach((name, value) => {
      this.headers.add(name, value);
    });
    response.onAborted(() => {
      this.isAborted = true;
    });
  }

  header(name: string): string {
    return this.headers.get(name);
  }
}

function refuse(response: HttpResponse, refusal: Extract<UpgradeDecision<never>, { accept: false }>): void {
  response.writeStatus(`${refusal.status} ${STATUS_CODES[refusal.status] ?? 'Unknown'}`);
  for (const [name, value] of Object.entries(refusal.headers ?? {})) response.writeHeader(name, value);
  response.end(refusal.body ?? '', true);
}

/**
 * The transport port: one WebSocket listener with topic publish. Two adapters implement it, the
 * engine (`uWebSockets.js`) and a pure one (`ws`); both pass `transport.contract.ts`.
 */

/** What happened to a message handed to `send`. */
export type SendOutcome = 'sent' | 'buffered' | 'dropped';

/** A server-side WebSocket. `data` is the owner's record; the port keeps no state for the owner. */
export interface TransportSocket<Data> {
  readonly data: Data;
  /** Text form of the peer's address, for logs and per-peer limits. */
  readonly remoteAddress: string;
  /** False from the moment the close callback ran or `close`/`terminate` was called; every other method is then a no-op. */
  readonly isOpen: boolean;
  /** Bytes accepted but not yet given to the kernel. */
  readonly bufferedBytes: number;
  /** Sends one binary message in order with publishes of the same turn; the bytes may be reused on return. */
  send(bytes: Uint8Array): SendOutcome;
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
  /** Runs `work` so that all its sends leave in one write. */
  cork(work: () => void): void;
  /** Close handshake with a code and a reason of at most 123 bytes. */
  close(code: number, reason: string): void;
  /** Cuts the connection (the peer sees 1006). */
  terminate(): void;
}

/** An HTTP upgrade request; valid only until the handler's promise settles. Header names are lower-case. */
export interface UpgradeRequest {
  readonly path: string;
  readonly query: string;
  readonly remoteAddress: string;
  header(name: string): string;
}

/** Accept with the owner's record and the selected subprotocol, or refuse with an HTTP status and headers. */
export type UpgradeDecision<Data> =
  | { readonly accept: true; readonly data: Data; readonly subprotocol: string }
  | { readonly accept: false; readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> };

export interface TransportHandlers<Data> {
  /** Decides an upgrade; may be asynchronous. A thrown error refuses with 500. */
  upgrade(request: UpgradeRequest): UpgradeDecision<Data> | Promise<UpgradeDecision<Data>>;
  open(socket: TransportSocket<Data>): void;
  /** `bytes` belongs to the engine and is valid only until this returns. */
  message(socket: TransportSocket<Data>, bytes: Uint8Array, isBinary: boolean): void;
  /** A message was lost because the socket's buffer is over its limit; called within publish, send or the engine's flush. */
  dropped(socket: TransportSocket<Data>, bytes: Uint8Array): void;
  /** The socket's buffer shrank. */
  drain(socket: TransportSocket<Data>): void;
  /** Called once for every opened socket; the socket may not be used any more. */
  close(socket: TransportSocket<Data>, code: number): void;
  /** `upgrade` threw; the peer got 500. For logs. */
  upgradeFailed?(error: unknown): void;
}

export interface TransportTls {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface TransportOptions {
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** With it the listener speaks TLS 1.3 only (RFC 8446); without it plain HTTP. */
  readonly tls?: TransportTls;
  /** Bytes; a larger message cuts the connection (1006). */
  readonly maxMessageBytes: number;
  /** Bytes buffered per socket above which messages are dropped; `'unbounded'` leaves the bound to the owner. */
  readonly maxBufferedBytes: number | 'unbounded';
  /** Milliseconds without any traffic from the peer (pong included) after which the socket is closed; pings are sent by the transport. */
  readonly idleTimeoutMs: number;
}

export interface TransportServer {
  /** Port that is listened on. */
  readonly port: number;
  /** One message to every subscriber of a topic, encoded once; order is kept with `send`. No effect without subscribers. */
  publish(topic: string, bytes: Uint8Array): void;
  subscriberCount(topic: string): number;
  /** Stops accepting; open sockets stay. */
  stopListening(): void;
  /** Stops accepting and cuts what is still open. */
  close(): Promise<void>;
}

/** Which adapter runs: `engine` is uWebSockets.js, `fallback` is ws. */
export type TransportKind = 'engine' | 'fallback';

export type StartTransport = <Data>(options: TransportOptions, handlers: TransportHandlers<Data>) => Promise<TransportServer>;

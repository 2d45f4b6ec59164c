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
  /**
   * Sends one binary message in order with publishes of the same turn; the bytes may be reused on return.
   * `buffered` means that a `drain` will follow. The outcome is that of this message alone.
   */
  send(bytes: Uint8Array): SendOutcome;
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
  /** Runs `work` so that all its sends leave in one write. */
  cork(work: () => void): void;
  /**
   * Close handshake with a code and a reason of at most 123 bytes (longer ones are cut). The close callback runs
   * before this returns. On the engine, a socket over its buffer limit loses the close frame: its peer sees 1006.
   */
  close(code: number, reason: string): void;
  /** Cuts the connection (the peer sees 1006); what is buffered is lost. The close callback runs before this returns. */
  terminate(): void;
}

/** An HTTP upgrade request; valid only until the handler's promise settles. Header names are lower-case. */
export interface UpgradeRequest {
  readonly path: string;
  /** Without the question mark; '' when there is none. */
  readonly query: string;
  readonly remoteAddress: string;
  /** The value, '' when absent; repeated lines are joined with ', '. */
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
  /**
   * At least one message to this socket was lost because its buffer is over `maxBufferedBytes`; `bytes` is
   * a copy of the first of them. Always called at a safe point, so everything may be called in it, `unsubscribe`,
   * `close`, `terminate` and `publish` included: before the publish or send that found the loss returns, or
   * before the next callback of, or call into, the transport, at the latest in an immediate. Nothing else
   * reaches the owner or the socket in between, so a socket taken off its topics here gets
   * nothing later but what the second point below says.
   *
   * - Publishes wait, up to 32 per socket, for the 33rd, a send to the socket, a publish of 16 KiB and more, or
   *   the end of the turn. Of those waiting, the first that is lost takes all after it along in silence: what came
   *   before `bytes` arrives, `bytes` and what waits behind it does not. So the beginning of the hole is exact.
   * - Its end is not: on the engine the message of the very call that found the loss may arrive after the hole.
   *   It does when it was sent by `send`, or published with 16 KiB and more; a smaller publish (the 33rd) does
   *   when the kernel took some of the buffer meanwhile, else it is lost with a callback of its own.
   * - While the socket stays over its limit, everything to it is lost, one callback per flush. A `send` to it
   *   inside this callback returns `dropped` and calls back no more.
   */
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
  /**
   * Milliseconds without any traffic from the peer (pong included) after which the socket is closed (1006); pings are
   * sent by the transport. Brought into 8 to 960 seconds and kept to about 4 seconds (engine) or a quarter (fallback).
   */
  readonly idleTimeoutMs: number;
  /**
   * False promises that the owner sends and publishes nothing while it is told of a message; it may close that socket. Without the promise the
   * engine with TLS copies each message and tells of it a moment later (`LaterMessages` says why).
   */
  readonly sendsInMessage?: boolean;
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

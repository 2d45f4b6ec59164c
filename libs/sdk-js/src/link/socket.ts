/** How a socket ended. `httpStatus` is set when the server refused the upgrade and the platform shows it. */
export interface SocketEnd {
  readonly code: number;
  readonly reason: string;
  readonly httpStatus?: number | undefined;
  readonly cause?: unknown;
}

/** What a socket tells its owner; `ended` comes once and is the last. */
export interface SocketEvents {
  received(bytes: Uint8Array): void;
  ended(end: SocketEnd): void;
}

/** A WebSocket that speaks arqon.v1 in binary messages. */
export interface ClientSocket {
  send(frame: Uint8Array): void;
  /** Ends the connection; `ended` follows. Waits for no answer longer than the platform does. */
  close(code: number, reason: string): void;
  /** Drops the connection without a closing handshake where the platform allows it. */
  abort(): void;
  /** Bytes handed over and not yet written. */
  bufferedBytes(): number;
}

/** Opens a socket to `url` with a token; the port between the SDK and the platform. */
export type OpenSocket = (url: string, token: string, events: SocketEvents) => ClientSocket;

/** The WebSocket subprotocol of this version. */
export const subprotocol = 'arqon.v1';

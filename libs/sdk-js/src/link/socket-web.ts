import { subprotocol, type ClientSocket, type OpenSocket, type SocketEvents } from './socket.js';

/** What the SDK uses of a standard WebSocket (WHATWG WebSockets). */
export interface WebSocketLike {
  binaryType: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { readonly code: number; readonly reason: string }) => void): void;
  addEventListener(type: 'error', listener: () => void): void;
  send(data: Uint8Array): void;
  close(code?: number, reason?: string): void;
}

/** A constructor of standard WebSockets, such as `globalThis.WebSocket`. */
export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;

const stateOpen = 1;

/**
 * Sockets by a standard WebSocket. It cannot set headers, so the token travels as the second subprotocol
 * `bearer.<jwt>`, which the server never echoes (docs/protocol.md, Connection).
 */
export function openWith(WebSocketClass: WebSocketConstructor): OpenSocket {
  return (url, token, events) => new WebSocketAdapter(new WebSocketClass(url, [subprotocol, `bearer.${token}`]), events);
}

class WebSocketAdapter implements ClientSocket {
  private ended = false;

  constructor(
    private readonly socket: WebSocketLike,
    private readonly events: SocketEvents,
  ) {
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('message', ({ data }) => {
      if (data instanceof ArrayBuffer && !this.ended) events.received(new Uint8Array(data));
    });
    socket.addEventListener('close', ({ code, reason }) => this.end(code, reason));
    // An error event carries no detail, and a close event always follows it.
    socket.addEventListener('error', ignoreDetail);
  }

  send(frame: Uint8Array): void {
    if (this.socket.readyState === stateOpen) this.socket.send(frame);
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason);
  }

  abort(): void {
    this.socket.close();
    // On a dead link the platform waits long for the peer's close frame: what waits for the end is told now.
    this.end(1006, '');
  }

  bufferedBytes(): number {
    return this.socket.bufferedAmount;
  }

  private end(code: number, reason: string): void {
    if (this.ended) return;
    this.ended = true;
    this.events.ended({ code, reason });
  }
}

function ignoreDetail(): void {
  return undefined;
}

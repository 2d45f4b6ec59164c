import { subprotocol, type ClientSocket, type OpenSocket, type SocketEvents } from './socket.js';

/** What the SDK uses of a standard WebSocket (WHATWG WebSockets). */
export interface WebSocketLike {
  binaryType: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: ((event: unknown) => void) | null;
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
    socket.onmessage = (event) => {
      if (event.data instanceof ArrayBuffer) events.received(new Uint8Array(event.data));
    };
    socket.onclose = (event) => this.end(event.code, event.reason);
    // An error event carries no detail and a close event always follows it.
    socket.onerror = null;
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
    this.socket.onmessage = null;
    this.events.ended({ code, reason });
  }
}

import { WebSocket } from 'ws';
import { subprotocol, type ClientSocket, type OpenSocket, type SocketEnd, type SocketEvents } from '../link/socket.js';

const maxFrameBytes = 1_048_576 + 65_536;

/** Options of a socket on Node. */
export interface NodeSocketOptions {
  /** Certificates of the authorities to trust instead of the system's, in PEM. */
  readonly ca?: string | Uint8Array | readonly (string | Uint8Array)[] | undefined;
}

/** Sockets on Node by `ws`. The token travels in `Authorization: Bearer`, so a refused upgrade shows its HTTP status. */
export function openOnNode(options: NodeSocketOptions): OpenSocket {
  return (url, token, events) => {
    const socket = new WebSocket(url, [subprotocol], {
      headers: { Authorization: `Bearer ${token}` },
      perMessageDeflate: false,
      maxPayload: maxFrameBytes,
      ...(options.ca === undefined ? {} : { ca: copyCa(options.ca) }),
    });
    return new NodeSocket(socket, events);
  };
}

function copyCa(ca: NonNullable<NodeSocketOptions['ca']>): string | Buffer | (string | Buffer)[] {
  const one = (value: string | Uint8Array): string | Buffer => (typeof value === 'string' ? value : Buffer.from(value));
  return typeof ca === 'string' || ca instanceof Uint8Array ? one(ca) : ca.map(one);
}

class NodeSocket implements ClientSocket {
  private ended = false;
  private cause: unknown;

  constructor(
    private readonly socket: WebSocket,
    private readonly events: SocketEvents,
  ) {
    socket.on('message', (data, isBinary) => {
      if (isBinary && Buffer.isBuffer(data)) events.received(data);
    });
    socket.on('unexpected-response', (request, response) => {
      request.destroy();
      this.end({ code: 1006, reason: '', httpStatus: response.statusCode });
    });
    socket.on('error', (error) => {
      this.cause = error;
    });
    socket.on('close', (code, reason) => this.end({ code, reason: reason.toString(), cause: this.cause }));
  }

  send(frame: Uint8Array): void {
    // A send that fails is followed by the close event, which is where a lost link is handled.
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(frame);
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason);
  }

  abort(): void {
    this.socket.terminate();
    this.end({ code: 1006, reason: '', cause: this.cause });
  }

  bufferedBytes(): number {
    return this.socket.bufferedAmount;
  }

  private end(end: SocketEnd): void {
    if (this.ended) return;
    this.ended = true;
    this.events.ended(end);
  }
}

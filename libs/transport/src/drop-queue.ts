import type { TransportHandlers, TransportSocket } from './transport.js';

/**
 * Lost messages on their way to the owner's `dropped` callback.
 *
 * The engine reports a loss while it walks its own lists of topics and subscribers; a close or an
 * unsubscribe at that point frees memory it still reads. So adapters only record the loss there and
 * tell the owner at the next safe point: `settle` runs before and after every call into the
 * transport and before every other callback, at the latest in an immediate.
 */
export class DropQueue<Data> {
  private readonly sockets: TransportSocket<Data>[] = [];
  private readonly messages: Uint8Array[] = [];
  private lastCopy: Uint8Array = new Uint8Array(0);
  private current: TransportSocket<Data> | undefined;
  private isScheduled = false;

  constructor(private readonly handlers: TransportHandlers<Data>) {}

  /**
   * Remembers a loss; `bytes` is copied. A socket inside its own `dropped` callback learns of a
   * further loss from the outcome of `send` alone, so a callback that sends cannot call itself for ever.
   */
  record(socket: TransportSocket<Data>, bytes: Uint8Array): void {
    if (socket === this.current || !socket.isOpen) return;
    this.sockets.push(socket);
    this.messages.push(this.copyOf(bytes));
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      this.settle();
    });
  }

  /** Tells the owner of every recorded loss. Safe points only; a nested call returns at once. */
  settle(): void {
    if (this.sockets.length === 0 || this.current !== undefined) return;
    try {
      for (let index = 0; index < this.sockets.length; index += 1) {
        const socket = this.sockets[index];
        if (!socket.isOpen) continue;
        this.current = socket;
        this.handlers.dropped(socket, this.messages[index]);
      }
    } finally {
      this.current = undefined;
      this.sockets.length = 0;
      this.messages.length = 0;
      this.lastCopy = new Uint8Array(0);
    }
  }

  /** One publish lost by many sockets is copied once. */
  private copyOf(bytes: Uint8Array): Uint8Array {
    if (this.messages.length === 0 || Buffer.compare(this.lastCopy, bytes) !== 0) this.lastCopy = bytes.slice();
    return this.lastCopy;
  }
}

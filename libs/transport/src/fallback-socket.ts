import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { encodeBinaryFrame, fitCloseReason } from './websocket-frame.js';
import type { SendOutcome, TransportSocket } from './transport.js';

/**
 * A `ws` connection that is cut where `ws` would answer a broken or oversized message with a close
 * frame, as the engine cuts it. Only that path of `ws` calls `close` with a code and no reason.
 */
export class CuttingWebSocket extends WebSocket {
  override close(code?: number, reason?: string | Buffer): void {
    if (code !== undefined && reason === undefined) this.terminate();
    else super.close(code, reason);
  }
}

/** What a fallback socket needs of its server. */
export interface FallbackHub<Data> {
  /** Bytes buffered above which messages are dropped. */
  readonly maxBufferedBytes: number;
  settle(): void;
  recordDrop(socket: FallbackSocket<Data>, bytes: Uint8Array): void;
  uncorkAfterTurn(socket: FallbackSocket<Data>): void;
  addSubscriber(topic: string, socket: FallbackSocket<Data>): void;
  removeSubscriber(topic: string, socket: FallbackSocket<Data>): void;
  drained(socket: FallbackSocket<Data>): void;
  closed(socket: FallbackSocket<Data>, code: number): void;
}

const nothing = new Uint8Array(0);

/** A socket of the fallback. Messages are written past `ws`, so that a publish is encoded once; nothing else writes data frames. */
export class FallbackSocket<Data> implements TransportSocket<Data> {
  isOpen = true;
  /** Quarters of the idle time-out without a byte from the peer. */
  silentTickCount = 0;
  private readonly topics = new Set<string>();
  private isCorked = false;
  /** The kernel did not take all; `drained` comes when it has. */
  private isBackedUp = false;
  private seenBytes = 0;

  constructor(
    readonly data: Data,
    readonly remoteAddress: string,
    private readonly connection: CuttingWebSocket,
    private readonly stream: Socket,
    private readonly hub: FallbackHub<Data>,
  ) {}

  get bufferedBytes(): number {
    return this.isOpen ? this.stream.writableLength : 0;
  }

  send(bytes: Uint8Array): SendOutcome {
    this.hub.settle();
    const outcome = this.isOpen ? this.write(encodeBinaryFrame(bytes), bytes) : 'dropped';
    this.hub.settle();
    return outcome;
  }

  /** Writes an encoded message unless the buffer is over its limit; the server's publish comes here too. */
  write(frame: Buffer, bytes: Uint8Array): SendOutcome {
    if (this.connection.readyState !== WebSocket.OPEN) return 'dropped';
    if (this.isOverLimit()) {
      this.hub.recordDrop(this, bytes);
      return 'dropped';
    }
    this.corkForTurn();
    this.stream.write(frame);
    return this.isBackedUp ? 'buffered' : 'sent';
  }

  subscribe(topic: string): void {
    this.hub.settle();
    if (!this.isOpen) return;
    this.topics.add(topic);
    this.hub.addSubscriber(topic, this);
  }

  unsubscribe(topic: string): void {
    this.hub.settle();
    if (this.topics.delete(topic)) this.hub.removeSubscriber(topic, this);
  }

  /** Everything of one turn leaves in one write anyway. */
  cork(work: () => void): void {
    if (this.isOpen) work();
  }

  close(code: number, reason: string): void {
    this.hub.settle();
    if (!this.isOpen) return;
    this.connection.close(code, fitCloseReason(reason));
    this.finish(code);
  }

  terminate(): void {
    this.hub.settle();
    if (!this.isOpen) return;
    this.connection.terminate();
    this.finish(1006);
  }

  /** Ends the socket for its owner; further calls do nothing. */
  finish(code: number): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.uncork();
    for (const topic of this.topics) this.hub.removeSubscriber(topic, this);
    this.topics.clear();
    this.hub.closed(this, code);
  }

  /** Hands what the turn has gathered to the kernel. */
  uncork(): void {
    if (!this.isCorked) return;
    this.isCorked = false;
    this.stream.uncork();
    if (this.isBackedUp || !this.isOpen || this.stream.writableLength === 0) return;
    this.isBackedUp = true;
    // The stream's own event needs 16 KiB in the buffer; an empty write behind the rest tells always.
    this.stream.write(nothing, () => {
      this.isBackedUp = false;
      if (this.isOpen) this.hub.drained(this);
    });
  }

  /** Counts silence; called four times per idle time-out. */
  tick(): void {
    const { bytesRead } = this.stream;
    this.silentTickCount = bytesRead === this.seenBytes ? this.silentTickCount + 1 : 0;
    this.seenBytes = bytesRead;
    if (this.silentTickCount >= 4) this.terminate();
    else if (this.silentTickCount === 2 && this.connection.readyState === WebSocket.OPEN) this.connection.ping();
  }

  private isOverLimit(): boolean {
    if (this.stream.writableLength <= this.hub.maxBufferedBytes) return false;
    // Corked bytes wait for the end of the turn, not for the peer.
    this.uncork();
    return this.stream.writableLength > this.hub.maxBufferedBytes;
  }

  private corkForTurn(): void {
    if (this.isCorked) return;
    this.isCorked = true;
    this.stream.cork();
    this.hub.uncorkAfterTurn(this);
  }
}

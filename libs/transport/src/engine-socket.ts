import type { WebSocket } from 'uWebSockets.js';
import { fitCloseReason } from './websocket-frame.js';
import type { DropQueue } from './drop-queue.js';
import type { SendOutcome, TransportSocket } from './transport.js';

/** What the engine keeps with a socket. */
export interface EngineSocketRecord<Data> {
  socket: EngineSocket<Data>;
}

export type EngineWebSocket<Data> = WebSocket<EngineSocketRecord<Data>>;

/** A socket of the engine. The engine throws on use after close, so the wrapper lets go of it first. */
export class EngineSocket<Data> implements TransportSocket<Data> {
  private ws: EngineWebSocket<Data> | undefined;

  constructor(
    readonly data: Data,
    readonly remoteAddress: string,
    private readonly drops: DropQueue<Data>,
  ) {}

  /** Called by the adapter when the engine opened the socket. */
  attach(ws: EngineWebSocket<Data>): void {
    this.ws = ws;
  }

  /** Called by the adapter when the engine closed the socket. */
  detach(): void {
    this.ws = undefined;
  }

  get isOpen(): boolean {
    return this.ws !== undefined;
  }

  get bufferedBytes(): number {
    return this.ws?.getBufferedAmount() ?? 0;
  }

  send(bytes: Uint8Array): SendOutcome {
    this.drops.settle();
    const status = this.ws?.send(bytes, true, false) ?? 2;
    this.drops.settle();
    if (status === 1) return 'sent';
    return status === 0 ? 'buffered' : 'dropped';
  }

  subscribe(topic: string): void {
    this.drops.settle();
    this.ws?.subscribe(topic);
  }

  unsubscribe(topic: string): void {
    this.drops.settle();
    this.ws?.unsubscribe(topic);
  }

  cork(work: () => void): void {
    this.ws?.cork(work);
  }

  close(code: number, reason: string): void {
    this.drops.settle();
    const ws = this.ws;
    this.ws = undefined;
    ws?.end(code, fitCloseReason(reason));
  }

  terminate(): void {
    this.drops.settle();
    const ws = this.ws;
    this.ws = undefined;
    ws?.close();
  }
}

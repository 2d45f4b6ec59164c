import type { SegmentSink } from './websocket-reader.js';
import type { MessageCounter } from './message-counter.js';
import { payloadBytes, readIndex } from './payload.js';

const letterM = 0x4d;
const letterP = 0x50;
const ping = 'PING\r\n';

export interface NatsCounterOptions {
  readonly counter: MessageCounter;
  /** First line of every delivery, e.g. `MSG bench 1 128\r\n`. */
  readonly deliveryLine: string;
  readonly onPing: () => void;
}

/** Counts MSG deliveries by their constant length and checks the index of each. */
export class NatsCounter implements SegmentSink {
  private readonly lineBytes: number;
  private readonly messageBytes: number;
  private readonly carry: Buffer;
  private carryLength = 0;

  constructor(private readonly options: NatsCounterOptions) {
    this.lineBytes = Buffer.byteLength(options.deliveryLine);
    this.messageBytes = this.lineBytes + payloadBytes + 2;
    this.carry = Buffer.alloc(2 * this.messageBytes);
  }

  segment(bytes: Buffer, start: number, end: number): void {
    let position = start;
    if (this.carryLength > 0) {
      // The carry holds less than a message; one message more completes it, and what is left over is given back.
      const taken = Math.min(this.messageBytes, end - start);
      const carriedBefore = this.carryLength;
      bytes.copy(this.carry, carriedBefore, start, start + taken);
      const consumed = this.readOne(this.carry, 0, carriedBefore + taken);
      if (consumed === 0) {
        this.carryLength += taken;
        return;
      }
      position = start + consumed - carriedBefore;
      this.carryLength = 0;
    }
    this.readAll(bytes, position, end);
  }

  private readAll(bytes: Buffer, start: number, end: number): void {
    let position = start;
    while (position < end) {
      const consumed = this.readOne(bytes, position, end);
      if (consumed === 0) {
        this.carryLength = bytes.copy(this.carry, 0, position, end);
        return;
      }
      position += consumed;
    }
  }

  /** Bytes of the protocol line at `position`, 0 when it is not complete. */
  private readOne(bytes: Buffer, position: number, end: number): number {
    const first = bytes[position];
    if (first === letterM) {
      if (end - position < this.messageBytes) return 0;
      const index = readIndex(bytes, position + this.lineBytes);
      if (index !== this.options.counter.dueIndex) throw this.options.counter.disorder(index);
      this.options.counter.advance(1);
      return this.messageBytes;
    }
    if (first === letterP) {
      if (end - position < ping.length) return 0;
      this.options.onPing();
      return ping.length;
    }
    throw new Error(`the server sent: ${bytes.toString('latin1', position, Math.min(end, position + 80))}`);
  }
}

import type { CreditWindow } from './credit-window.js';

export interface MessageCounterOptions {
  /** Messages carry their index modulo this number. */
  readonly ringMessageCount: number;
  readonly window: CreditWindow;
}

/** Counts what one subscriber got and holds every index it is shown against the one that is due. */
export class MessageCounter {
  /** Messages received so far. */
  received = 0;
  private due = 0;
  private nextMark: number;
  private chunkIndex = 0;

  constructor(private readonly options: MessageCounterOptions) {
    this.nextMark = options.window.chunkMessageCount;
  }

  /** Index that the next message must carry. */
  get dueIndex(): number {
    return this.due;
  }

  /** `count` messages arrived, the first with the due index. */
  advance(count: number): void {
    this.received += count;
    this.due = (this.due + count) % this.options.ringMessageCount;
    while (this.received >= this.nextMark) {
      this.options.window.reached(this.chunkIndex);
      this.chunkIndex += 1;
      this.nextMark += this.options.window.chunkMessageCount;
    }
  }

  /** Index of the message `offset` places after the due one. */
  indexAfter(offset: number): number {
    return (this.due + offset) % this.options.ringMessageCount;
  }

  /** The error for a message that is not the due one. */
  disorder(found: number): Error {
    return new Error(`lost or reordered after ${this.received} messages: expected index ${this.due}, found ${found}`);
  }
}

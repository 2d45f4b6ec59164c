import { createInbox, type Msg, type MsgHdrs, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { unavailable } from './unavailable.js';

interface Waiting {
  readonly resolve: (message: Msg) => void;
  readonly reject: (error: Error) => void;
  readonly deadlineMs: number;
}

const sweepMs = 100;

/**
 * Requests in a row without waiting: one subscription and one timer for all of them, for the library's own request has a timer each. They are
 * written in the order of the calls and within one turn, so that a connection that breaks loses a tail of them and never the middle.
 */
export class RequestInbox {
  private readonly waiting = new Map<string, Waiting>();
  private readonly subscription: Subscription;
  private readonly prefix: string;
  private nextNumber = 1;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly connection: NatsConnection,
    private readonly timeoutMs: number,
  ) {
    this.prefix = `${createInbox()}.`;
    this.subscription = connection.subscribe(`${this.prefix}*`, { callback: (error, message) => { if (error === null) this.onReply(message); } });
  }

  /** Rejects with STORE_UNAVAILABLE without an answer in time; what became of the request is then unknown. */
  request(subject: string, payload?: Uint8Array | string, headers?: MsgHdrs): Promise<Msg> {
    return new Promise((resolve, reject) => {
      const number = String(this.nextNumber);
      this.nextNumber += 1;
      this.waiting.set(number, { resolve, reject, deadlineMs: performance.now() + this.timeoutMs });
      this.timer ??= setInterval(() => { this.sweep(); }, sweepMs);
      try {
        this.connection.publish(subject, payload, { reply: this.prefix + number, ...(headers === undefined ? {} : { headers }) });
      } catch (error) {
        this.waiting.delete(number);
        reject(unavailable('the request could not be sent', error));
      }
    });
  }

  /** The connection broke: answers that were under way will not come. */
  failAll(reason: string): void {
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject } of waiting) reject(unavailable(reason));
    this.sweep();
  }

  close(): void {
    this.failAll('the store is closed');
    this.subscription.unsubscribe();
  }

  private onReply(message: Msg): void {
    const number = message.subject.slice(this.prefix.length);
    const waiting = this.waiting.get(number);
    if (waiting === undefined) return;
    this.waiting.delete(number);
    if (message.data.length === 0 && message.headers?.code === 503) waiting.reject(unavailable('JetStream does not answer'));
    else waiting.resolve(message);
  }

  private sweep(): void {
    const nowMs = performance.now();
    for (const [number, { reject, deadlineMs }] of this.waiting) {
      if (deadlineMs > nowMs) continue;
      this.waiting.delete(number);
      reject(unavailable(`no answer within ${this.timeoutMs} ms`));
    }
    if (this.waiting.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }
}

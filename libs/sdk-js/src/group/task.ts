import { Message, type MessageContext, type StampedBatch } from '../message.js';

/** Tells the server what became of a task. */
export type AnswerTask = (id: Uint8Array, nack: boolean, retryAfterMs: number) => Promise<void>;

/**
 * One event of a topic, given to this member of a group alone for as long as its lease lasts. It comes again, to any member, when
 * the lease ends without an answer, and after too many attempts it is put aside; so work on it must bear being repeated.
 */
export class Task<T = unknown> extends Message<T> {
  private answered: Promise<void> | undefined;
  private readonly leaseEndsAtMs: number;

  /** @internal Made by the SDK alone. */
  constructor(context: MessageContext, batch: StampedBatch, index: number, private readonly answer: AnswerTask) {
    super(context, batch, index);
    this.leaseEndsAtMs = performance.now() + this.leaseMs;
  }

  get group(): string {
    return this.batch.stamp.task?.group ?? '';
  }

  /** Time that the member had from the moment of delivery, in milliseconds. */
  get leaseMs(): number {
    return this.batch.stamp.task?.leaseMs ?? 0;
  }

  /** Counted from 1. */
  get attempt(): number {
    return this.batch.stamp.task?.attempt ?? 0;
  }

  /** True once the lease has ended, so that another member may have the task too. */
  get isExpired(): boolean {
    return performance.now() >= this.leaseEndsAtMs;
  }

  /** True once `ack` or `nack` was called. */
  get isAnswered(): boolean {
    return this.answered !== undefined;
  }

  /** The task is done and does not come again. Rejects with the server's ArqonError when the lease is no longer this member's. Only the first answer counts. */
  ack(): Promise<void> {
    return this.settle(false, 0);
  }

  /** Gives the task back for another attempt, `retryAfterMs` from now at the earliest. */
  nack({ retryAfterMs = 0 }: { readonly retryAfterMs?: number } = {}): Promise<void> {
    return this.settle(true, retryAfterMs);
  }

  private settle(nack: boolean, retryAfterMs: number): Promise<void> {
    const { idAt } = this.parts;
    this.answered ??= this.answer(this.batch.bytes.slice(idAt, idAt + 16), nack, retryAfterMs);
    return this.answered;
  }
}

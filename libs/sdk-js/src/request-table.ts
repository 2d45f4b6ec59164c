import { ArqonError } from '@arqonbus/errors';
import { Message, type MessageContext, type StampedBatch } from './message.js';
import { envelopeBody, findParts } from './wire/envelope-reader.js';
import { readReply } from './wire/reply-reader.js';

interface PendingRequest {
  readonly resolve: (message: Message) => void;
  readonly reject: (error: unknown) => void;
}

/** Requests that wait for an answer in the inbox, by the id of the event that asked. */
export class RequestTable {
  private readonly pending = new Map<string, PendingRequest>();

  constructor(
    private readonly context: MessageContext,
    private readonly maxPending: number,
  ) {}

  /** Expects an answer; the returned function gives it up. Raises ArqonError RATE_LIMITED when too many are pending. */
  expect(key: string, resolve: (message: Message) => void, reject: (error: unknown) => void): () => void {
    if (this.pending.size >= this.maxPending) throw new ArqonError('RATE_LIMITED', { message: 'Too many requests are pending.' });
    this.pending.set(key, { resolve, reject });
    return () => this.pending.delete(key);
  }

  /** Takes the answers among a batch of the inbox. */
  take(batch: StampedBatch): void {
    if (this.pending.size === 0) return;
    const { bytes, spans } = batch;
    for (let index = 0; index * 2 < spans.length; index++) {
      const parts = findParts(bytes, spans[index * 2], spans[index * 2 + 1]);
      if (parts.body !== envelopeBody.reply) continue;
      const reply = readReply(bytes, parts.bodyAt, parts.bodyEnd);
      const request = this.pending.get(reply.requestKey);
      if (request === undefined || reply.body.kind !== 'event') continue;
      this.pending.delete(reply.requestKey);
      request.resolve(new Message(this.context, batch, index, reply.body));
    }
  }

  rejectAll(error: unknown): void {
    const requests = [...this.pending.values()];
    this.pending.clear();
    for (const request of requests) request.reject(error);
  }
}

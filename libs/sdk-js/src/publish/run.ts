import { idKey } from '../wire/envelope-reader.js';
import type { IdSource } from '../wire/id-source.js';
import { RunWriter, writeBatchHeader, type OutgoingEvent, type Route, type TypeCache } from '../wire/run-writer.js';
import type { Ticket } from './ticket.js';

/** Bounds of one run. */
export interface RunBounds {
  readonly maxEvents: number;
  readonly maxBytes: number;
}

/** What events must have in common to travel in one run. */
export interface RunKind {
  readonly route: Route;
  readonly ack: boolean;
  readonly isReply: boolean;
  /** True for an event that must travel alone, such as a request. */
  readonly alone: boolean;
}

/** A reply costs the server a search, so it takes few in one batch. */
const maxRepliesPerRun = 16;

/** Events of one routing key on their way out: filled, then numbered and sent, then acknowledged or refused. */
export class Run {
  /** Number within producer and topic; 0n before the first send and without acknowledgement. */
  number = 0n;
  /** Order numbers of sends on this connection that are not yet answered, oldest first. */
  readonly unanswered: number[] = [];
  tickets: Ticket[] = [];
  /** An earlier send may have been taken: its answer was lost, or the store did not tell. */
  isInDoubt = false;
  /** Monotonic milliseconds of the first refusal because the store was not available. */
  unavailableSinceMs: number | undefined;
  storeRefusals = 0;
  private readonly writer: RunWriter;

  constructor(readonly kind: RunKind, ids: IdSource, types: TypeCache) {
    this.writer = new RunWriter(ids, types);
  }

  get count(): number {
    return this.writer.count;
  }

  get byteLength(): number {
    return this.writer.byteLength;
  }

  /** True when an event of this kind and size still fits. */
  accepts(kind: RunKind, bytes: number, bounds: RunBounds): boolean {
    if (kind.alone || this.kind.alone || kind.ack !== this.kind.ack || kind.isReply !== this.kind.isReply) return false;
    if (kind.route.recipientSession !== this.kind.route.recipientSession) return false;
    if (kind.route.after !== this.kind.route.after) return false;
    const maxEvents = kind.isReply ? Math.min(maxRepliesPerRun, bounds.maxEvents) : bounds.maxEvents;
    return this.count < maxEvents && this.byteLength + bytes <= bounds.maxBytes;
  }

  /** Adds an event and returns the bytes of its envelope. */
  add(event: OutgoingEvent, ticket: Ticket): number {
    this.tickets.push(ticket);
    return this.writer.add(event);
  }

  /** Takes events out whose publish was settled meanwhile, by an abort or a time-out. */
  dropSettled(): void {
    if (!this.tickets.some((ticket) => ticket.isSettled)) return;
    this.writer.drop((index) => !this.tickets[index].isSettled);
    this.tickets = this.tickets.filter((ticket) => !ticket.isSettled);
  }

  /** Takes one event out. */
  dropAt(index: number): void {
    this.writer.drop((each) => each !== index);
    this.tickets.splice(index, 1);
  }

  /** The Batch as parts to be written one after the other. */
  parts(producer: bigint): readonly Uint8Array[] {
    return [writeBatchHeader(this.kind.route, producer, this.number), this.writer.view()];
  }

  /** True when one of the events has this id. */
  holds(requestKey: string): boolean {
    for (let index = 0; index < this.count; index++) {
      if (idKey(this.writer.idAt(index), 0) === requestKey) return true;
    }
    return false;
  }

  /** Id of the first event: 16 bytes. */
  firstId(): Uint8Array {
    return this.writer.idAt(0).slice();
  }
}

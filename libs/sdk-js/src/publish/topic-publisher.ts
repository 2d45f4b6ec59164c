import { ArqonError, type ErrorCode } from '@arqonbus/errors';
import type { Published, ServerError } from '../wire/control-reader.js';
import type { IdSource } from '../wire/id-source.js';
import type { OutgoingEvent, TypeCache } from '../wire/run-writer.js';
import { serverErrorOf } from '../server-error.js';
import { Run, type RunBounds, type RunKind } from './run.js';
import type { Ticket } from './ticket.js';

const maxResends = 5;
const maxDelays = 50;
const defaultDelayMs = 50;
const maxStoreDelayMs = 2_000;

/** Codes that refuse the one envelope that the error's index names; the rest of the run may be sent again. */
const envelopeCodes: ReadonlySet<string> = new Set<ErrorCode>([
  'CASIL_POLICY_BLOCKED', 'CASIL_POLICY_BLOCKED_SECRET', 'CASIL_POLICY_OVERSIZE', 'CASIL_INTERNAL_BLOCK', 'CASIL_INTERNAL_ERROR',
  'INVALID_ENVELOPE', 'INVALID_UTF8', 'ENVELOPE_TOO_LARGE', 'UNSUPPORTED_BODY',
]);

/** Codes that say "later": the run is sent again after the delay that the server names. */
const laterCodes: ReadonlySet<string> = new Set<ErrorCode>(['RATE_LIMITED', 'TOO_MANY_UNACKNOWLEDGED', 'DRAINING']);

/** What a TopicPublisher needs of its Publisher. */
export interface TopicPublisherParts {
  readonly now: () => number;
  /** How long a run that the store did not take is tried again, in milliseconds. */
  readonly storeRetryMs: number;
  readonly producerChanged: (before: bigint, after: bigint) => void;
}

/**
 * Publishes to one topic: events gather in runs, runs are numbered when they are first sent, and each number is kept
 * until it is acknowledged, so that what may have been lost is sent again under the same number, in order.
 */
export class TopicPublisher {
  private producer: bigint;
  private nextNumber = 1n;
  /** Not sent yet; the last one may still grow. */
  private readonly waiting: Run[] = [];
  /** Sent and not acknowledged, by rising number. */
  private inFlight: Run[] = [];
  private resendCount = 0;
  private delayCount = 0;
  private sendOrder = 0;
  /** The server has acknowledged a run of this producer. */
  private isAcknowledged = false;
  /** The server may have forgotten the producer: nothing new is sent until it answers for what is in flight. */
  private isProbing = false;
  /** Monotonic milliseconds before which nothing is sent. */
  heldUntilMs = 0;

  constructor(
    private readonly ids: IdSource,
    private readonly types: TypeCache,
    private readonly parts: TopicPublisherParts,
  ) {
    this.producer = ids.nextProducer();
  }

  get isIdle(): boolean {
    return this.waiting.length === 0 && this.inFlight.length === 0;
  }

  get inFlightCount(): number {
    return this.inFlight.length;
  }

  get producerId(): bigint {
    return this.producer;
  }

  /** Bytes of runs whose answer is still to come. */
  unansweredBytes(): number {
    let bytes = 0;
    for (const run of this.inFlight) if (run.unanswered.length > 0) bytes += run.byteLength;
    return bytes;
  }

  add(event: OutgoingEvent, kind: RunKind, bytes: number, bounds: RunBounds, ticket: Ticket): Run {
    const last = this.waiting.at(-1);
    const run = last?.accepts(kind, bytes, bounds) === true ? last : new Run(kind, this.ids, this.types);
    if (run !== last) this.waiting.push(run);
    run.add(event, ticket);
    return run;
  }

  /** The next run that may be sent, without sending it: first what must be sent again, then what waits. */
  peek(maxInFlight: number): Run | undefined {
    for (const run of this.inFlight) if (run.unanswered.length === 0) return run;
    if (this.isProbing && this.inFlight.length > 0) return undefined;
    for (;;) {
      const run = this.waiting.at(0);
      if (run === undefined || (run.kind.ack && this.inFlight.length >= maxInFlight)) return undefined;
      run.dropSettled();
      if (run.count > 0) return run;
      this.waiting.shift();
    }
  }

  /** Takes the run that `peek` returned as sent and returns its Batch. */
  send(run: Run): readonly Uint8Array[] {
    if (run === this.waiting[0]) {
      this.waiting.shift();
      if (run.kind.ack) {
        run.number = this.nextNumber;
        this.nextNumber += 1n;
        this.inFlight.push(run);
      }
    }
    if (run.kind.ack) run.unanswered.push(this.sendOrder++);
    return run.parts(this.producer);
  }

  /**
   * The connection is gone, or the server lost the session's state: what is unacknowledged must be sent again. A server that may have
   * forgotten the producer takes a first run anew, so that must not be sent again; later runs it refuses, if so, by itself.
   */
  restart(mayBeForgotten: boolean): void {
    for (const run of this.inFlight) {
      run.isInDoubt ||= run.unanswered.length > 0;
      run.unanswered.length = 0;
    }
    this.heldUntilMs = 0;
    if (!mayBeForgotten) return;
    if (this.isAcknowledged && this.inFlight.length > 0) this.isProbing = true;
    else if (this.nextNumber > 1n) this.startAfresh(outcomeUnknown());
  }

  /** The store took a run; returns it, or undefined when it was settled before. */
  acknowledged(published: Published): Run | undefined {
    const index = this.inFlight.findIndex((run) => run.number === published.run);
    if (index < 0 || published.producer !== this.producer) return undefined;
    const [run] = this.inFlight.splice(index, 1);
    this.resendCount = 0;
    this.delayCount = 0;
    this.isAcknowledged = true;
    this.isProbing = false;
    const { epoch, durability, duplicate } = published;
    let sequence = published.sequence;
    const step = sequence === 0n ? 0n : 1n;
    for (const ticket of run.tickets) {
      ticket.resolve({ sequence, epoch, durability, duplicate });
      sequence += step;
    }
    return run;
  }

  /** The server refused a run; returns false when the error concerns none that is in flight. */
  refused(error: ServerError): boolean {
    const index = this.inFlight.findIndex((each) => each.number === error.run);
    const run = this.inFlight[index] as Run | undefined;
    if (run === undefined || (error.requestKey !== '' && !run.holds(error.requestKey))) return false;
    // The server knows no producer before its first run: one that it refused makes those behind it look unknown.
    const isBehindFirst = error.code === 'PRODUCER_UNKNOWN' && !this.isAcknowledged && index > 0 && this.inFlight.every((each) => !each.isInDoubt);
    if (error.code === 'RUN_OUT_OF_ORDER' || isBehindFirst) this.outOfOrder(run, index, error);
    else if (error.code === 'PRODUCER_UNKNOWN') this.startAfresh(serverErrorOf(error));
    else if (error.code === 'STORE_UNAVAILABLE') this.storeUnavailable(run, error);
    else if (laterCodes.has(error.code) && this.delayCount < maxDelays) this.delay(run, error);
    else if (envelopeCodes.has(error.code) && run.count > 1 && error.index < run.count) this.refuseOne(run, error);
    else this.refuseRun(run, index, error);
    return true;
  }

  /** Rejects everything that is unsettled. */
  rejectAll(error: unknown): void {
    const runs = [...this.inFlight, ...this.waiting];
    this.inFlight = [];
    this.waiting.length = 0;
    for (const run of runs) reject(run, error);
  }

  /**
   * The server expects a lower number. When lower runs were sent again after the refused send, the refusal is an echo of the
   * earlier loss and only this run goes out again; when they were sent before it, they are lost, and all go out again.
   */
  private outOfOrder(run: Run, index: number, error: ServerError): void {
    const refusedSend = run.unanswered.shift() ?? -1;
    const lower = this.inFlight.slice(0, index);
    const isEcho = index > 0 && lower.some((each) => !each.unanswered.some((send) => send < refusedSend));
    if (isEcho) return;
    this.resendCount += 1;
    if (this.resendCount > maxResends) {
      this.startAfresh(serverErrorOf(error));
      return;
    }
    for (const each of this.inFlight) each.unanswered.length = 0;
  }

  /** The server cannot tell whether runs in flight were taken, so their outcome stays unknown; what was never sent gets new numbers. */
  private startAfresh(error: ArqonError): void {
    const unknown = this.inFlight;
    this.inFlight = [];
    const before = this.producer;
    this.producer = this.ids.nextProducer();
    this.nextNumber = 1n;
    this.resendCount = 0;
    this.isAcknowledged = false;
    this.isProbing = false;
    this.parts.producerChanged(before, this.producer);
    for (const run of unknown) reject(run, error);
  }

  private delay(run: Run, error: ServerError): void {
    run.unanswered.shift();
    this.delayCount += 1;
    this.heldUntilMs = this.parts.now() + (error.retryAfterMs || defaultDelayMs);
  }

  /**
   * The store could not be reached in time: the run goes out again under its number, which settles whether it was taken. Once that
   * took too long nobody knows; then its number may be used up, so what follows needs a new producer.
   */
  private storeUnavailable(run: Run, error: ServerError): void {
    const now = this.parts.now();
    run.unavailableSinceMs ??= now;
    run.isInDoubt = true;
    const leftMs = run.unavailableSinceMs + this.parts.storeRetryMs - now;
    if (leftMs <= 0) {
      this.startAfresh(serverErrorOf(error));
      return;
    }
    run.unanswered.shift();
    const delayMs = error.retryAfterMs || Math.min(maxStoreDelayMs, defaultDelayMs * 2 ** Math.min(run.storeRefusals++, 8));
    this.heldUntilMs = now + Math.min(delayMs, leftMs);
  }

  private refuseOne(run: Run, error: ServerError): void {
    run.unanswered.shift();
    const ticket = run.tickets[error.index];
    run.dropAt(error.index);
    ticket.reject(serverErrorOf(error));
  }

  /**
   * A refused number is not consumed, so the runs behind it, refused as out of order too, move up by one and go out again. One that an
   * earlier send may have used up cannot be given to another run, which would count as taken without ever being stored.
   */
  private refuseRun(run: Run, index: number, error: ServerError): void {
    if (run.isInDoubt) {
      this.startAfresh(outcomeUnknown(serverErrorOf(error)));
      return;
    }
    this.inFlight.splice(index, 1);
    for (const each of this.inFlight.slice(index)) {
      each.number -= 1n;
      each.unanswered.length = 0;
    }
    this.nextNumber -= 1n;
    reject(run, serverErrorOf(error));
  }
}

/** What the server says, too, when it knows a producer no longer. */
function outcomeUnknown(cause?: ArqonError): ArqonError {
  return new ArqonError('PRODUCER_UNKNOWN', cause === undefined ? {} : { cause });
}

function reject(run: Run, error: unknown): void {
  for (const ticket of run.tickets) ticket.reject(error);
}

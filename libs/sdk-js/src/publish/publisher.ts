import { ArqonError } from '@arqonbus/errors';
import type { BusSettings } from '../bus-options.js';
import { serverErrorOf } from '../server-error.js';
import { topicText, type Topic } from '../topic.js';
import type { Published, ServerError, SessionLimits } from '../wire/control-reader.js';
import type { InboundBatch } from '../wire/frame-reader.js';
import type { IdSource } from '../wire/id-source.js';
import { TypeCache, writeFrame, type OutgoingEvent, type Route } from '../wire/run-writer.js';
import { Pacer } from './pacer.js';
import type { Run, RunKind } from './run.js';
import { Ticket, type PublishResult } from './ticket.js';
import { TopicPublisher } from './topic-publisher.js';

/** What the publisher needs of the connection. */
export interface PublishLink {
  /** Sends one frame; false when there is no open session. */
  sendFrame(frame: Uint8Array): boolean;
  /** Bytes handed to the socket and not yet written. */
  bufferedBytes(): number;
  /** Calls back once the server has read everything sent before. */
  barrier(passed: () => void): void;
  /** An error that no publish waits for. */
  unclaimedError(error: ArqonError): void;
  /** The store took a run that ends at `last`. */
  taken(route: Route, epoch: bigint, last: bigint): void;
}

const defaultFrameBytes = 983_040;
/** Room for the routing fields of a run that depends on nothing. */
const runHeaderBytes = 1_024;
/** Most that one position takes. */
const positionBytes = 160;
const softRunBytes = 262_144;
const softFrameBytes = 524_288;
const maxBufferedBytes = 4_194_304;
const bufferCheckMs = 4;
const maxTopics = 4_096;

/** One publish, encoded as far as it does not depend on its run. */
export interface Outgoing {
  readonly topic: Topic;
  readonly event: OutgoingEvent;
  readonly kind: RunKind;
}

/** All publishes of a Bus. Those of one turn to one topic become one run; runs of one turn leave in one frame. */
export class Publisher {
  private readonly topics = new Map<string, TopicPublisher>();
  private readonly byProducer = new Map<bigint, TopicPublisher>();
  private readonly dirty = new Set<TopicPublisher>();
  private readonly types = new TypeCache();
  private readonly pacer: Pacer;
  private limits: SessionLimits | undefined;
  private isScheduled = false;
  private isHeld = true;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private pending = 0;
  private waiters: (() => void)[] = [];
  private barrierBytes = 0;
  private isBarrierOut = false;
  private session = 0;
  private incarnation = 0n;

  constructor(
    private readonly link: PublishLink,
    private readonly ids: IdSource,
    private readonly bounds: Pick<BusSettings, 'maxPendingPublishes' | 'storeRetryMs'>,
    private readonly now: () => number,
  ) {
    this.pacer = new Pacer(now);
  }

  /** Publishes that are not settled. */
  get pendingCount(): number {
    return this.pending;
  }

  /** Runs that were sent and are not acknowledged. */
  get inFlightCount(): number {
    let count = 0;
    for (const topic of this.topics.values()) count += topic.inFlightCount;
    return count;
  }

  /** Queues one event. Raises ArqonError RATE_LIMITED when too many publishes are pending, ENVELOPE_TOO_LARGE when it cannot fit. */
  publish(outgoing: Outgoing, fulfil: (result: PublishResult | undefined) => void, fail: (error: unknown) => void): Ticket {
    if (this.pending >= this.bounds.maxPendingPublishes) throw new ArqonError('RATE_LIMITED', { message: 'Too many publishes are pending.' });
    const { event, kind, topic } = outgoing;
    const contentBytes = event.payload.length + (event.extras?.length ?? 0);
    if (contentBytes > this.maxContentBytes()) throw new ArqonError('ENVELOPE_TOO_LARGE');
    const estimate = contentBytes + event.type.length * 3 + 96;
    const ticket = new Ticket(fulfil, fail, this.settled);
    this.pending += 1;
    const publisher = this.publisherOf(topic.text);
    publisher.add(event, kind, estimate, this.runBounds(), ticket);
    this.markDirty(publisher);
    return ticket;
  }

  /**
   * A session began, or the server lost its state: sends what is unacknowledged again and goes on. Where `incarnation` is another than
   * before, the server may have forgotten its producers.
   */
  start(limits: SessionLimits, incarnation: bigint): void {
    const mayHaveForgotten = this.session > 0 && incarnation !== this.incarnation;
    this.incarnation = incarnation;
    this.session += 1;
    this.limits = limits;
    this.isHeld = false;
    this.isBarrierOut = false;
    this.barrierBytes = 0;
    this.pacer.reset(limits);
    for (const topic of this.topics.values()) {
      topic.restart(mayHaveForgotten);
      if (!topic.isIdle) this.dirty.add(topic);
    }
    this.flush();
  }

  /** Sends nothing new until `start`. */
  hold(): void {
    this.isHeld = true;
  }

  acknowledged(published: Published): void {
    const topic = this.byProducer.get(published.producer);
    const run = topic?.acknowledged(published);
    if (topic === undefined || run === undefined) return;
    if (published.sequence > 0n) this.link.taken(run.kind.route, published.epoch, published.sequence + BigInt(Math.max(0, run.count - 1)));
    if (run.unanswered.length > 0) this.pacer.answered(run.byteLength);
    if (!topic.isIdle || this.dirty.size > 0) this.markDirty(topic);
  }

  refused(batch: InboundBatch, error: ServerError): void {
    const topic = batch.room === '' && batch.recipient === '' ? undefined : this.topics.get(topicText(batch.room, batch.channel, batch.recipient));
    const before = topic?.unansweredBytes() ?? 0;
    if (topic?.refused(error) !== true) {
      // The echo of a run that was sent again under another number concerns nobody any more.
      if (error.run === 0n) this.link.unclaimedError(serverErrorOf(error));
      return;
    }
    this.pacer.answered(before - topic.unansweredBytes());
    this.markDirty(topic);
  }

  /** Resolves once every publish made so far is settled. */
  async settledAll(): Promise<void> {
    if (this.pending === 0) return;
    await new Promise<void>((resolve) => this.waiters.push(resolve));
  }

  rejectAll(error: unknown): void {
    clearTimeout(this.timer);
    this.isHeld = true;
    for (const topic of this.topics.values()) topic.rejectAll(error);
    this.dirty.clear();
  }

  private readonly settled = (): void => {
    this.pending -= 1;
    if (this.pending > 0 || this.waiters.length === 0) return;
    const waiters = this.waiters;
    this.waiters = [];
    for (const resolve of waiters) resolve();
  };

  private publisherOf(key: string): TopicPublisher {
    const known = this.topics.get(key);
    if (known !== undefined) return known;
    if (this.topics.size >= maxTopics) this.forgetIdle();
    const created: TopicPublisher = new TopicPublisher(this.ids, this.types, {
      now: this.now,
      storeRetryMs: this.bounds.storeRetryMs,
      producerChanged: (before, after) => {
        this.byProducer.delete(before);
        this.byProducer.set(after, created);
      },
    });
    this.byProducer.set(created.producerId, created);
    this.topics.set(key, created);
    return created;
  }

  /** Topics that were published to once would stay for ever; a forgotten one starts again under a fresh producer. */
  private forgetIdle(): void {
    for (const [key, topic] of this.topics) {
      if (!topic.isIdle) continue;
      this.topics.delete(key);
      this.byProducer.delete(topic.producerId);
      if (this.topics.size < maxTopics / 2) return;
    }
  }

  /** A larger event would make the server refuse it, or its frame, which ends the connection. */
  private maxContentBytes(): number {
    const maxFrame = this.limits?.maxFrameBytes || defaultFrameBytes;
    return Math.min(this.limits?.maxEnvelopeBytes || maxFrame, maxFrame - runHeaderBytes);
  }

  private runBounds(): { maxEvents: number; maxBytes: number } {
    const maxEvents = this.limits?.maxEventsPerRun || 1_024;
    const maxFrame = this.limits?.maxFrameBytes || defaultFrameBytes;
    return { maxEvents, maxBytes: Math.min(softRunBytes, maxFrame - runHeaderBytes) };
  }

  private markDirty(topic: TopicPublisher): void {
    this.dirty.add(topic);
    if (this.isScheduled) return;
    this.isScheduled = true;
    // The end of the turn, so that what the application publishes in one go becomes one run.
    queueMicrotask(() => {
      this.isScheduled = false;
      this.flush();
    });
  }

  /** Sends what may be sent, in as few frames as the size allows. */
  private flush(): void {
    if (this.isHeld || this.limits === undefined) return;
    let batches: (readonly Uint8Array[])[] = [];
    let sent: Run[] = [];
    let frameBytes = 0;
    const maxFrame = Math.min(softFrameBytes, this.limits.maxFrameBytes || softFrameBytes);
    for (let next = this.nextRun(); next !== undefined; next = this.nextRun()) {
      const { topic, run } = next;
      const bytes = run.byteLength;
      const batchBytes = bytes + runHeaderBytes + run.kind.route.after.length * positionBytes;
      if (frameBytes > 0 && frameBytes + batchBytes > maxFrame) {
        this.sendFrame(batches, sent);
        batches = [];
        sent = [];
        frameBytes = 0;
      }
      batches.push(topic.send(run));
      sent.push(run);
      frameBytes += batchBytes;
      this.pacer.sent(run.count, bytes);
      if (!run.kind.ack) this.barrierBytes += bytes;
    }
    if (batches.length > 0) this.sendFrame(batches, sent);
    this.askBarrier();
  }

  private sendFrame(batches: readonly (readonly Uint8Array[])[], runs: readonly Run[]): void {
    this.link.sendFrame(writeFrame(batches));
    for (const run of runs) {
      if (!run.kind.ack) for (const ticket of run.tickets) ticket.resolve(undefined);
    }
  }

  private nextRun(): { topic: TopicPublisher; run: Run } | undefined {
    const maxInFlight = this.limits?.maxUnacknowledgedRuns || 64;
    for (const topic of this.dirty) {
      const heldMs = topic.heldUntilMs - this.now();
      if (heldMs > 0) {
        this.flushLater(heldMs);
        continue;
      }
      const run = topic.peek(maxInFlight);
      if (run === undefined) {
        this.dirty.delete(topic);
        continue;
      }
      const waitMs = this.link.bufferedBytes() > maxBufferedBytes ? bufferCheckMs : this.pacer.waitMs(run.byteLength);
      if (waitMs === 0) return { topic, run };
      if (waitMs !== Infinity) this.flushLater(waitMs);
      return undefined;
    }
    return undefined;
  }

  private flushLater(delayMs: number): void {
    if (this.timer !== undefined) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.flush();
    }, Math.ceil(delayMs));
  }

  /** Runs without acknowledgement answer nothing, so a ping tells when the server has read them. */
  private askBarrier(): void {
    if (this.barrierBytes === 0 || this.isBarrierOut || this.limits?.maxBytesInFlight === 0) return;
    const bytes = this.barrierBytes;
    const session = this.session;
    this.barrierBytes = 0;
    this.isBarrierOut = true;
    this.link.barrier(() => {
      if (session !== this.session) return;
      this.isBarrierOut = false;
      this.pacer.answered(bytes);
      this.flush();
    });
  }
}

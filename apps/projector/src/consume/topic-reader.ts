import { continuumTopics, partitionOfEvent, ScratchMemory } from '@arqonbus/continuum';
import { isClosedError, type Bus, type GapEvent, type Message, type Subscription } from '@arqonbus/sdk';
import { earliest, isAfter, isSamePosition, type SourcePosition } from '@arqonbus/storage/episodes';
import type { Logger } from '@arqonbus/telemetry';
import { setImmediate as turn } from 'node:timers/promises';
import type { ProjectionSpans } from '../telemetry/projection-spans.js';
import type { ProjectorMetrics } from '../telemetry/projector-metrics.js';
import type { Backoff } from './backoff.js';
import type { PartitionWorker } from './partition-worker.js';
import { WaitingEntry, type EntrySource } from './projection-entry.js';
import type { QueueBudget } from './queue-budget.js';
import type { StreamPosition } from './stream-position.js';
import { WakeUp } from './wake-up.js';

export interface ReaderEvents {
  /** Events between the two places are not to be had. */
  gap(gap: GapEvent): void;
  /** The topic ends before the place that was read to: what it holds now was never read. */
  turnedBack(): void;
  /** Whether the topic is followed. */
  followed(isFollowed: boolean): void;
}

export interface ReaderParts {
  readonly bus: Bus;
  readonly tenantId: string;
  readonly partitionsCount: number;
  /** Messages that the SDK may hold. */
  readonly maxQueuedMessages: number;
  readonly budget: QueueBudget;
  readonly stream: StreamPosition;
  readonly metrics: ProjectorMetrics;
  /** Undefined where spans go nowhere. */
  readonly spans: ProjectionSpans | undefined;
  readonly logger: Logger;
  readonly backoff: Backoff;
  readonly events: ReaderEvents;
}

/** Messages after which other work of the process gets its turn. */
const messagesPerTurn = 128;
/** One text stands for the type of all events, however many wait. */
const { room, type } = continuumTopics.episodes;

/** Reads the topic of one tenant and hands each event to the worker of its partition. What nobody holds here is passed over. */
export class TopicReader {
  private workers: ReadonlyMap<number, PartitionWorker> = new Map();
  private subscription: Subscription | undefined;
  private running: Promise<void> = Promise.resolve();
  private readonly wakeUp = new WakeUp();
  private run = 0;
  /** Where a hole was told and read again, to be sure of it. */
  private doubted: SourcePosition | undefined;
  private isRereadWanted = false;
  private readonly source: EntrySource;

  constructor(private readonly reader: ReaderParts) {
    this.source = { tenantId: reader.tenantId, memory: new ScratchMemory() };
    // A hole may be told while the join is under way, when there is no subscription to listen to yet.
    reader.bus.on('gap', (gap) => { if (gap.lost && this.workers.size > 0 && roomOf(gap.topic) === room) this.interrupted(gap); });
  }

  /** Reads for these workers from now on, from where the one that is least far is. */
  async readFor(workers: ReadonlyMap<number, PartitionWorker>): Promise<void> {
    await this.stop();
    this.workers = workers;
    if (workers.size === 0) return;
    this.reader.stream.current = earliest([...workers.values()].map((worker) => worker.offered));
    this.running = this.follow(this.run);
  }

  /** Goes on reading for fewer workers, from where it is. */
  narrowTo(workers: ReadonlyMap<number, PartitionWorker>): void {
    this.workers = workers;
  }

  /** Reads nothing more. */
  async stop(): Promise<void> {
    this.run += 1;
    this.workers = new Map();
    this.wakeUp.signal();
    const { running } = this;
    this.leave();
    await running;
  }

  private leave(): void {
    const { subscription } = this;
    this.subscription = undefined;
    subscription?.leave().catch((error: unknown) => {
      this.reader.logger.debug({ tenant: this.reader.tenantId, error }, 'topic could not be left, the connection ended');
    });
  }

  private isCurrent(run: number): boolean {
    return run === this.run && this.reader.bus.state !== 'closed';
  }

  private async follow(run: number): Promise<void> {
    const { logger, tenantId, events, backoff } = this.reader;
    while (this.isCurrent(run)) {
      try {
        await this.readOnce(run);
      } catch (error) {
        if (!this.isCurrent(run) || isClosedError(error)) break;
        events.followed(false);
        logger.warn({ tenant: tenantId, error }, 'topic of episodes cannot be followed, trying again');
        await this.wakeUp.wait(backoff.next());
      }
    }
  }

  /** Follows the topic until the subscription ends. */
  private async readOnce(run: number): Promise<void> {
    const { bus, stream, maxQueuedMessages, events, backoff } = this.reader;
    this.isRereadWanted = false;
    const subscription = await bus.join(room, { since: stream.current ?? 'start', maxQueuedMessages });
    if (!this.isCurrent(run) || this.isRereadWanted) {
      await subscription.leave();
      return;
    }
    this.subscription = subscription;
    backoff.reset();
    events.followed(true);
    await this.readMessages(run, subscription);
  }

  private async readMessages(run: number, subscription: Subscription): Promise<void> {
    const { budget } = this.reader;
    let count = 0;
    for await (const message of subscription) {
      if (this.subscription !== subscription || run !== this.run) return;
      this.dispatch(message);
      count += 1;
      if (count % messagesPerTurn === 0) await turn();
      if (budget.isFull) await this.room(run, subscription);
    }
  }

  /** Waits for room, unless reading has to end. */
  private async room(run: number, subscription: Subscription): Promise<void> {
    const { budget } = this.reader;
    budget.whenRoom(() => { this.wakeUp.signal(); });
    for (const worker of this.workers.values()) worker.hurry();
    while (budget.isFull && run === this.run && this.subscription === subscription) await this.wakeUp.wait();
  }

  private dispatch(message: Message): void {
    const { metrics, tenantId, partitionsCount, stream, spans } = this.reader;
    metrics.seenCount += 1;
    const position = { epoch: message.epoch, sequence: message.sequence };
    if (message.erased) {
      metrics.outcomes.erased += 1;
    } else {
      const { payload } = message;
      const worker = this.workers.get(partitionOfEvent(payload, partitionsCount));
      if (worker !== undefined && isAfter(position, worker.offered)) {
        const record = { position, type: message.type === type ? type : message.type, payload, sender: message.sender, timeUs: Number(message.timeUs) };
        worker.offer(new WaitingEntry(record, this.source, spans?.(message.traceparent, tenantId)));
      }
    }
    stream.current = position;
  }

  /**
   * The SDK also gives up on events that history still holds, when it cannot keep up with the topic (LIMIT) or the server told of a hole: what
   * lies behind the last event read is read again, and a hole that is told twice is one.
   */
  private interrupted(gap: GapEvent): void {
    const { events, logger, tenantId, stream } = this.reader;
    const isBack = !isAfter(gap.resumesAt, gap.after);
    if (gap.reason === 'EPOCH_CHANGED' || isSamePosition(gap.after, this.doubted)) {
      events.gap(gap);
      if (isBack) events.turnedBack();
      return;
    }
    this.doubted = gap.after;
    logger.info({ tenant: tenantId, reason: gap.reason, sequence: String(stream.current?.sequence ?? 0n) }, 'topic is read again from the last event');
    this.isRereadWanted = true;
    this.leave();
    this.wakeUp.signal();
  }
}

/** Room of a topic in the notation of the SDK. */
function roomOf(topic: string): string {
  return topic.split(':', 1)[0];
}

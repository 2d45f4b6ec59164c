import { continuumTopics } from '@arqonbus/continuum';
import { errorTable, isArqonError, type ArqonError, type ErrorCode } from '@arqonbus/errors';
import { asError } from '../deadline.js';
import { backoffDelayMs } from '../link/backoff.js';
import type { PublishResult } from '../publish/ticket.js';
import { BusHolder, type EpisodeBus, type EpisodeBusSource } from './bus-source.js';
import type { Outbox, OutboxEvent, RefusedEvent } from './outbox.js';

/** What a sender tells. */
export interface SenderReports {
  delivered(id: string, result: PublishResult): void;
  refused(event: OutboxEvent, error: ArqonError): void;
  /** Refused events that the outbox had no room for. */
  dropped(events: readonly RefusedEvent[]): void;
  /** A failure after which it goes on. */
  failed(error: Error): void;
  /** The outbox is empty. */
  drained(): void;
  /** The Bus is closed for good, and none follows; what is in the outbox stays there. */
  ended(error: Error): void;
}

/** Fits one run of the SDK, whose events are taken together or not at all: so the order of an episode's events survives a failure. */
const maxWindowEvents = 512;
const maxWindowBytes = 131_072;
const retryBounds = { minDelayMs: 100, maxDelayMs: 10_000 };

/** Whether the same event may be taken later. */
function isTransient(error: unknown): boolean {
  if (!isArqonError(error)) return true;
  // Of an event with an unknown outcome, sending it again is right: its id makes two of it one.
  return error.code === 'PRODUCER_UNKNOWN' || errorTable[error.code].retryable;
}

/** Sends what an outbox holds, oldest first, one window at a time, for as long as it takes. */
export class EpisodeSender {
  private readonly buses: BusHolder;
  private isRunning = false;
  private isWoken = false;
  private isStopped = false;
  private attempt = 0;
  private endPause: (() => void) | undefined;

  constructor(source: EpisodeBusSource, private readonly outbox: Outbox, private readonly reports: SenderReports) {
    this.buses = new BusHolder(source);
  }

  /** Something is in the outbox. */
  wake(): void {
    this.isWoken = true;
    if (this.isRunning || this.isStopped) return;
    this.isRunning = true;
    void this.run();
  }

  /** Touches the outbox no more, and closes the Bus where it was connected for this. What is on its way to the bus may still arrive. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.endPause?.();
    await this.buses.end();
  }

  private async run(): Promise<void> {
    while (this.isWoken && !this.isStopped) {
      this.isWoken = false;
      try {
        while (!this.isStopped && await this.sendWindow());
      } catch (error) {
        await this.retryAfter(error);
      }
    }
    this.isRunning = false;
  }

  /** Sends the oldest events; false when there were none. */
  private async sendWindow(): Promise<boolean> {
    const events = await this.outbox.pending(maxWindowEvents);
    if (this.isStopped) return false;
    if (events.length === 0) {
      this.reports.drained();
      return false;
    }
    const bus = await this.buses.get();
    if (this.isStopped) return false;
    const window = windowOf(events, bus);
    const outcomes = await Promise.allSettled(window.map((event) => publish(bus, event)));
    if (!this.isStopped) await this.settle(window, outcomes);
    return true;
  }

  /** Raises the failure after which the rest of the window is sent again. */
  private async settle(window: readonly OutboxEvent[], outcomes: readonly PromiseSettledResult<PublishResult>[]): Promise<void> {
    const taken = window.filter((_, index) => outcomes[index].status === 'fulfilled');
    if (taken.length > 0) await this.outbox.remove(taken.map(({ id }) => id));
    let failure: unknown;
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === 'fulfilled') {
        this.attempt = 0;
        this.reports.delivered(window[index].id, outcome.value);
      } else if (isTransient(outcome.reason)) failure ??= outcome.reason;
      else await this.refuse(window[index], outcome.reason as ArqonError);
    }
    if (failure !== undefined) throw asError(failure);
  }

  private async refuse(event: OutboxEvent, error: ArqonError): Promise<void> {
    const dropped = await this.outbox.refuse(event.id, error.code satisfies ErrorCode);
    this.reports.refused(event, error);
    if (dropped.length > 0) this.reports.dropped(dropped);
  }

  private async retryAfter(error: unknown): Promise<void> {
    if (this.isStopped) return;
    if (this.buses.isEndedBy(error)) {
      this.isStopped = true;
      this.reports.ended(asError(error));
      return;
    }
    this.isWoken = true;
    this.reports.failed(asError(error));
    const leastMs = isArqonError(error) ? error.retryAfterMs ?? 0 : 0;
    await this.pause(Math.max(leastMs, backoffDelayMs(this.attempt++, retryBounds, random)));
  }

  private async pause(delayMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.min(delayMs, retryBounds.maxDelayMs));
      this.endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.endPause = undefined;
  }
}

/** From 0 to 1. */
function random(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] / 2 ** 32;
}

/** The first events that go into one run. */
function windowOf(events: readonly OutboxEvent[], { limits }: EpisodeBus): readonly OutboxEvent[] {
  const maxEvents = limits?.maxEventsPerRun || maxWindowEvents;
  const maxBytes = Math.min(maxWindowBytes, (limits?.maxFrameBytes || Infinity) / 2);
  let bytes = 0;
  let count = 0;
  for (const { payload } of events) {
    bytes += payload.length;
    if (count > 0 && (bytes > maxBytes || count >= maxEvents)) break;
    count += 1;
  }
  return events.slice(0, count);
}

function publish(bus: EpisodeBus, { id, payload }: OutboxEvent): Promise<PublishResult> {
  return bus.publish(continuumTopics.episodes.room, { type: continuumTopics.episodes.type, payload, id });
}

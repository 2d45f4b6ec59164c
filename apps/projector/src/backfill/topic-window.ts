import { continuumTopics } from '@arqonbus/continuum';
import { ArqonError, isArqonError } from '@arqonbus/errors';
import type { Bus } from '@arqonbus/sdk';
import type { BackfillJob, SourcePosition, SourceRecord } from '@arqonbus/storage/episodes';

const { room } = continuumTopics.episodes;

/** Events that are read and applied at once: each is a strict replay of its own, so that no more of them are held in memory. */
export const portionEvents = 1_000;

/** A part of a window, in the order of the topic. */
export interface WindowPortion {
  /** Without erased events: there is nothing left to project of them. */
  readonly records: readonly SourceRecord[];
  /** Last position that was read; undefined when there was none. */
  readonly upTo: SourcePosition | undefined;
  /** Nothing of the window comes behind it. */
  readonly isLast: boolean;
}

/** What is asked of the bus. */
export type WindowBus = Pick<Bus, 'channelInfo' | 'replay' | 'history'>;

/**
 * The events of a window by time, read by strict replays (docs/ordering.md, "Groups and replay"): all of them or an error. Closed at the head that
 * the topic has when it is opened. Raises what the bus refuses with; HISTORY_TRIMMED says which time history begins at.
 */
export class TopicWindow {
  private constructor(
    private readonly bus: WindowBus,
    private readonly bounds: Pick<BackfillJob, 'fromUs' | 'toUs'>,
    readonly epoch: bigint,
    private readonly head: bigint,
  ) {}

  /** Raises EPOCH_CHANGED where `after` is of another epoch than the topic has. */
  static async open(bus: WindowBus, bounds: Pick<BackfillJob, 'fromUs' | 'toUs'>, after: SourcePosition | undefined): Promise<TopicWindow> {
    const { epoch, sequence } = await bus.channelInfo(room);
    if (after !== undefined && after.epoch !== epoch) throw new ArqonError('EPOCH_CHANGED', { field: 'epoch' });
    return new TopicWindow(bus, bounds, epoch, sequence);
  }

  /** What should be known of the window; '' when there is nothing. An epoch is the microsecond at which it began. */
  get remark(): string {
    if (BigInt(this.bounds.fromUs) >= this.epoch) return '';
    return `The topic's present epoch began at ${isoOf(Number(this.epoch))}: events from before may be missing.`;
  }

  /** The next events behind `after`, or from the start of the window. */
  async read(after: SourcePosition | undefined, signal: AbortSignal): Promise<WindowPortion> {
    if (this.head <= (after?.sequence ?? 0n)) return { records: [], upTo: undefined, isLast: true };
    try {
      return await this.replay(after, signal);
    } catch (error) {
      throw isArqonError(error) && error.code === 'HISTORY_TRIMMED' ? await this.trimmed(error) : error;
    }
  }

  private async replay(after: SourcePosition | undefined, signal: AbortSignal): Promise<WindowPortion> {
    const { fromUs, toUs } = this.bounds;
    // The bus is asked in milliseconds, and what is before the start of the window left out here.
    const from = after === undefined ? { fromTime: new Date(Math.floor(fromUs / 1_000)) } : { fromSequence: after.sequence + 1n };
    const records: SourceRecord[] = [];
    let upTo: SourcePosition | undefined;
    let count = 0;
    for await (const message of this.bus.replay(room, { ...from, toSequence: this.head, epoch: this.epoch, limit: portionEvents }, { signal })) {
      const timeUs = Number(message.timeUs);
      // Times never go back within a topic.
      if (timeUs >= toUs) return { records, upTo, isLast: true };
      const position = { epoch: message.epoch, sequence: message.sequence };
      count += 1;
      upTo = position;
      if (timeUs < fromUs || message.erased) continue;
      records.push({ position, type: message.type, payload: message.payload, sender: message.sender, timeUs });
    }
    return { records, upTo, isLast: count < portionEvents || upTo?.sequence === this.head };
  }

  private async trimmed(cause: ArqonError): Promise<ArqonError> {
    const [oldest] = (await this.bus.history(room, { limit: 1, epoch: this.epoch }).page()).messages;
    const message = oldest === undefined
      ? 'History holds nothing of the topic any more.'
      // Strictly later than the oldest event: others of its time may be gone.
      : `History no longer holds all of the window: the earliest from that it does is ${isoOf((Math.floor(Number(oldest.timeUs) / 1_000) + 1) * 1_000)}.`;
    return new ArqonError('HISTORY_TRIMMED', { message, field: 'from', cause });
  }
}

function isoOf(us: number): string {
  return new Date(us / 1_000).toISOString();
}

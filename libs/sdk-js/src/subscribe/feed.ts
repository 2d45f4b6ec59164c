import { errorTable, isArqonError } from '@arqonbus/errors';
import { isClosedError } from '../closed-error.js';
import type { WaitOptions } from '../deadline.js';
import type { StampedBatch } from '../message.js';
import { topicText } from '../topic.js';
import type { GapSignal } from '../wire/control-reader.js';
import type { ChannelPosition } from '../wire/frame-reader.js';
import type { Joined } from '../wire/reply-reader.js';
import type { GapEvent, GapReason, RecoveredEvent } from './events.js';
import type { FeedTarget } from './feed-target.js';
import { fillFromHistory, type PageReader } from './history-fill.js';
import { HeldBatches } from './held-batches.js';
import { TopicPosition, type Position, type Verdict } from './topic-position.js';

/** Who takes what a feed lets through. */
export interface FeedSink {
  /** True when the sink takes no more for now. */
  isPaused(): boolean;
  /** Resolves when the sink takes again. */
  roomAvailable(): Promise<void>;
  deliver(batch: StampedBatch, from: number): void;
  gap(event: GapEvent): void;
  recovered(event: RecoveredEvent): void;
  /** Nothing more will come. */
  failed(error: unknown): void;
}

/** What a feed needs of the Bus. */
export interface FeedLink extends PageReader {
  /** Number of the connection in use. */
  connection(): number;
  /** Joins; `resume` is asked at each send, `joined` is called within the receiving call. Joins of a room run one after another. */
  join(target: FeedTarget, resume: () => readonly ChannelPosition[], joined: (joined: Joined) => void, wait: WaitOptions): Promise<void>;
  sleep(delayMs: number): Promise<void>;
}

/** Where a feed begins: `now` is the head, `start` the oldest event that history holds, positions are those last seen. */
export type FeedStart = 'now' | 'start' | readonly ChannelPosition[];

interface Behind {
  readonly position: TopicPosition;
  readonly head: ChannelPosition;
}

/**
 * - `joining`: until the server took the first join;
 * - `live`: every channel is followed without a known hole;
 * - `healing`: joined again, or reading history, since something was missed;
 * - `closed`: nothing more is delivered.
 */
export type FeedState = 'joining' | 'live' | 'healing' | 'closed';

/** What changes the state (docs/state_machines/subscription.md). */
export type FeedEventName = 'joined' | 'missed' | 'recovered' | 'failed' | 'closed';

/** Which event leads where; what is not here leaves the state as it is. */
export const feedTransitions: Readonly<Record<FeedState, Readonly<Partial<Record<FeedEventName, FeedState>>>>> = {
  joining: { joined: 'live', failed: 'closed', closed: 'closed' },
  live: { missed: 'healing', closed: 'closed' },
  healing: { recovered: 'live', failed: 'closed', closed: 'closed' },
  closed: {},
};

const maxCatchUps = 8;
const retryDelayMs = 250;
const maxRetries = 8;

/**
 * Delivery of one joined target: every event once and in order, per channel. A hole is healed by joining again from the last
 * position, and what the server does not replay is read from history first; what cannot be had is told as a lost gap.
 */
export class Feed {
  private readonly positions = new Map<string, TopicPosition>();
  private readonly held = new HeldBatches();
  private readonly oldestFirst = new Set<TopicPosition>();
  private resumed: ReadonlySet<string> = new Set();
  private behind: Behind[] = [];
  private reason = '';
  private isJoined = false;
  private isJoining = false;
  private isOverflowing = false;
  private joinedOn = 0;
  private replayedCount = 0;
  private state: FeedState = 'joining';

  constructor(
    readonly target: FeedTarget,
    private readonly link: FeedLink,
    private readonly sink: FeedSink,
    private readonly start: FeedStart,
  ) {
    if (typeof start === 'string') return;
    for (const { channel, epoch, sequence } of start) this.positions.set(channel, new TopicPosition({ epoch, sequence }));
  }

  /** Joins for the first time; raises what the server refuses it with. What was missed before goes on arriving afterwards. */
  async open(wait: WaitOptions): Promise<void> {
    try {
      await this.join(wait);
    } catch (error) {
      this.step('failed');
      throw error;
    }
    this.step('joined');
    if (this.behind.length > 0 || this.isOverflowing) this.heal(this.start === 'start' ? 'MISSED' : this.reason || 'MISSED');
  }

  get isClosed(): boolean {
    return this.state === 'closed';
  }

  /** Last position of each channel. */
  current(): ChannelPosition[] {
    const current: ChannelPosition[] = [];
    for (const [channel, position] of this.positions) {
      if (position.current !== undefined) current.push({ channel, ...position.current });
    }
    return current;
  }

  /**
   * Takes a batch of this target. One that a strict replay takes too may be of an answer to this feed or not: it is delivered where
   * it comes next, and says nothing of holes.
   */
  accept(batch: StampedBatch, isOfReplay = false): void {
    const position = this.positionOf(batch);
    if (position === undefined || this.isClosed) return;
    const count = batch.spans.length / 2;
    if (isOfReplay && !position.isContinuedBy({ ...batch.stamp, count })) return;
    if (count > 0 && this.sink.isPaused()) this.overflow(batch, position);
    if (this.isOverflowing) return;
    const verdict = this.take(batch, position);
    if (verdict.kind !== 'gap') return;
    if (this.state !== 'live') {
      if (count > 0 && !batch.stamp.replayed) this.held.add(batch, position);
      return;
    }
    this.interrupted(batch.channel, verdict.after, verdict.resumesAt, 'MISSED');
    if (count > 0) this.held.add(batch, position);
    this.heal('MISSED');
  }

  /** The server interrupted delivery. */
  interruptedByServer(signal: GapSignal): void {
    const position = this.positions.get(signal.channel);
    const after = position?.current;
    if (position === undefined || after === undefined || this.isClosed) return;
    const { resumesAt, reason } = signal;
    const isLoss = resumesAt.epoch !== signal.after.epoch || resumesAt.sequence > signal.after.sequence;
    if (!isLoss) this.interrupted(signal.channel, after, after, reason);
    else if (position.isBehind(resumesAt)) {
      this.lost(signal.channel, after, { epoch: resumesAt.epoch, sequence: resumesAt.sequence }, reason);
      position.advance(resumesAt);
    }
  }

  /** The server says that the token no longer covers this subscription, or another that looks the same: joining again tells. */
  questioned(): void {
    if (this.isJoined) this.heal('MISSED');
  }

  /** There is a new connection: joins again from the last positions. */
  reconnected(): void {
    if (this.isJoined) this.heal('RECONNECTED');
  }

  /** Closes the feed; nothing more is delivered. */
  close(): void {
    this.step('closed');
    this.held.clear();
  }

  /** False when the event means nothing in this state. */
  private step(event: FeedEventName): boolean {
    const next = feedTransitions[this.state][event];
    if (next === undefined) return false;
    this.state = next;
    return true;
  }

  private positionOf(batch: StampedBatch): TopicPosition | undefined {
    const known = this.positions.get(batch.channel);
    const isKnowable = this.target.allChannels && (this.isJoined || this.resumed.size > 0);
    if (known !== undefined || !isKnowable) return known;
    // A channel that was not there at the join: everything in it is new.
    const created = new TopicPosition({ epoch: batch.stamp.epoch, sequence: 0n });
    this.positions.set(batch.channel, created);
    return created;
  }

  /** Delivers a batch if it is next, and tells of what is certainly lost. */
  private take(batch: StampedBatch, position: TopicPosition): Verdict {
    const { epoch, sequence, prev, replayed } = batch.stamp;
    const count = batch.spans.length / 2;
    const place = { epoch, sequence, prev, count };
    let verdict = position.take(place);
    if (verdict.kind === 'epoch') {
      this.lost(batch.channel, verdict.after, verdict.resumesAt, 'EPOCH_CHANGED');
      position.advance(verdict.resumesAt);
      verdict = position.take(place);
    }
    if (verdict.kind === 'gap' && this.isJoining && replayed && count > 0) {
      // Replay that answers our resume and starts later: what lies before it is no longer held.
      this.lost(batch.channel, verdict.after, verdict.resumesAt, 'HISTORY_TRIMMED');
      position.advance(verdict.resumesAt);
      verdict = position.take(place);
    }
    if (verdict.kind === 'deliver') this.deliver(batch, verdict.from, count);
    return verdict;
  }

  private deliver(batch: StampedBatch, from: number, count: number): void {
    if (batch.stamp.replayed) this.replayedCount += count - from;
    this.sink.deliver(batch, from);
  }

  private overflow(batch: StampedBatch, position: TopicPosition): void {
    if (this.isOverflowing) return;
    this.isOverflowing = true;
    this.held.clear();
    const { epoch, sequence } = batch.stamp;
    const after = position.current ?? { epoch, sequence: 0n };
    this.interrupted(batch.channel, after, { epoch, sequence }, 'CLIENT_QUEUE_FULL');
    this.heal('CLIENT_QUEUE_FULL');
  }

  private heal(reason: GapReason): void {
    if (!this.step('missed')) return;
    void this.healRounds(reason).catch((error: unknown) => {
      if (this.isClosed || isClosedError(error)) return;
      this.step('failed');
      this.sink.failed(error);
    });
  }

  private async healRounds(reason: GapReason): Promise<void> {
    const before = this.replayedCount;
    let catchUps = 0;
    for (let mustJoin = this.behind.length === 0; ; mustJoin = true) {
      await this.sink.roomAvailable();
      if (this.isClosed) return;
      if (mustJoin) await this.join();
      for (const each of this.behind.splice(0)) await this.catchUp(each, catchUps >= maxCatchUps);
      catchUps += 1;
      if (this.isOverflowing || this.joinedOn !== this.link.connection()) continue;
      if (this.held.drain((batch, position) => this.take(batch, position).kind !== 'gap')) break;
    }
    this.step('recovered');
    this.sink.recovered({ topic: this.target.text, reason, replayedCount: this.replayedCount - before });
  }

  private async catchUp(behind: Behind, isLastRound: boolean): Promise<void> {
    const { position, head } = behind;
    const after = position.current;
    if (after === undefined || this.isClosed || this.isOverflowing) return;
    if (isLastRound) {
      this.lost(head.channel, after, head, 'LIMIT');
      position.advance(head);
      return;
    }
    const isQuiet = this.oldestFirst.delete(position);
    await this.withRetries(() => fillFromHistory({
      target: this.target,
      position,
      head,
      reader: this.link,
      room: () => this.sink.roomAvailable(),
      deliver: (batch, from) => this.deliver(batch, from, batch.spans.length / 2),
      lost: (from, to, reason) => {
        if (!isQuiet) this.lost(head.channel, from, to, reason);
      },
      reason: this.reason,
    }));
  }

  /** Without a time-out of its own it waits for as long as the Bus reconnects. */
  private async join(wait: WaitOptions = {}): Promise<void> {
    await this.withRetries(() => this.link.join(this.target, () => this.resume(), (joined) => this.settle(joined), wait));
  }

  /** Called at each send of the join. */
  private resume(): readonly ChannelPosition[] {
    this.joinedOn = this.link.connection();
    this.isOverflowing = false;
    this.held.clear();
    this.isJoining = true;
    const positions = this.current();
    this.resumed = new Set(positions.map((position) => position.channel));
    return positions;
  }

  private settle(joined: Joined): void {
    this.isJoining = false;
    this.reason = joined.reason;
    this.behind = [];
    for (const head of joined.positions) {
      const position = this.positions.get(head.channel) ?? this.newPosition(head);
      if (position.current === undefined) position.advance(head);
      // A server that follows the topic live for another subscription replays nothing, so its word alone is not enough.
      if (position.isBehind(head)) this.behind.push({ position, head });
      else if (joined.reason === 'EPOCH_CHANGED' && this.resumed.has(head.channel)) this.turnBack(position, head);
    }
    this.isJoined = true;
  }

  /** The position that was resumed lies past the topic's end: it is of a topic that is no more. */
  private turnBack(position: TopicPosition, head: ChannelPosition): void {
    const after = position.current;
    if (after === undefined || (after.epoch === head.epoch && after.sequence === head.sequence)) return;
    this.lost(head.channel, after, head, 'EPOCH_CHANGED');
    position.restart(head);
  }

  private newPosition(head: ChannelPosition): TopicPosition {
    const isOldestFirst = this.start === 'start' && !this.isJoined;
    const isNew = isOldestFirst || this.isJoined || this.resumed.size > 0;
    const position = new TopicPosition({ epoch: head.epoch, sequence: isNew ? 0n : head.sequence });
    if (isOldestFirst) this.oldestFirst.add(position);
    this.positions.set(head.channel, position);
    return position;
  }

  /** Tries again what the server calls retryable, with growing delays. */
  private async withRetries(attempt: () => Promise<void>): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        await attempt();
        return;
      } catch (error) {
        this.isJoining = false;
        const isRetryable = isArqonError(error) && errorTable[error.code].retryable && this.isJoined;
        if (!isRetryable || tries >= maxRetries || this.isClosed) throw error;
        await this.link.sleep(error.retryAfterMs ?? retryDelayMs * 2 ** tries);
      }
    }
  }

  private interrupted(channel: string, after: Position, resumesAt: Position, reason: GapReason): void {
    this.sink.gap({ topic: this.topicOf(channel), after, resumesAt, reason, lost: false });
  }

  private lost(channel: string, after: Position, resumesAt: Position, reason: GapReason): void {
    const { epoch, sequence } = resumesAt;
    this.sink.gap({ topic: this.topicOf(channel), after, resumesAt: { epoch, sequence }, reason, lost: true });
  }

  private topicOf(channel: string): string {
    return topicText(this.target.room, channel, this.target.recipient);
  }
}

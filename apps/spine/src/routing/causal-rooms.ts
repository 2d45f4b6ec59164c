import type { ChannelPosition } from '@arqonbus/envelope';
import type { ErrorCode } from '@arqonbus/errors';
import type { TopicLog } from '@arqonbus/storage';
import { CausalHold, type ChannelHead, type DependentRun, type HeadOf } from './causal-hold.js';
import type { Room, Topic } from './topic.js';

/** A run of a room with `order: causal`, and what becomes of it. */
export interface CausalRun extends DependentRun {
  /** Publishes it now. */
  publish(): void;
  refuse(code: ErrorCode): void;
}

/** Rooms with `order: causal`: runs wait here until what they depend on is sequenced, within bounds (docs/protocol.md, Causality). */
export class CausalRooms {
  private readonly holds = new Map<Room, CausalHold<CausalRun>>();
  /** Channels that came further while runs were released: looked at one after another, not one within another. */
  private readonly advanced: Topic[] = [];
  private isReleasing = false;

  constructor(private readonly nowMs: () => number, private readonly failed: (error: unknown) => void) {}

  get heldCount(): number {
    let count = 0;
    for (const hold of this.holds.values()) count += hold.runCount;
    return count;
  }

  /** Publishes the run at once, or keeps it. */
  offer(room: Room, run: CausalRun): void {
    const hold = this.holds.get(room) ?? new CausalHold<CausalRun>();
    const outcome = hold.offer(run, headsOf(room), this.nowMs());
    if (outcome === 'ready') run.publish();
    else if (outcome === 'full') run.refuse('LIMIT');
    else this.holds.set(room, hold);
  }

  /** The topic's head rose, by whatever Spine's runs. */
  advance(topic: Topic): void {
    if (topic.room === undefined || !this.holds.has(topic.room)) return;
    this.advanced.push(topic);
    if (this.isReleasing) return;
    this.isReleasing = true;
    for (let next = this.advanced.shift(); next !== undefined; next = this.advanced.shift()) this.release(next);
    this.isReleasing = false;
  }

  /** Ends waits that reached the bound in time; called every 250 ms. */
  tick(): void {
    const nowMs = this.nowMs();
    for (const [room, hold] of this.holds) {
      for (const { run, unmet } of hold.expire(nowMs, headsOf(room))) this.settle(room, run, unmet).catch(this.failed);
      if (hold.runCount === 0) this.holds.delete(room);
    }
  }

  private release(topic: Topic): void {
    const { room } = topic;
    const hold = room === undefined ? undefined : this.holds.get(room);
    if (room === undefined || hold === undefined) return;
    for (const run of hold.advance(topic.channel, headsOf(room))) run.publish();
    if (hold.runCount === 0) this.holds.delete(room);
  }

  /** A position that is above the head which the store tells cannot have been seen; the rest came from elsewhere and is ignored. */
  private async settle(room: Room, run: CausalRun, unmet: readonly ChannelPosition[]): Promise<void> {
    for (const position of unmet) {
      const topic = room.topics.get(position.channel);
      const log = topic?.durable?.openLog;
      const head = log === undefined ? headOf(topic) : await storedHead(log);
      if (head === undefined || head.epoch !== position.epoch || head.sequence >= position.sequence) continue;
      run.refuse('FUTURE_DEPENDENCY');
      return;
    }
    run.publish();
  }
}

async function storedHead(log: TopicLog): Promise<ChannelHead> {
  const { epoch, lastSequence } = await log.readHead();
  return { epoch, sequence: lastSequence };
}

function headsOf(room: Room): HeadOf {
  return (channel) => headOf(room.topics.get(channel));
}

function headOf(topic: Topic | undefined): ChannelHead | undefined {
  return topic?.isReady === true ? { epoch: topic.history.epoch, sequence: topic.history.lastSequence } : undefined;
}

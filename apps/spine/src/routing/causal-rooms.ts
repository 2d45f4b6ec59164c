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
    if (!this.isReleasing) this.publishAll([]);
  }

  /** Ends waits that reached the bound in time; called every 250 ms. */
  tick(): void {
    const nowMs = this.nowMs();
    for (const [room, hold] of this.holds) {
      for (const { run, unmet } of hold.overdue(nowMs, headsOf(room))) {
        if (unmet.length === 0) this.settle(room, run, undefined);
        else this.judge(room, unmet).then((code) => { this.settle(room, run, code); }).catch(this.failed);
      }
    }
  }

  /** Publishes runs in their order, then what comes free by that: one after another, never one within another. */
  private publishAll(runs: readonly CausalRun[]): void {
    this.isReleasing = true;
    try {
      for (const run of runs) run.publish();
      for (let topic = this.advanced.shift(); topic !== undefined; topic = this.advanced.shift()) {
        for (const run of this.freedBy(topic)) run.publish();
      }
    } finally {
      this.isReleasing = false;
    }
  }

  private freedBy({ room, channel }: Topic): readonly CausalRun[] {
    const hold = room === undefined ? undefined : this.holds.get(room);
    if (room === undefined || hold === undefined) return [];
    const runs = hold.advance(channel, headsOf(room));
    this.forgetIfEmpty(room, hold);
    return runs;
  }

  /** The wait of a run is over: nothing of its publisher overtook it until now. */
  private settle(room: Room, run: CausalRun, code: ErrorCode | undefined): void {
    const hold = this.holds.get(room);
    const behind = hold?.remove(run);
    if (hold === undefined || behind === undefined) return;
    this.forgetIfEmpty(room, hold);
    if (code !== undefined) run.refuse(code);
    this.publishAll(code === undefined ? [run, ...behind] : behind);
  }

  private forgetIfEmpty(room: Room, hold: CausalHold<CausalRun>): void {
    if (hold.runCount === 0) this.holds.delete(room);
  }

  /** Why a run that waited for the bound is refused: a position above the head that the store tells cannot have been seen. The rest is ignored. */
  private async judge(room: Room, unmet: readonly ChannelPosition[]): Promise<ErrorCode | undefined> {
    for (const position of unmet) {
      const topic = room.topics.get(position.channel);
      const log = topic?.durable?.openLog;
      try {
        const head = log === undefined ? headOf(topic) : await storedHead(log);
        if (head?.epoch === position.epoch && head.sequence < position.sequence) return 'FUTURE_DEPENDENCY';
      } catch {
        return 'STORE_UNAVAILABLE';
      }
    }
    return undefined;
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

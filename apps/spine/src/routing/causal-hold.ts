import type { ChannelPosition } from '@arqonbus/envelope';

/** Where a channel stands: what this Spine has seen sequenced in it. */
export interface ChannelHead {
  readonly epoch: number;
  readonly sequence: number;
}

/** A run that may have to wait. */
export interface DependentRun {
  /** The channel that it goes to. */
  readonly channel: string;
  /** Runs of one publisher never overtake each other within a channel: client and producer, or the session of a run without one. */
  readonly publisher: string;
  /** Positions of `Batch.after`; may be empty. */
  readonly after: readonly ChannelPosition[];
  /** What it counts towards the bound in bytes. */
  readonly sizeBytes: number;
}

export interface CausalHoldLimits {
  readonly maxRuns: number;
  readonly maxBytes: number;
  /** Milliseconds that a run waits at most. */
  readonly maxWaitMs: number;
}

/** `ready`: nothing to wait for. `held`: comes back from `advance`, `overdue` or `remove`. `full`: not kept, refuse it (LIMIT). */
export type OfferOutcome = 'ready' | 'held' | 'full';

/** A run that has waited for the bound, and the positions that were not reached; none when it waited behind another alone. */
export interface OverdueRun<Run extends DependentRun> {
  readonly run: Run;
  readonly unmet: readonly ChannelPosition[];
}

/** What this Spine knows of a channel's head; undefined for a channel that it does not know. */
export type HeadOf = (channel: string) => ChannelHead | undefined;

interface HeldRun<Run> {
  readonly run: Run;
  readonly heldMs: number;
  /** Channel of the first position that is not met; undefined while the run only waits behind another of its publisher. */
  blockedOn: string | undefined;
  /** Handed out by `overdue`: the caller finds out what becomes of it. */
  isOverdue: boolean;
}

/**
 * Holds the runs of one room with `order: causal` back until what they depend on is sequenced, so that the order of sequences is causal order
 * (D11, D12). A position is met when its channel is at or above it in the same epoch, or has a higher epoch (the old one's events came before or
 * are gone). A position above the head, of an unknown channel or of an epoch that this Spine has not heard of is not met: with several Spines
 * a publisher may have seen what the backplane has yet to bring here, so the run waits instead of being refused. Whether the position can
 * have been seen at all is settled at the bound: `overdue` hands the run out, the caller asks the store for the heads of `unmet`, removes the run
 * and refuses it with FUTURE_DEPENDENCY when a position is still above its channel's head in the same epoch, or else delivers it (`Stamp.after`
 * tells what a run depends on). Positions of another epoch, and of channels that do not exist, are ignored then, as they are in rooms with
 * `order: arrival`. Until it is removed the run stays in its place, so that nothing of its publisher overtakes it while the store is asked.
 *
 * One instance per room. The caller publishes what it gets in the given order, and calls `advance` whenever a channel of the room came
 * further, by its own runs or by those of other Spines.
 */
export class CausalHold<Run extends DependentRun> {
  private readonly limits: CausalHoldLimits;
  /** In order of arrival, so also by the end of their wait. */
  private held: HeldRun<Run>[] = [];
  private heldBytes = 0;
  /** Runs held, by channel and publisher. */
  private readonly queues = new Map<string, number>();
  /** Runs held, by the channel that they are blocked on. */
  private readonly blocked = new Map<string, number>();

  constructor(limits: Partial<CausalHoldLimits> = {}) {
    this.limits = { ...defaultLimits, ...limits };
  }

  get runCount(): number {
    return this.held.length;
  }

  get byteCount(): number {
    return this.heldBytes;
  }

  /** Decides about a run that arrived; behind a held run of its publisher it waits even when its own positions are met. */
  offer(run: Run, headOf: HeadOf, nowMs: number): OfferOutcome {
    const blockedOn = firstUnmet(run, headOf)?.channel;
    if (blockedOn === undefined && !this.queues.has(queueOf(run))) return 'ready';
    if (this.held.length >= this.limits.maxRuns || this.heldBytes + run.sizeBytes > this.limits.maxBytes) return 'full';
    this.held.push({ run, heldMs: nowMs, blockedOn, isOverdue: false });
    this.heldBytes += run.sizeBytes;
    add(this.queues, queueOf(run), 1);
    if (blockedOn !== undefined) add(this.blocked, blockedOn, 1);
    return 'held';
  }

  /** The channel came further: gives the runs that wait for nothing any more, in order of arrival. */
  advance(channel: string, headOf: HeadOf): Run[] {
    if (!this.blocked.has(channel)) return [];
    return this.take((held) => this.isUnblocked(held, channel, headOf)).map((held) => held.run);
  }

  /** Hands out, once, the runs that have waited for the bound and are the first of their publisher, in order of arrival. They stay held. */
  overdue(nowMs: number, headOf: HeadOf): OverdueRun<Run>[] {
    const before = nowMs - this.limits.maxWaitMs;
    const seen = new Set<string>();
    const overdue: OverdueRun<Run>[] = [];
    for (const held of this.held) {
      if (held.heldMs > before) break;
      const queue = queueOf(held.run);
      if (!seen.has(queue) && !held.isOverdue) {
        held.isOverdue = true;
        overdue.push({ run: held.run, unmet: held.run.after.filter((position) => !isReached(position, headOf(position.channel))) });
      }
      seen.add(queue);
    }
    return overdue;
  }

  /** Takes a run out that `overdue` handed out; gives the runs behind it that wait for nothing more. Undefined when it came free before. */
  remove(run: Run): Run[] | undefined {
    if (!this.held.some((held) => held.run === run)) return undefined;
    const queue = queueOf(run);
    const [, ...behind] = this.take((held) => held.run === run || (held.blockedOn === undefined && queueOf(held.run) === queue));
    return behind.map((held) => held.run);
  }

  private isUnblocked(held: HeldRun<Run>, channel: string, headOf: HeadOf): boolean {
    if (held.blockedOn !== channel) return held.blockedOn === undefined;
    held.blockedOn = firstUnmet(held.run, headOf)?.channel;
    add(this.blocked, channel, -1);
    if (held.blockedOn !== undefined) add(this.blocked, held.blockedOn, 1);
    return held.blockedOn === undefined;
  }

  /** Takes out what may go, but never a run behind one of its publisher that stays. */
  private take(mayGo: (held: HeldRun<Run>) => boolean): HeldRun<Run>[] {
    const stuck = new Set<string>();
    const taken: HeldRun<Run>[] = [];
    const kept: HeldRun<Run>[] = [];
    for (const held of this.held) {
      const queue = queueOf(held.run);
      const isFree = mayGo(held);
      if (isFree && !stuck.has(queue)) taken.push(held);
      else {
        stuck.add(queue);
        kept.push(held);
      }
    }
    this.held = kept;
    for (const { run, blockedOn } of taken) {
      this.heldBytes -= run.sizeBytes;
      add(this.queues, queueOf(run), -1);
      if (blockedOn !== undefined) add(this.blocked, blockedOn, -1);
    }
    return taken;
  }
}

const defaultLimits: CausalHoldLimits = { maxRuns: 1_024, maxBytes: 4_194_304, maxWaitMs: 2_000 };

function queueOf(run: DependentRun): string {
  return `${run.channel}/${run.publisher}`;
}

function firstUnmet(run: DependentRun, headOf: HeadOf): ChannelPosition | undefined {
  return run.after.find((position) => !isReached(position, headOf(position.channel)));
}

function isReached(position: ChannelPosition, head: ChannelHead | undefined): boolean {
  if (head === undefined || head.epoch < position.epoch) return false;
  return head.epoch > position.epoch || head.sequence >= position.sequence;
}

function add(counts: Map<string, number>, key: string, change: number): void {
  const count = (counts.get(key) ?? 0) + change;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}

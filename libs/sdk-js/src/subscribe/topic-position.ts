/** A place in a topic: the last event seen. Sequence 0n is before the first. */
export interface Position {
  readonly epoch: bigint;
  readonly sequence: bigint;
}

/** What a batch's stamp says of its place; `count` is 0 for a head, which only tells where the topic ends. */
export interface BatchPlace {
  readonly epoch: bigint;
  readonly sequence: bigint;
  readonly prev: bigint;
  readonly count: number;
}

/**
 * What to do with a batch:
 * - `deliver` its envelopes from index `from`;
 * - `ignore` it: seen before, of a past epoch, or a head that tells nothing new;
 * - `gap`: events between `after` and `resumesAt` are missing, nothing was taken;
 * - `epoch`: the topic began anew, what came after `after` is not known, nothing was taken.
 */
export type Verdict =
  | { readonly kind: 'deliver'; readonly from: number }
  | { readonly kind: 'ignore' }
  | { readonly kind: 'gap' | 'epoch'; readonly after: Position; readonly resumesAt: Position };

const ignore: Verdict = { kind: 'ignore' };
const deliverAll: Verdict = { kind: 'deliver', from: 0 };

/**
 * Where a reader stands in one topic. Lets each event through once and in order, whatever is repeated, and shows every
 * hole, since a batch names the sequence that precedes it (docs/protocol.md, Runs). Pure.
 */
export class TopicPosition {
  /** `undefined` before anything is known; the first batch then sets it. */
  constructor(private position: Position | undefined) {}

  get current(): Position | undefined {
    return this.position;
  }

  /**
   * Judges a batch and, when it is to be delivered, moves behind it.
   */
  take(place: BatchPlace): Verdict {
    const { epoch, sequence, count } = place;
    const last = count === 0 ? sequence : sequence + BigInt(count - 1);
    const current = this.position;
    if (current === undefined) {
      this.position = { epoch, sequence: last };
      return count === 0 ? ignore : deliverAll;
    }
    if (epoch !== current.epoch) {
      if (epoch < current.epoch) return ignore;
      return { kind: 'epoch', after: current, resumesAt: { epoch, sequence: 0n } };
    }
    if (last <= current.sequence) return ignore;
    if (count === 0) return { kind: 'gap', after: current, resumesAt: { epoch, sequence } };
    if (place.prev > current.sequence) return { kind: 'gap', after: current, resumesAt: { epoch, sequence: place.prev } };
    this.position = { epoch, sequence: last };
    const from = current.sequence - sequence + 1n;
    return from > 0n ? { kind: 'deliver', from: Number(from) } : deliverAll;
  }

  /** True when a batch continues what was seen, without a hole and within the same epoch. */
  isContinuedBy({ epoch, sequence, prev, count }: BatchPlace): boolean {
    const current = this.position;
    return current !== undefined && epoch === current.epoch && prev <= current.sequence && sequence + BigInt(count) > current.sequence + 1n;
  }

  /** Moves forward to a position; one that lies behind is ignored. */
  advance(to: Position): void {
    if (!this.isBehind(to)) return;
    this.position = { epoch: to.epoch, sequence: to.sequence };
  }

  /** Goes to a position wherever it lies: the server knows the topic's end better. */
  restart(at: Position): void {
    this.position = { epoch: at.epoch, sequence: at.sequence };
  }

  /** True when `other` is a later place than this. */
  isBehind(other: Position): boolean {
    const current = this.position;
    if (current === undefined || other.epoch > current.epoch) return true;
    return other.epoch === current.epoch && other.sequence > current.sequence;
  }
}

export interface CreditWindowOptions {
  readonly subscriberCount: number;
  /** Messages of one chunk: what the publisher writes at once. */
  readonly chunkMessageCount: number;
  /** Chunks that may be sent and not yet be with every subscriber. */
  readonly chunkLimit: number;
  /**
   * After so many chunks the publisher rests until everything has arrived; default never. A server
   * that bounds what one connection sends within one turn of its event loop sees its end that way.
   */
  readonly restAfterChunkCount?: number;
}

/**
 * Bounds what is on its way, so that no server has to drop: a chunk gives its credit back when the
 * last subscriber has it. Costs one addition per subscriber and chunk.
 */
export class CreditWindow {
  readonly chunkMessageCount: number;
  private readonly arrivals: Uint32Array;
  private sent = 0;
  private completed = 0;
  private restedAt = 0;
  /** Called whenever credit came back. */
  onCredit: () => void = () => undefined;

  constructor(private readonly options: CreditWindowOptions) {
    this.chunkMessageCount = options.chunkMessageCount;
    this.arrivals = new Uint32Array(options.chunkLimit + 1);
  }

  get sentChunkCount(): number {
    return this.sent;
  }

  /** Chunks that every subscriber has. */
  get completedChunkCount(): number {
    return this.completed;
  }

  /** Takes credit for one chunk; `false` when there is none left. */
  take(): boolean {
    if (this.sent - this.completed >= this.options.chunkLimit || this.mustRest()) return false;
    this.sent += 1;
    return true;
  }

  private mustRest(): boolean {
    if (this.sent - this.restedAt < (this.options.restAfterChunkCount ?? Number.POSITIVE_INFINITY)) return false;
    if (this.completed < this.sent) return true;
    this.restedAt = this.sent;
    return false;
  }

  /** One subscriber has the whole of chunk `chunkIndex` (counted from 0). */
  reached(chunkIndex: number): void {
    if (chunkIndex >= this.sent) throw new Error(`messages arrived that were not sent: chunk ${chunkIndex} of ${this.sent}`);
    const slot = chunkIndex % this.arrivals.length;
    this.arrivals[slot] += 1;
    if (this.arrivals[slot] < this.options.subscriberCount) return;
    this.arrivals[slot] = 0;
    this.completed += 1;
    this.onCredit();
  }
}

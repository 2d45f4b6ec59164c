const firstCapacity = 16;

/** Position of one run within the log. */
export interface RunSlot {
  sequence: number;
  count: number;
  timeUs: number;
  offset: number;
  length: number;
  slab: number;
}

/**
 * Ring of fixed-size columns that says where each held run lies: no object per run, so a full ring
 * of 10,000 single-event runs costs about 400 KB and nothing to the garbage collector.
 */
export class RunIndex {
  private sequences = new Float64Array(0);
  private times = new Float64Array(0);
  private counts = new Int32Array(0);
  private offsets = new Int32Array(0);
  private lengths = new Int32Array(0);
  private slabs = new Int32Array(0);
  private head = 0;
  length = 0;

  push(sequence: number, count: number, timeUs: number, offset: number, length: number, slab: number): void {
    if (this.length === this.sequences.length) this.grow();
    const at = (this.head + this.length) & (this.sequences.length - 1);
    this.sequences[at] = sequence;
    this.times[at] = timeUs;
    this.counts[at] = count;
    this.offsets[at] = offset;
    this.lengths[at] = length;
    this.slabs[at] = slab;
    this.length += 1;
  }

  /** The newest run grew by events of the same publisher. */
  extendLast(count: number, length: number): void {
    const at = this.place(this.length - 1);
    this.counts[at] += count;
    this.lengths[at] += length;
  }

  /** The run was written anew elsewhere. */
  move(index: number, offset: number, length: number, slab: number): void {
    const at = this.place(index);
    this.offsets[at] = offset;
    this.lengths[at] = length;
    this.slabs[at] = slab;
  }

  shift(): void {
    this.head = (this.head + 1) & (this.sequences.length - 1);
    this.length -= 1;
  }

  clear(): void {
    this.head = 0;
    this.length = 0;
  }

  sequenceAt(index: number): number {
    return this.sequences[this.place(index)] ?? 0;
  }

  timeAt(index: number): number {
    return this.times[this.place(index)] ?? 0;
  }

  countAt(index: number): number {
    return this.counts[this.place(index)] ?? 0;
  }

  offsetAt(index: number): number {
    return this.offsets[this.place(index)] ?? 0;
  }

  lengthAt(index: number): number {
    return this.lengths[this.place(index)] ?? 0;
  }

  slabAt(index: number): number {
    return this.slabs[this.place(index)] ?? 0;
  }

  /** Index of the first run whose last event is at or after `sequence`; `length` when there is none. */
  findSequence(sequence: number): number {
    return this.lowerBound((i) => this.sequenceAt(i) + this.countAt(i) - 1 >= sequence);
  }

  /** Index of the first run at or after a server time; times never fall within a topic. */
  findTime(timeUs: number): number {
    return this.lowerBound((i) => this.timeAt(i) >= timeUs);
  }

  private lowerBound(isAtOrAfter: (index: number) => boolean): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isAtOrAfter(middle)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  private place(index: number): number {
    return (this.head + index) & (this.sequences.length - 1);
  }

  private grow(): void {
    const old = this.sequences.length;
    const capacity = old === 0 ? firstCapacity : old * 2;
    this.sequences = this.unrolled(this.sequences, new Float64Array(capacity));
    this.times = this.unrolled(this.times, new Float64Array(capacity));
    this.counts = this.unrolled(this.counts, new Int32Array(capacity));
    this.offsets = this.unrolled(this.offsets, new Int32Array(capacity));
    this.lengths = this.unrolled(this.lengths, new Int32Array(capacity));
    this.slabs = this.unrolled(this.slabs, new Int32Array(capacity));
    this.head = 0;
  }

  private unrolled<Column extends Float64Array | Int32Array>(from: Column, to: Column): Column {
    to.set(from.subarray(this.head));
    to.set(from.subarray(0, this.head), from.length - this.head);
    return to;
  }
}

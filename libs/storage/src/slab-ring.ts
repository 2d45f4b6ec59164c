const firstSlabBytes = 2_048;
const largestSlabBytes = 524_288;
/** What a large slab must have left after a tail was taken: a whole next tail, so that none has to leave early for lack of room. */
const tailRoomBytes = 73_728;

interface Slab {
  readonly bytes: Uint8Array;
  /** Runs in it that history still holds. */
  runs: number;
}

/**
 * Memory of one topic's runs: slabs written front to back, each freed when its last run is trimmed.
 * Sizes double from 2 KiB to 512 KiB, so a quiet topic stays small; one freed slab is kept for
 * reuse, so a topic in its steady state allocates nothing.
 */
export class SlabRing {
  private readonly slabs = new Map<number, Slab>();
  private current: Slab | undefined;
  private nextSlabBytes = firstSlabBytes;
  private spare: Uint8Array | undefined;
  /** Numbers of slabs that hold one rewritten run each count downwards from -1. */
  private lastAloneNumber = 0;
  /** Number of the slab that is written to. */
  currentNumber = 0;
  /** Where the next byte goes in the current slab. */
  writeOffset = 0;

  constructor(private readonly headroomBytes: number) {}

  /** Bytes of the slab that is written to. */
  get bytes(): Uint8Array {
    return this.current?.bytes ?? emptyBytes;
  }

  fits(sizeBytes: number): boolean {
    return this.current !== undefined && this.writeOffset + sizeBytes <= this.current.bytes.length;
  }

  /** Seals the current slab and starts one that fits `sizeBytes` after the headroom. */
  startSlab(sizeBytes: number): void {
    this.releaseIfEmpty(this.currentNumber, this.current);
    const wanted = sizeBytes + this.headroomBytes;
    const bytes = this.takeSpare(wanted) ?? new Uint8Array(Math.max(this.nextSlabBytes, wanted));
    this.nextSlabBytes = Math.min(largestSlabBytes, this.nextSlabBytes * 2);
    this.currentNumber += 1;
    this.current = { bytes, runs: 0 };
    this.slabs.set(this.currentNumber, this.current);
    this.writeOffset = this.headroomBytes;
  }

  /** A tail was taken: leaves headroom for the next, or the slab's end when a whole tail might not fit. */
  endTail(): void {
    const length = this.bytes.length;
    const next = this.writeOffset + this.headroomBytes;
    this.writeOffset = length >= 2 * tailRoomBytes && length - next < tailRoomBytes ? length : next;
  }

  bytesOf(slab: number): Uint8Array {
    return this.slabs.get(slab)?.bytes ?? emptyBytes;
  }

  /** A run was written to the current slab. */
  holdRun(): void {
    if (this.current !== undefined) this.current.runs += 1;
  }

  /** Holds one run in a slab of its own, which is never written to; returns its number. */
  holdAlone(bytes: Uint8Array): number {
    this.lastAloneNumber -= 1;
    this.slabs.set(this.lastAloneNumber, { bytes, runs: 1 });
    return this.lastAloneNumber;
  }

  /** A run of this slab was trimmed. */
  releaseRun(number: number): void {
    const slab = this.slabs.get(number);
    if (slab === undefined) return;
    slab.runs -= 1;
    if (slab !== this.current) this.releaseIfEmpty(number, slab);
  }

  clear(): void {
    this.slabs.clear();
    this.current = undefined;
    this.spare = undefined;
    this.writeOffset = 0;
    this.nextSlabBytes = firstSlabBytes;
  }

  private releaseIfEmpty(number: number, slab: Slab | undefined): void {
    if (slab === undefined || slab.runs > 0) return;
    this.slabs.delete(number);
    if (number > 0) this.spare = slab.bytes;
  }

  private takeSpare(wanted: number): Uint8Array | undefined {
    const spare = this.spare;
    if (spare === undefined || spare.length < wanted || spare.length < this.nextSlabBytes) return undefined;
    this.spare = undefined;
    return spare;
  }
}

const emptyBytes = new Uint8Array(0);

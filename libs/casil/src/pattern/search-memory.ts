/** Dead ends remembered per byte of the text, so that texts on which attempts of a few different states overlap still take linear time. */
const deadEndsPerByte = 4;

/** What one search remembers of one text. One record serves all searches, which run one after another; it grows to the longest text. */
export class SearchMemory {
  private mayBegin = new Uint32Array(0);
  /** 0 where nothing is remembered yet. */
  private deadEnds = new Int32Array(0);
  private length = 0;

  /** Forgets everything, for a text of `length` bytes. */
  reset(length: number): void {
    this.length = length;
    if (length > this.deadEnds.length / deadEndsPerByte) {
      this.mayBegin = new Uint32Array((length + 31) >>> 5);
      this.deadEnds = new Int32Array(length * deadEndsPerByte);
      return;
    }
    this.mayBegin.fill(0, 0, (length + 31) >>> 5);
    this.deadEnds.fill(0, 0, length * deadEndsPerByte);
  }

  markStart(offset: number): void {
    this.mayBegin[offset >>> 5] |= 1 << (offset & 31);
  }

  /** The first marked offset from `from` on, or -1. */
  nextStart(from: number): number {
    if (from >= this.length) return -1;
    const wordCount = (this.length + 31) >>> 5;
    let index = from >>> 5;
    let word = this.mayBegin[index] & (-1 << (from & 31));
    while (word === 0) {
      if (++index >= wordCount) return -1;
      word = this.mayBegin[index];
    }
    return index * 32 + 31 - Math.clz32(word & -word);
  }

  /** Whether an earlier attempt was in this `state` (not 0) behind the byte at `offset` and came to nothing; if not, it is remembered as such. */
  isKnownDeadEnd(offset: number, state: number): boolean {
    const { deadEnds } = this;
    const first = offset * deadEndsPerByte;
    for (let slot = first; slot < first + deadEndsPerByte; slot++) {
      const known = deadEnds[slot];
      if (known === state) return true;
      if (known !== 0) continue;
      deadEnds[slot] = state;
      return false;
    }
    deadEnds[first] = state;
    return false;
  }
}

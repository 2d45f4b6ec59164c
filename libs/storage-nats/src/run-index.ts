/** Events of a run have the sequences `stream sequence × 4,096 + index`. */
export const sequencesPerMessage = 4_096;

/** Stream sequences above this would leave the safe integers. */
export const maxStreamSequence = Math.floor(Number.MAX_SAFE_INTEGER / sequencesPerMessage) - 1;

/** What a process keeps of each run that the log holds: all but the body. */
export interface IndexedRun {
  readonly streamSequence: number;
  readonly sequence: number;
  /** Of the last event. */
  readonly end: number;
  readonly prev: number;
  readonly count: number;
  readonly timeUs: number;
  bodyBytes: number;
  isErased: boolean;
}

/** What is added: the index chains `prev` and keeps time from going back. */
export interface RunToIndex {
  readonly streamSequence: number;
  readonly count: number;
  readonly timeUs: number;
  readonly bodyBytes: number;
  readonly isErased: boolean;
  /** Used while the index is empty; default the floor. */
  readonly prev: number | undefined;
}

/**
 * The runs of one topic in order, rebuilt from the log's headers when it is opened and kept by following it. It makes `prev` the same for a run
 * on each read, and windows of times and bytes a search in memory. About 100 bytes for each run held.
 */
export class RunIndex {
  private runs: IndexedRun[] = [];
  private start = 0;
  private floorSequence = 0;
  private floorTimeUs = 0;
  private events = 0;
  private bytes = 0;

  get size(): number {
    return this.runs.length - this.start;
  }

  get eventCount(): number {
    return this.events;
  }

  get bodyBytes(): number {
    return this.bytes;
  }

  get lastSequence(): number {
    return this.last?.end ?? this.floorSequence;
  }

  get lastTimeUs(): number {
    return this.last?.timeUs ?? this.floorTimeUs;
  }

  get firstSequence(): number {
    return this.first?.sequence ?? this.floorSequence + 1;
  }

  get first(): IndexedRun | undefined {
    return this.runs[this.start];
  }

  get last(): IndexedRun | undefined {
    return this.size === 0 ? undefined : this.runs[this.runs.length - 1];
  }

  /** The run at a position of 0 to size − 1. */
  at(position: number): IndexedRun | undefined {
    return this.runs[this.start + position];
  }

  add(run: RunToIndex): IndexedRun {
    const { streamSequence, count, bodyBytes, isErased } = run;
    const sequence = streamSequence * sequencesPerMessage;
    const prev = this.last?.end ?? run.prev ?? this.floorSequence;
    const added = { streamSequence, sequence, end: sequence + count - 1, prev, count, timeUs: Math.max(run.timeUs, this.lastTimeUs), bodyBytes, isErased };
    this.runs.push(added);
    this.events += count;
    this.bytes += bodyBytes;
    return added;
  }

  /** Everything up to this stream sequence is gone; what the last of it was, as far as it is known. */
  dropThrough(streamSequence: number, floor?: { readonly sequence: number; readonly timeUs: number }): void {
    while (this.first !== undefined && this.first.streamSequence <= streamSequence) this.dropFirst();
    if (floor !== undefined && floor.sequence > this.floorSequence) {
      this.floorSequence = floor.sequence;
      this.floorTimeUs = Math.max(floor.timeUs, this.floorTimeUs);
    }
  }

  dropFirst(): void {
    const dropped = this.first;
    if (dropped === undefined) return;
    this.start += 1;
    this.events -= dropped.count;
    this.bytes -= dropped.bodyBytes;
    this.floorSequence = dropped.end;
    this.floorTimeUs = dropped.timeUs;
    if (this.start > 1_024 && this.start * 2 > this.runs.length) {
      this.runs = this.runs.slice(this.start);
      this.start = 0;
    }
  }

  /** The server dropped this run without a word. */
  remove(streamSequence: number): void {
    const run = this.findMessage(streamSequence);
    if (run !== undefined && run === this.first) this.dropFirst();
  }

  markErased(streamSequence: number, bodyBytes: number): IndexedRun | undefined {
    const run = this.findMessage(streamSequence);
    if (run === undefined) return undefined;
    this.bytes += bodyBytes - run.bodyBytes;
    run.bodyBytes = bodyBytes;
    run.isErased = true;
    return run;
  }

  erasedSequences(): number[] {
    return this.runs.slice(this.start).flatMap((run) => (run.isErased ? [run.sequence] : []));
  }

  findMessage(streamSequence: number): IndexedRun | undefined {
    const run = this.at(this.search((held) => held.streamSequence >= streamSequence));
    return run?.streamSequence === streamSequence ? run : undefined;
  }

  /** The run that holds an event's sequence. */
  find(sequence: number): IndexedRun | undefined {
    const run = this.at(this.search((held) => held.end >= sequence));
    return run !== undefined && run.sequence <= sequence ? run : undefined;
  }

  /** Position of the first run for which `isReached` holds, which then holds for all behind it; size when for none. */
  search(isReached: (run: IndexedRun) => boolean): number {
    let low = this.start;
    let high = this.runs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isReached(this.runs[middle])) high = middle;
      else low = middle + 1;
    }
    return low - this.start;
  }
}

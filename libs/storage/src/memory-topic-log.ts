import { ArqonError } from '@arqonbus/errors';
import type { TopicKey } from '@arqonbus/tenancy';
import { LogProducers } from './log-producers.js';
import type { LocalBackplane } from './local-backplane.js';
import type {
  CommittedRun, LogAppendResult, LogHead, LogPage, LogWindow, OpenLogOptions, RunRecord, TopicLog,
} from './topic-log.js';

/** What a store lends to its logs. */
export interface MemoryLogShare {
  readonly backplane: LocalBackplane;
  nextEpoch(nowUs: number): number;
  /** Adds to the bytes held over all topics; true when they are above the bound. */
  addBytes(bytes: number): boolean;
  isClosed(): boolean;
}

/** What a run costs beside its body. */
const runOverheadBytes = 128;
/** Dropped places at the front of the array before it is copied. */
const maxDroppedCount = 1_024;

/** Log of one topic in this process's memory. All that open the topic share one. */
export class MemoryTopicLog implements TopicLog {
  private epoch: number;
  private lastSequence = 0;
  private lastTimeUs = 0;
  private runs: CommittedRun[] = [];
  /** Index of the oldest run held: those before it were dropped. */
  private first = 0;
  private eventCount = 0;
  private byteCount = 0;
  private readonly producers: LogProducers;

  constructor(readonly key: TopicKey, private readonly options: OpenLogOptions, private readonly share: MemoryLogShare, nowUs: number) {
    this.epoch = share.nextEpoch(nowUs);
    this.producers = new LogProducers(options.producerIdleMs);
  }

  get head(): LogHead {
    return { epoch: this.epoch, lastSequence: this.lastSequence, firstSequence: this.first < this.runs.length ? this.runs[this.first].sequence : this.lastSequence + 1 };
  }

  readHead(): Promise<LogHead> {
    return this.answer(() => this.head);
  }

  append(runs: readonly RunRecord[], nowUs: number): Promise<readonly LogAppendResult[]> {
    return this.answer(() => {
      const from = this.runs.length;
      const results = runs.map((run) => this.take(run, nowUs));
      const committed = this.runs.slice(from);
      this.trimNow(nowUs);
      this.share.backplane.announce(this.key, committed);
      return results;
    });
  }

  read(window: LogWindow): Promise<LogPage> {
    return this.answer(() => {
      const { fromSequence = 1, toSequence = Infinity, fromTimeUs = 0, toTimeUs = Infinity, maxEvents, maxBytes } = window;
      const found: CommittedRun[] = [];
      let events = 0;
      let bytes = 0;
      let isComplete = true;
      if (fromSequence > toSequence) return { ...this.head, runs: found, isComplete };
      for (let index = this.indexOf(fromSequence, fromTimeUs); index < this.runs.length; index += 1) {
        const run = this.runs[index];
        if (run.sequence > toSequence || run.timeUs > toTimeUs) break;
        events += run.count;
        bytes += run.body.length;
        if (found.length > 0 && (events > maxEvents || bytes > maxBytes)) {
          isComplete = false;
          break;
        }
        found.push(run);
      }
      return { ...this.head, runs: found, isComplete };
    });
  }

  erase(sequence: number, rewrite: (run: CommittedRun) => Uint8Array): Promise<boolean> {
    return this.answer(() => {
      const index = this.indexOf(sequence, 0);
      if (index >= this.runs.length || this.runs[index].sequence > sequence) return false;
      const run = this.runs[index];
      const body = Uint8Array.from(rewrite(run));
      this.runs[index] = { ...run, body };
      this.addBytes(body.length - run.body.length);
      this.share.backplane.announceErased(this.key, sequence);
      return true;
    });
  }

  reset(nowUs: number): Promise<LogHead> {
    return this.answer(() => {
      this.addBytes(-this.byteCount);
      this.epoch = this.share.nextEpoch(nowUs);
      this.lastSequence = 0;
      this.runs = [];
      this.first = 0;
      this.eventCount = 0;
      this.producers.clear();
      this.share.backplane.announceReset(this.key, this.head);
      return this.head;
    });
  }

  trim(nowUs: number): Promise<void> {
    return this.answer(() => {
      this.trimNow(nowUs);
      this.producers.forgetIdle(nowUs);
    });
  }

  close(): void {
    // The store holds the log for whoever opens it next.
  }

  private take(record: RunRecord, nowUs: number): LogAppendResult {
    const { producer, count } = record;
    const refused = producer === undefined ? undefined : this.producers.check(producer, count, nowUs);
    if (refused !== undefined) return refused;
    const sequence = this.lastSequence + 1;
    this.lastTimeUs = Math.max(this.lastTimeUs, nowUs);
    this.runs.push({ producer, count, body: Uint8Array.from(record.body), sequence, prev: this.lastSequence, timeUs: this.lastTimeUs });
    this.lastSequence += count;
    this.eventCount += count;
    let isAbove = this.addBytes(record.body.length + runOverheadBytes);
    while (isAbove && this.first < this.runs.length) isAbove = this.dropOldest();
    if (producer !== undefined) this.producers.record(producer, sequence, count, nowUs);
    return { outcome: 'accepted', sequence, count };
  }

  private trimNow(nowUs: number): void {
    const { maxEvents, maxBytes, maxAgeMs } = this.options.retention;
    const oldestUs = nowUs - maxAgeMs * 1_000;
    while (this.first < this.runs.length && (this.eventCount > maxEvents || this.byteCount > maxBytes || this.runs[this.first].timeUs < oldestUs)) this.dropOldest();
    if (this.first > maxDroppedCount && this.first > this.runs.length / 2) {
      this.runs = this.runs.slice(this.first);
      this.first = 0;
    }
  }

  private dropOldest(): boolean {
    const run = this.runs[this.first];
    this.first += 1;
    this.eventCount -= run.count;
    return this.addBytes(-run.body.length - runOverheadBytes);
  }

  private addBytes(bytes: number): boolean {
    this.byteCount += bytes;
    return this.share.addBytes(bytes);
  }

  /** Index of the first run held whose last event is at or after the sequence and whose time is at or after the time. */
  private indexOf(sequence: number, timeUs: number): number {
    let low = this.first;
    let high = this.runs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const run = this.runs[middle];
      if (run.sequence + run.count > sequence && run.timeUs >= timeUs) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  private answer<Value>(work: () => Value): Promise<Value> {
    return new Promise((resolve) => {
      if (this.share.isClosed()) throw new ArqonError('STORE_UNAVAILABLE', { message: 'the memory store is closed' });
      resolve(work());
    });
  }
}

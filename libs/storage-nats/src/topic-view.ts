import type { CommittedRun, LogHead } from '@arqonbus/storage';
import { parseNatsSubject, type NatsTopicMessage } from '@arqonbus/tenancy';
import type { Delivered } from './ordered-delivery.js';
import { ProducerTable } from './producer-table.js';
import { bodyBytesOf, decodeEpochHeader, decodeFloorHeader, decodeRunHeader, type RunHeader } from './run-header.js';
import { maxStreamSequence, RunIndex, sequencesPerMessage } from './run-index.js';
import type { TopicRecord } from './topic-record.js';
import { unavailable } from './unavailable.js';

interface FoundRun {
  readonly header: RunHeader;
  readonly bodyBytes: number;
  readonly isErased: boolean;
}

interface Gathered {
  readonly found: ReadonlyMap<number, FoundRun>;
  readonly floor: { readonly sequence: number; readonly timeUs: number };
  /** Above the view's, 0 for none. */
  readonly newerEpoch: number;
}

/** What a message changed: a new epoch, then a run that was added; or a run that was erased; or nothing that followers hear of. */
export interface Ingested {
  readonly isRestarted: boolean;
  readonly run: CommittedRun | undefined;
  /** Sequence of the run that was erased, 0 for none. */
  readonly erased: number;
}

const nothing: Ingested = { isRestarted: false, run: undefined, erased: 0 };

/** A topic as its messages tell it: the same messages make the same view in every process. */
export class TopicView {
  epoch = 0;
  index = new RunIndex();
  readonly producers = new ProducerTable();

  constructor(private readonly maxRunsCount: number) {}

  get head(): LogHead {
    return { epoch: this.epoch, lastSequence: this.index.lastSequence, firstSequence: this.index.firstSequence };
  }

  /**
   * Builds the view from the topic's record and the headers of its messages. Returns 0, or an epoch above the record's that a message
   * tells of: then the record is read again.
   */
  rebuild(record: TopicRecord, scanned: readonly Delivered[]): number {
    this.startEpoch(record.epoch);
    this.producers.restore(record.producers);
    const { found, floor, newerEpoch } = this.gather(record, scanned);
    if (newerEpoch > 0) return newerEpoch;
    this.index.dropThrough(0, floor);
    const held = [...found].filter(([streamSequence]) => streamSequence * sequencesPerMessage > floor.sequence).sort(([a], [b]) => a - b);
    // Dropped since the record was read, so that nothing else can be missing.
    const isFresh = record.floorSequence < floor.sequence;
    for (const [streamSequence, run] of held) {
      const isAfterFloor = this.index.size > 0 || isFresh || (floor.sequence > 0 && record.firstHeld === streamSequence);
      // Dropped by the server without a word: a predecessor that nobody has seen makes the hole visible.
      const unknown = isAfterFloor ? undefined : streamSequence * sequencesPerMessage - 1;
      this.add(streamSequence, run, run.header.prev ?? unknown);
    }
    return 0;
  }

  /** Takes a message that was stored behind all that the view has; others change nothing. */
  ingest(message: NatsTopicMessage, delivered: Delivered): Ingested {
    switch (message.kind) {
      case 'run':
        return this.ingestRun(delivered);
      case 'epoch':
        return this.adopt(decodeEpochHeader(delivered.headers)) ? { ...nothing, isRestarted: true } : nothing;
      case 'floor': {
        const floor = decodeFloorHeader(delivered.headers);
        if (floor?.epoch === this.epoch) this.index.dropThrough(floor.dropped, floor);
        return nothing;
      }
      case 'tombstone':
        if (decodeRunHeader(delivered.headers)?.epoch !== this.epoch) return nothing;
        return { ...nothing, erased: this.index.markErased(message.erased, delivered.data.length)?.sequence ?? 0 };
    }
  }

  /** The runs and the floor that messages of this epoch tell of. */
  private gather(record: TopicRecord, scanned: readonly Delivered[]): Gathered {
    let floor = { sequence: record.floorSequence, timeUs: record.floorTimeUs };
    let newerEpoch = 0;
    const found = new Map<number, FoundRun>();
    for (const delivered of scanned) {
      const message = parseNatsSubject(delivered.subject);
      if (message === undefined) continue;
      if (message.kind === 'floor') {
        const told = decodeFloorHeader(delivered.headers);
        if (told?.epoch === this.epoch && told.sequence > floor.sequence) floor = told;
        continue;
      }
      const header = message.kind === 'epoch' ? undefined : decodeRunHeader(delivered.headers);
      const epoch = header?.epoch ?? decodeEpochHeader(delivered.headers);
      if (epoch > this.epoch) newerEpoch = Math.max(newerEpoch, epoch);
      if (header === undefined || epoch !== this.epoch) continue;
      const isErased = message.kind === 'tombstone';
      found.set(isErased ? message.erased : delivered.streamSequence, { header, bodyBytes: bodyBytesOf(delivered.data, delivered.headers), isErased });
    }
    return { found, floor, newerEpoch };
  }

  private ingestRun(delivered: Delivered): Ingested {
    const header = decodeRunHeader(delivered.headers);
    const { streamSequence, data } = delivered;
    if (header === undefined || header.epoch < this.epoch || streamSequence <= (this.index.last?.streamSequence ?? 0)) return nothing;
    const isRestarted = this.adopt(header.epoch);
    const { prev, timeUs, sequence, count } = this.add(streamSequence, { header, bodyBytes: data.length, isErased: false }, header.prev);
    return { isRestarted, erased: 0, run: { producer: header.producer, count, body: data, sequence, prev, timeUs } };
  }

  private add(streamSequence: number, { header, bodyBytes, isErased }: FoundRun, prev: number | undefined): CommittedRunPlace {
    if (streamSequence > maxStreamSequence) throw unavailable('the stream has run out of sequences');
    const { count, timeUs, producer } = header;
    const added = this.index.add({ streamSequence, count, timeUs, bodyBytes, isErased, prev });
    if (producer !== undefined) this.producers.record(producer, { sequence: added.sequence, count }, added.timeUs);
    // As the server does, which drops the oldest message of a subject that has too many.
    while (this.index.size > this.maxRunsCount) this.index.dropFirst();
    return added;
  }

  private adopt(epoch: number): boolean {
    if (epoch <= this.epoch) return false;
    this.startEpoch(epoch);
    return true;
  }

  private startEpoch(epoch: number): void {
    this.epoch = epoch;
    this.index = new RunIndex();
    this.producers.clear();
  }
}

interface CommittedRunPlace {
  readonly sequence: number;
  readonly prev: number;
  readonly count: number;
  readonly timeUs: number;
}

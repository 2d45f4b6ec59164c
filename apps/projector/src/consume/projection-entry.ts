import { readEpisode, type EpisodeReading, type ScratchMemory } from '@arqonbus/continuum';
import type { BatchEntry, SourceRecord } from '@arqonbus/storage/episodes';
import type { EndSpan } from '@arqonbus/telemetry';

/** One event on its way into the database. */
export interface ProjectionEntry extends BatchEntry {
  /** Ends the span of an event of a sampled trace. */
  readonly endSpan?: EndSpan | undefined;
}

/** What the events of one tenant are read with. */
export interface EntrySource {
  readonly tenantId: string;
  readonly memory: ScratchMemory;
}

/** An event that is read when its batch is written: thousands wait, and what is read takes many times the memory of the bytes. */
export class WaitingEntry implements ProjectionEntry {
  readonly tries = 0;
  private reading: EpisodeReading | undefined;

  constructor(readonly record: SourceRecord, private readonly source: EntrySource, readonly endSpan: EndSpan | undefined) {}

  get result(): EpisodeReading {
    const { record: { payload, type, timeUs }, source: { tenantId, memory } } = this;
    this.reading ??= readEpisode(payload, { tenantId, type, timeUs }, memory);
    return this.reading;
  }
}

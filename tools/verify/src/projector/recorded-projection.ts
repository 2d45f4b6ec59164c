import type { FactContent, PlannedEvent, Stamp } from './episode-fact.js';

/** A planned event that the bus acknowledged, and where it stands. */
export interface PublishedEvent {
  readonly planned: PlannedEvent;
  /** Client id of its producer. */
  readonly sender: string;
  readonly epoch: bigint;
  readonly sequence: bigint;
}

/** One row of the projection. */
export interface TableRow {
  readonly tenant: string;
  readonly agent: string;
  readonly episode: string;
  readonly state: Stamp | undefined;
  readonly isDeleted: boolean;
  readonly content: Omit<FactContent, 'contentRef'> & { readonly contentRef: string | undefined };
  readonly summaryStamp: Stamp | undefined;
  readonly summary: string | undefined;
}

/** One write that moved a row's state or summary to another event. */
export interface JournalEntry {
  readonly key: string;
  readonly register: 'state' | 'summary';
  readonly before: Stamp | undefined;
  readonly after: Stamp | undefined;
}

/** A dead letter, in the table or in the topic. */
export interface DeadLetter {
  readonly tenant: string;
  readonly id: string;
  readonly epoch: bigint;
  readonly sequence: bigint;
  readonly type: string;
  readonly payload: Uint8Array;
  readonly sender: string;
  readonly errorCode: string;
  readonly reason: string;
  readonly tries: number;
  readonly firstFailureUs: number;
  readonly lastFailureUs: number;
}

/** What one tenant's reading role sees: summaries by key in the view, and tenants that any row of the table names. */
export interface ReaderView {
  readonly tenant: string;
  readonly summaries: ReadonlyMap<string, string | undefined>;
  readonly tenantsInTable: readonly string[];
}

/** All that a run published, and all that came of it. */
export interface RecordedProjection {
  readonly published: readonly PublishedEvent[];
  readonly rows: readonly TableRow[];
  /** Marks of seen events. */
  readonly marks: readonly { readonly tenant: string; readonly eventId: string }[];
  readonly deadLetters: readonly DeadLetter[];
  /** As the topic of each tenant has them, repetitions included. */
  readonly announced: readonly DeadLetter[];
  readonly journal: readonly JournalEntry[];
  readonly readers: readonly ReaderView[];
  /** What else went wrong, in words: not caught up, an unclean end. */
  readonly failures: readonly string[];
  /** Output of the projectors and their metrics. */
  readonly logs: string;
  readonly metrics: string;
}

import type { BenchServer } from '../servers/bench-server.js';

/** Where a task finds the Spine. */
export type SpineAddress = Pick<BenchServer, 'port' | 'token'>;

/** Keeps as many acknowledged runs on their way as the server allows, or sends a fixed number. */
export interface PublishAckedTask {
  readonly kind: 'publish-acked';
  readonly spine: SpineAddress;
  readonly runLength: number;
  readonly extent: { readonly messageCount: number } | { readonly warmupMs: number; readonly measureMs: number };
  /** Servers whose CPU is counted. */
  readonly serverPids: readonly number[];
}

/** An application that publishes through a client library, with this many messages not yet acknowledged. */
export interface PublishClientTask {
  readonly kind: 'publish-sdk' | 'publish-jetstream';
  readonly spine: SpineAddress;
  readonly inFlightCount: number;
  readonly warmupMs: number;
  readonly measureMs: number;
  readonly serverPids: readonly number[];
}

export interface PublishOutcome {
  /** Acknowledged between the end of the warm-up and the last acknowledgement. */
  readonly ackedCount: number;
  /** Acknowledged in all, each checked. */
  readonly totalCount: number;
  readonly elapsedMs: number;
  readonly ackedPerSecond: number;
  readonly generatorCpuShare: number;
  readonly serverCpuSecondsPerMillion: number | null;
  /** Worth of the acknowledgements as the server says, e.g. `STORE`. */
  readonly durability: string;
}

/** Reads the whole history of the topic over and over on some connections at once. */
export interface ReplayTask {
  readonly kind: 'replay';
  readonly spine: SpineAddress;
  /** One `history_replay` of all, or `history_get` page by page, each asked for when the one before is there. */
  readonly how: 'replay' | 'pages';
  readonly connectionCount: number;
  readonly messageCount: number;
  readonly warmupMs: number;
  readonly measureMs: number;
  readonly serverPids: readonly number[];
}

export interface ReplayOutcome {
  readonly receivedCount: number;
  readonly elapsedMs: number;
  readonly messagesPerSecond: number;
  readonly generatorCpuShare: number;
  readonly serverCpuShare: number | null;
  readonly serverCpuSecondsPerMillion: number | null;
}

/** Open connections that all join with a position at once. */
export interface ResumeTask {
  readonly kind: 'resume';
  readonly spine: SpineAddress;
  readonly connectionCount: number;
  readonly missedCount: number;
  readonly serverPid: number;
}

export interface LatencyOutcome {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly generatorCpuShare: number;
}

export interface ResumeOutcome extends LatencyOutcome {
  /** What the server's main thread ran, and waited for a core that others had, between the first send and the last answer. */
  readonly serverRunMs: number | null;
  readonly serverWaitMs: number | null;
}

export interface SlowReaderOutcome extends LatencyOutcome {
  /** Slow readers that lost frames: told so by a gap, or by the end of their connection, once they read again. */
  readonly lossesToldCount: number;
}

/** Fast readers under a fixed rate, with or without readers of the same topic that never read. */
export interface SlowReaderTask {
  readonly kind: 'slow-reader';
  readonly spine: SpineAddress;
  readonly fastReaderCount: number;
  readonly slowReaderCount: number;
  readonly messagesPerSecond: number;
  readonly warmupMs: number;
  readonly measureMs: number;
}

export type Task = PublishAckedTask | PublishClientTask | ReplayTask | ResumeTask | SlowReaderTask;

export type OutcomeOf<Kind extends Task['kind']> = Kind extends 'replay'
  ? ReplayOutcome
  : Kind extends 'resume'
    ? ResumeOutcome
    : Kind extends 'slow-reader'
      ? SlowReaderOutcome
      : PublishOutcome;

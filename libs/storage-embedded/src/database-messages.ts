import type { GroupChange, GroupPlace, LogHead, LogWindow, OpenLogOptions } from '@arqonbus/storage';
import type { TopicKey } from '@arqonbus/tenancy';
import type { PackedRuns } from './packed-runs.js';
import type { DurabilityClaim } from './settings.js';

/** Runs of one topic within a group commit. */
export interface AppendPart {
  readonly log: number;
  readonly nowUs: number;
  readonly runs: PackedRuns;
}

export interface AppendAnswer {
  readonly head: LogHead;
  /** `numbersPerResult` per run: outcome, sequence, count, time. */
  readonly results: Float64Array<ArrayBuffer>;
}

/** Numbers per result of an append. */
export const numbersPerResult = 4;
export const Outcome = { accepted: 0, duplicate: 1, out_of_order: 2, producer_unknown: 3 } as const;

export interface LogToOpen {
  /** Number by which the other requests name it. */
  readonly log: number;
  readonly key: TopicKey;
  readonly options: OpenLogOptions;
  readonly nowUs: number;
  /** What was acknowledged before the store failed: a log that holds less begins a new epoch. */
  readonly known: LogHead | undefined;
}

/** What the main thread may ask of the worker, and what it gets. */
export interface Operations {
  open: { ask: LogToOpen; answer: { readonly head: LogHead; readonly isNew: boolean } };
  /** All of one group commit, over all topics. */
  append: { ask: { readonly parts: readonly AppendPart[] }; answer: readonly AppendAnswer[] };
  head: { ask: { readonly log: number }; answer: LogHead };
  read: { ask: { readonly log: number; readonly window: LogWindow }; answer: { readonly head: LogHead; readonly runs: PackedRuns; readonly isComplete: boolean } };
  /** The run that holds the sequence, or none. */
  runAt: { ask: { readonly log: number; readonly sequence: number }; answer: { readonly epoch: number; readonly runs: PackedRuns } };
  /** False when the run is no longer there. */
  replace: { ask: { readonly log: number; readonly epoch: number; readonly sequence: number; readonly body: Uint8Array }; answer: boolean };
  reset: { ask: { readonly log: number; readonly nowUs: number }; answer: LogHead };
  trim: { ask: { readonly log: number; readonly nowUs: number }; answer: LogHead };
  /** The log is no longer used. */
  release: { ask: { readonly log: number }; answer: undefined };
  channels: { ask: { readonly tenant: string; readonly room: string; readonly maxCount: number }; answer: readonly string[] };
  loadGroup: { ask: { readonly key: TopicKey; readonly group: string }; answer: GroupPlace | undefined };
  saveGroup: { ask: { readonly key: TopicKey; readonly group: string; readonly change: GroupChange }; answer: undefined };
  close: { ask: object; answer: undefined };
}

export type OperationName = keyof Operations;
export type Ask<Name extends OperationName> = Operations[Name]['ask'];
export type Answer<Name extends OperationName> = Operations[Name]['answer'];
export type Request<Name extends OperationName = OperationName> = { [Each in Name]: { readonly id: number; readonly kind: Each } & Ask<Each> }[Name];

/** What the worker sends: answers, and news that nobody asked for. */
export type WorkerMessage =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly failure: string }
  | { readonly news: 'ready'; readonly claim: DurabilityClaim }
  | { readonly news: 'refused'; readonly reason: string }
  /** The file is not to be used by this thread any more. */
  | { readonly news: 'down'; readonly reason: string };

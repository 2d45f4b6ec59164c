import { randomBytes } from 'node:crypto';
import type { TopicKey } from '@arqonbus/tenancy';
import { afterEach } from 'vitest';
import type { Retention } from './retention.js';
import type {
  Backplane, CommittedRun, HistoryStore, LogAppendResult, LogFollower, LogHead, LogPage, LogWindow, OpenLogOptions, RunRecord, TopicLog,
} from './topic-log.js';

/** One process's view of a store; made by the adapter's own tests. */
export interface StoreUnderTest {
  readonly store: HistoryStore;
  readonly backplane: Backplane;
  /** False for a store that stamps runs by its own clock: tests wait for its time to pass. Default true: `nowUs` decides. */
  readonly controlsTime?: boolean;
  /** Closes this instance and opens another on the same data, as a restart does; absent where a restart loses everything. */
  reopen?(): Promise<StoreUnderTest>;
  /** Another instance on the same data at the same time; needed when the store is shared. */
  second?(): Promise<StoreUnderTest>;
  /** Ends this instance alone, also after `reopen`; the first one of a test is closed last and removes the data. */
  close(): Promise<void>;
}

export interface HistoryStoreContractOptions {
  /** Random histories that are compared with the model. Default 50; fewer for stores behind a socket. */
  readonly randomHistoriesCount?: number;
  /** Default 7; a failure names the seed and path to repeat. */
  readonly seed?: number;
  /** Milliseconds for what a store does in its own time. Default 10,000. */
  readonly patienceMs?: number;
}

export type MakeStore = () => Promise<StoreUnderTest>;

export const ample: Retention = { maxEvents: 100_000, maxBytes: 67_108_864, maxAgeMs: 3_600_000 };
export const everything: LogWindow = { maxEvents: 1_000_000, maxBytes: 268_435_456 };

/** Microseconds of the wall clock. */
export function wallUs(): number {
  return Date.now() * 1_000;
}

/** Instances of one test, closed after it, the first one last. */
export class StoresOfTest {
  private readonly opened: StoreUnderTest[] = [];

  constructor(private readonly makeStore: MakeStore) {
    afterEach(async () => {
      for (const under of this.opened.splice(0).reverse()) await under.close();
    });
  }

  async first(): Promise<StoreUnderTest> {
    return this.keep(await this.makeStore());
  }

  /** Undefined when a restart loses everything. */
  async reopened(under: StoreUnderTest): Promise<StoreUnderTest | undefined> {
    return under.reopen === undefined ? undefined : this.keep(await under.reopen());
  }

  /** Undefined when the store is not shared. */
  async second(under: StoreUnderTest): Promise<StoreUnderTest | undefined> {
    if (!under.store.isShared) return undefined;
    if (under.second === undefined) throw new Error('a shared store is tested with two instances');
    return this.keep(await under.second());
  }

  private keep(under: StoreUnderTest): StoreUnderTest {
    this.opened.push(under);
    return under;
  }
}

/** A tenant that no other test has, for stores that outlive a test. */
export function newTenant(): string {
  return `t${randomBytes(6).toString('hex')}`;
}

export function newKey(): TopicKey {
  return { tenant: newTenant(), room: 'plans', channel: 'main' };
}

export function openLog(under: StoreUnderTest, key: TopicKey, options: Partial<Retention & OpenLogOptions> = {}): Promise<TopicLog> {
  const { producerIdleMs = 600_000, retention, ...bounds } = options;
  return under.store.openLog(key, { retention: retention ?? { ...ample, ...bounds }, producerIdleMs });
}

/** Random bytes behind the three lengths that every body has. */
export function newBody(sizeBytes = 40): Uint8Array {
  return Uint8Array.from([0, 0, 0, ...[...randomBytes(Math.max(0, sizeBytes - 3))]]);
}

/** A run without producer. */
export function plainRun(count = 1, body = newBody()): RunRecord {
  return { producer: undefined, count, body };
}

/** A run that is acknowledged; two clients may have the same producer number. */
export function numberedRun(run: number, options: { owner?: string; hi?: number; lo?: number; count?: number; body?: Uint8Array } = {}): RunRecord {
  const { owner = 'writer', hi = 0xfedcba98, lo = 7, count = 1, body = newBody() } = options;
  return { producer: { owner, hi, lo, run }, count, body };
}

/** Appends and fails the test when any run was refused. Gives the first sequences. */
export async function appendAll(log: TopicLog, runs: readonly RunRecord[], nowUs = wallUs()): Promise<number[]> {
  return (await log.append(runs, nowUs)).map(sequenceOf);
}

export function sequenceOf(result: LogAppendResult): number {
  if (result.outcome !== 'accepted') throw new Error(`the run was not accepted but ${result.outcome}`);
  return result.sequence;
}

export async function readAll(log: TopicLog, window: Partial<LogWindow> = {}): Promise<readonly CommittedRun[]> {
  const page = await log.read({ ...everything, ...window });
  if (!page.isComplete) throw new Error('the page is not complete');
  return page.runs;
}

/** All pages of a window, each asked for behind the last run of the one before. */
export async function readPages(log: TopicLog, window: LogWindow): Promise<LogPage[]> {
  const pages: LogPage[] = [];
  let fromSequence = window.fromSequence ?? 1;
  for (;;) {
    const page = await log.read({ ...window, fromSequence });
    pages.push(page);
    if (page.isComplete) return pages;
    const last = page.runs.at(-1);
    if (last === undefined) throw new Error('a page that is not complete holds no run');
    fromSequence = endOf(last) + 1;
  }
}

/** Sequence of the run's last event. */
export function endOf(run: { readonly sequence: number; readonly count: number }): number {
  return run.sequence + run.count - 1;
}

/** What tests compare: bodies as text, so that a difference can be read and is found fast. */
export interface PlainCommitted {
  readonly sequence: number;
  readonly prev: number;
  readonly count: number;
  readonly timeUs: number;
  readonly body: string;
  readonly producer: string;
}

export function plain(runs: readonly CommittedRun[]): PlainCommitted[] {
  return runs.map(({ sequence, prev, count, timeUs, body, producer }) => ({
    sequence, prev, count, timeUs, body: bodyText(body),
    producer: producer === undefined ? '' : `${producer.owner} ${producer.hi} ${producer.lo} ${producer.run}`,
  }));
}

export function bodyText(body: Uint8Array): string {
  return Buffer.from(body).toString('base64');
}

export function bodiesOf(runs: readonly { readonly body: Uint8Array }[]): string[] {
  return runs.map((run) => bodyText(run.body));
}

/** Keeps what a follower hears, and what of it breaks the contract. */
export class FollowerRecord implements LogFollower {
  readonly runs: CommittedRun[] = [];
  readonly restarts: LogHead[] = [];
  /** Sequences of which it was told that they were erased. */
  readonly erasures: number[] = [];
  readonly faults: string[] = [];

  constructor(private lastSequence: number) {}

  committed(runs: readonly CommittedRun[]): void {
    if (runs.length === 0) this.faults.push('an announcement without runs');
    for (const run of runs) {
      if (run.prev !== this.lastSequence) this.faults.push(`run ${run.sequence} follows ${this.lastSequence} but says ${run.prev}`);
      if (run.sequence <= run.prev) this.faults.push(`run ${run.sequence} says that ${run.prev} is before it`);
      this.lastSequence = endOf(run);
      this.runs.push(run);
    }
  }

  restarted(head: LogHead): void {
    this.restarts.push(head);
    this.lastSequence = head.lastSequence;
  }

  erased(sequence: number): void {
    this.erasures.push(sequence);
  }
}

import { MemoryHistoryStore, type LogAppendResult, type RunRecord, type TopicLog } from '@arqonbus/storage';
import { driveMachine, impossible, waitFor } from '@arqonbus/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DurableLog, durableTransitions, type PendingRun } from '../src/durable/durable-log.js';

/** A store in memory that opens a log only when told to, or refuses to, and that fails at appending while it is told to. */
class HeldStore extends MemoryHistoryStore {
  isHeld = true;
  fails = false;
  private readonly asked: { resolve: () => void; reject: (error: Error) => void }[] = [];

  constructor() {
    super({ nowUs: () => Date.now() * 1_000 });
  }

  get askedCount(): number {
    return this.asked.length;
  }

  override async openLog(...args: Parameters<MemoryHistoryStore['openLog']>): Promise<TopicLog> {
    if (this.isHeld) await new Promise<void>((resolve, reject) => { this.asked.push({ resolve, reject }); });
    const log = await super.openLog(...args);
    return new Proxy(log, {
      get: (target, name) => {
        if (name === 'append' && this.fails) return () => Promise.reject(new Error('the store is away'));
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  }

  release(): void {
    for (const { resolve } of this.asked.splice(0)) resolve();
  }

  refuse(): void {
    for (const { reject } of this.asked.splice(0)) reject(new Error('the store is away'));
  }
}

interface Rig {
  readonly store: HeldStore;
  readonly log: DurableLog;
  readonly options: { degrades: boolean };
}

function makeRig(degrades: boolean): Rig {
  const store = new HeldStore();
  const options = { retention: { maxEvents: 100, maxBytes: 1_000_000, maxAgeMs: 3_600_000 }, producerIdleMs: 60_000, fromStart: false, degrades };
  const log = new DurableLog({ tenant: 'acme', room: 'r', channel: 'c' }, options, {
    store, backplane: store.backplane, nowMs: () => Date.now(), maxUnacknowledgedRuns: 64, waiting: { bytes: 0 }, failed: () => undefined,
  }, { opened: () => undefined, committed: () => undefined, restarted: () => undefined, erased: () => undefined, degraded: () => undefined });
  return { store, log, options };
}

async function opening(degrades = true): Promise<Rig> {
  const rig = makeRig(degrades);
  await waitFor(() => rig.store.askedCount === 1);
  return rig;
}

async function open(): Promise<Rig> {
  const rig = await opening();
  rig.store.release();
  await waitFor(() => rig.log.state === 'open');
  return rig;
}

async function failed(): Promise<Rig> {
  const rig = await opening(false);
  rig.store.refuse();
  await waitFor(() => rig.log.state === 'failed');
  return rig;
}

async function degraded(): Promise<Rig> {
  const rig = await open();
  rig.log.storeLost();
  return rig;
}

async function closed(): Promise<Rig> {
  const rig = await open();
  rig.log.close();
  return rig;
}

const notOpening = impossible('the log is not being opened');

describe('topic', () => {
  driveMachine<Rig>(it, {
    document: 'topic',
    table: durableTransitions,
    object: (rig) => rig.log,
    field: 'state',
    end: ({ log }) => { log.close(); },
    reach: { opening: () => opening(), open, failed, degraded, closed },
    events: {
      opened: ({ store }, from) => (from === 'opening' ? store.release() : notOpening),
      failed: (rig, from) => {
        if (from !== 'opening') return notOpening;
        rig.options.degrades = false;
        rig.store.refuse();
        return undefined;
      },
      lost: ({ log }) => { log.storeLost(); },
      retried: ({ log }, from) => {
        if (from === 'degraded') return impossible('there the same call is the event restored');
        log.storeBack();
        return undefined;
      },
      restored: ({ log }, from) => {
        if (from === 'failed') return impossible('there the same call is the event retried');
        log.storeBack();
        return undefined;
      },
      closed: ({ log }) => { log.close(); },
    },
  });

  const record: RunRecord = { body: new Uint8Array(8), count: 1, producer: undefined };

  /** A run that counts how often it was told what became of it. */
  function countedRun(told: string[][]): PendingRun {
    const mine: string[] = [];
    told.push(mine);
    return { record, settle: (result: LogAppendResult) => { mine.push(String(result)); }, refuse: (code) => { mine.push(code); } };
  }

  it('I-1 every run is settled or refused once, whatever happens to the store', async () => {
    const step = fc.constantFrom('submit', 'lost', 'back', 'fail', 'heal', 'release', 'refuse', 'turn');
    await fc.assert(fc.asyncProperty(fc.boolean(), fc.array(step, { maxLength: 25 }), async (degrades, steps) => {
      const { store, log } = makeRig(degrades);
      const told: string[][] = [];
      for (const each of steps) {
        if (each === 'submit') log.submit(countedRun(told));
        else if (each === 'lost') log.storeLost();
        else if (each === 'back') log.storeBack();
        else if (each === 'fail') store.fails = true;
        else if (each === 'heal') store.fails = false;
        else if (each === 'release') store.release();
        else if (each === 'refuse') store.refuse();
        else await new Promise((resolve) => { setImmediate(resolve); });
      }
      log.close();
      store.refuse();
      await waitFor(() => told.every((mine) => mine.length > 0), { intervalMs: 1 });
      expect(told.map((mine) => mine.length)).toEqual(told.map(() => 1));
    }), { numRuns: 100 });
  });

  it('I-2 a closed topic refuses at once', async () => {
    const { log } = await closed();
    const told: string[][] = [];
    log.submit(countedRun(told));
    expect(told).toEqual([['STORE_UNAVAILABLE']]);
  });

  it('I-3 hands out its log while it is open alone', async () => {
    for (const reach of [() => opening(), open, failed, degraded, closed]) {
      const { log } = await reach();
      expect(log.openLog !== undefined).toBe(log.state === 'open');
      log.close();
      expect(log.openLog).toBeUndefined();
    }
  });
});

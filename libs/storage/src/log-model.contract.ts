import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bodyText, endOf, everything, newKey, openLog, plain, readAll, readPages, sequenceOf, StoresOfTest, wallUs,
  type HistoryStoreContractOptions, type MakeStore, type PlainCommitted, type StoreUnderTest,
} from './store-under-test.contract.js';
import type { LogAppendResult, RunRecord, TopicLog } from './topic-log.js';

type Step =
  | { readonly kind: 'append'; readonly runs: readonly Draft[]; readonly backUs: number }
  | { readonly kind: 'read'; readonly from: number; readonly to: number; readonly maxEvents: number; readonly maxBytes: number }
  | { readonly kind: 'erase'; readonly at: number; readonly body: Uint8Array }
  | { readonly kind: 'reset' }
  | { readonly kind: 'reopen' };

/** A run by its distance from the producer's next number: 0 is right, above is out of order, below a duplicate. */
interface Draft {
  readonly owner: string | undefined;
  readonly lo: number;
  readonly ahead: number;
  readonly count: number;
  readonly body: Uint8Array;
}

const draft: fc.Arbitrary<Draft> = fc.record({
  owner: fc.constantFrom(undefined, 'a', 'b'),
  lo: fc.constantFrom(1, 0xffffffff),
  ahead: fc.constantFrom(0, 0, 0, 0, 1, -1, -2),
  count: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constant(4_096)),
  body: fc.uint8Array({ minLength: 3, maxLength: 200 }),
});
const share = fc.double({ min: 0, max: 1.1, noNaN: true });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('append' as const), runs: fc.array(draft, { minLength: 1, maxLength: 8 }), backUs: fc.nat(5_000_000) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('read' as const), from: share, to: share, maxEvents: fc.integer({ min: 1, max: 20 }), maxBytes: fc.integer({ min: 1, max: 1_000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('erase' as const), at: share, body: fc.uint8Array({ minLength: 3, maxLength: 50 }) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'reset' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'reopen' as const }) },
);

/** What a log is by the definition: plain arrays, sequences as the store gave them. */
class LogModel {
  runs: PlainCommitted[] = [];
  lastSequence = 0;
  private producers = new Map<string, { sequence: number; count: number }[]>();

  record({ owner, lo, ahead, count, body }: Draft): RunRecord {
    if (owner === undefined) return { producer: undefined, count, body };
    const taken = this.producers.get(`${owner} ${lo}`)?.length ?? 0;
    return { producer: { owner, hi: 9, lo, run: Math.max(1, taken + 1 + ahead) }, count, body };
  }

  /** Fails the test when the result is not what the definition says. */
  apply(record: RunRecord, result: LogAppendResult): void {
    const { producer } = record;
    const key = producer === undefined ? '' : `${producer.owner} ${producer.lo}`;
    const taken = this.producers.get(key) ?? [];
    if (producer !== undefined && producer.run <= taken.length) {
      expect(result).toEqual({ outcome: 'duplicate', ...taken[producer.run - 1] });
      return;
    }
    if (producer !== undefined && producer.run > taken.length + 1) {
      expect(result.outcome).toBe(taken.length === 0 ? 'producer_unknown' : 'out_of_order');
      return;
    }
    const sequence = sequenceOf(result);
    expect(sequence).toBeGreaterThan(this.lastSequence);
    expect((result as { count: number }).count).toBe(record.count);
    this.runs.push({
      sequence, prev: this.lastSequence, count: record.count, timeUs: 0, body: bodyText(record.body),
      producer: producer === undefined ? '' : `${producer.owner} ${producer.hi} ${producer.lo} ${producer.run}`,
    });
    if (producer !== undefined) this.producers.set(key, [...taken, { sequence, count: record.count }]);
    this.lastSequence = sequence + record.count - 1;
  }

  reset(): void {
    this.runs = [];
    this.lastSequence = 0;
    this.producers = new Map();
  }
}

function withoutTime(runs: readonly PlainCommitted[]): PlainCommitted[] {
  return runs.map((run) => ({ ...run, timeUs: 0 }));
}

async function append(log: TopicLog, model: LogModel, { runs, backUs }: Extract<Step, { kind: 'append' }>): Promise<void> {
  // All records are made before any is applied: several of one group may have the same number.
  const records = runs.map((run) => model.record(run));
  const results = await log.append(records, wallUs() - backUs);
  expect(results).toHaveLength(records.length);
  results.forEach((result, index) => { model.apply(records[index], result); });
}

async function read(log: TopicLog, model: LogModel, { from, to, maxEvents, maxBytes }: Extract<Step, { kind: 'read' }>): Promise<void> {
  const [fromSequence, toSequence] = [from, to].map((part) => Math.max(1, Math.round(part * model.lastSequence)));
  const pages = await readPages(log, { fromSequence, toSequence, maxEvents, maxBytes });
  const expected = fromSequence > toSequence ? [] : model.runs.filter((run) => endOf(run) >= fromSequence && run.sequence <= toSequence);
  expect(withoutTime(plain(pages.flatMap((page) => page.runs)))).toEqual(expected);
}

async function erase(log: TopicLog, model: LogModel, { at, body }: Extract<Step, { kind: 'erase' }>): Promise<void> {
  const sequence = Math.round(at * model.lastSequence);
  const index = model.runs.findIndex((run) => run.sequence <= sequence && sequence <= endOf(run));
  expect(await log.erase(sequence, () => body)).toBe(index >= 0);
  if (index >= 0) model.runs[index] = { ...model.runs[index], body: bodyText(body) };
}

/** Random histories against a model of plain arrays. */
export function logModelContract(makeStore: MakeStore, options: HistoryStoreContractOptions): void {
  const { randomHistoriesCount = 50, seed = 7, patienceMs = 20_000 } = options;
  const stores = new StoresOfTest(makeStore);

  async function play(under: StoreUnderTest, steps: readonly Step[]): Promise<StoreUnderTest> {
    const [key, model] = [newKey(), new LogModel()];
    let now = under;
    let log = await openLog(now, key);
    for (const next of steps) {
      if (next.kind === 'append') await append(log, model, next);
      else if (next.kind === 'read') await read(log, model, next);
      else if (next.kind === 'erase') await erase(log, model, next);
      else if (next.kind === 'reset') {
        const { epoch } = log.head;
        expect((await log.reset(wallUs())).epoch).toBeGreaterThan(epoch);
        model.reset();
      } else {
        const again = await stores.reopened(now);
        if (again === undefined) continue;
        const { epoch } = log.head;
        now = again;
        log = await openLog(now, key);
        expect(log.head.epoch).toBe(epoch);
      }
      expect(log.head).toMatchObject({ lastSequence: model.lastSequence });
    }
    const runs = plain(await readAll(log, everything));
    expect(withoutTime(runs)).toEqual(model.runs);
    for (const [index, run] of runs.entries()) if (index > 0) expect(run.timeUs).toBeGreaterThanOrEqual(runs[index - 1].timeUs);
    return now;
  }

  describe('TopicLog', () => {
    it('agrees with a model over random histories', async () => {
      let under = await stores.first();
      await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => { under = await play(under, steps); }), {
        seed, numRuns: randomHistoriesCount, endOnFailure: true,
      });
    }, patienceMs * 6);
  });
}

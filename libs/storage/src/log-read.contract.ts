import { waitFor } from '@arqonbus/testkit';
import { describe, expect, it } from 'vitest';
import {
  ample, appendAll, bodiesOf, bodyText, endOf, everything, newBody, newKey, numberedRun, openLog, plain, plainRun, readAll, readPages, StoresOfTest, wallUs,
  type HistoryStoreContractOptions, type MakeStore,
} from './store-under-test.contract.js';
import type { CommittedRun, LogWindow, TopicLog } from './topic-log.js';

const secondUs = 1_000_000;

/** Runs of different sizes, each in its own group commit and, where the store does not stamp by its own clock, a second apart. */
async function fill(log: TopicLog, sizes: readonly number[], bodyBytes = 40): Promise<readonly CommittedRun[]> {
  const startUs = wallUs();
  for (const [index, count] of sizes.entries()) await appendAll(log, [plainRun(count, newBody(bodyBytes))], startUs + index * secondUs);
  return readAll(log);
}

/** The runs that a window touches, by the definition. */
function touching(runs: readonly CommittedRun[], window: Partial<LogWindow>): number[] {
  return runs
    .filter((run) => endOf(run) >= (window.fromSequence ?? 0) && run.sequence <= (window.toSequence ?? Infinity))
    .filter((run) => run.timeUs >= (window.fromTimeUs ?? 0) && run.timeUs <= (window.toTimeUs ?? Infinity))
    .map((run) => run.sequence);
}

function tombstone(run: CommittedRun): Uint8Array {
  return Uint8Array.from([0, 0, 0, run.count & 0x7f]);
}

/** Windows, pages, retention and erasing. */
export function logReadContract(makeStore: MakeStore, options: HistoryStoreContractOptions): void {
  const stores = new StoresOfTest(makeStore);
  const timeoutMs = options.patienceMs ?? 20_000;

  describe('TopicLog.read()', () => {
    it('gives the whole runs that touch a window of sequences, both bounds inclusive', async () => {
      const log = await openLog(await stores.first(), newKey());
      const runs = await fill(log, [1, 4, 2, 1, 3]);
      const edges = runs.flatMap((run) => [run.sequence - 1, run.sequence, endOf(run)]).concat(endOf(runs[4]) + 1);
      for (const fromSequence of edges) {
        for (const toSequence of edges) {
          const found = await readAll(log, { fromSequence, toSequence });
          expect(found.map((run) => run.sequence), `${fromSequence} to ${toSequence}`).toEqual(fromSequence > toSequence ? [] : touching(runs, { fromSequence, toSequence }));
        }
        expect((await readAll(log, { fromSequence })).map((run) => run.sequence)).toEqual(touching(runs, { fromSequence }));
        expect((await readAll(log, { toSequence: fromSequence })).map((run) => run.sequence)).toEqual(touching(runs, { toSequence: fromSequence }));
      }
    });

    it('gives the runs of a window of times, both bounds inclusive, also with a window of sequences', async () => {
      const log = await openLog(await stores.first(), newKey());
      const runs = await fill(log, [1, 2, 1, 2, 1]);
      const edges = runs.flatMap((run) => [run.timeUs - 1, run.timeUs, run.timeUs + 1]);
      for (const fromTimeUs of edges) {
        for (const toTimeUs of edges.filter((_, index) => index % 2 === 0)) {
          const found = await readAll(log, { fromTimeUs, toTimeUs });
          expect(found.map((run) => run.sequence), `${fromTimeUs} to ${toTimeUs}`).toEqual(touching(runs, { fromTimeUs, toTimeUs }));
        }
        const both = { fromTimeUs, fromSequence: endOf(runs[1]), toSequence: runs[3].sequence };
        expect((await readAll(log, both)).map((run) => run.sequence)).toEqual(touching(runs, both));
      }
    });

    it('pages by events, in whole runs', async () => {
      const log = await openLog(await stores.first(), newKey());
      const runs = await fill(log, [2, 2, 5, 1, 1, 1, 7, 1]);
      for (const maxEvents of [1, 2, 3, 4, 8, 100]) {
        const pages = await readPages(log, { ...everything, maxEvents });
        expect(plain(pages.flatMap((page) => page.runs))).toEqual(plain(runs));
        for (const page of pages) {
          const events = page.runs.reduce((sum, run) => sum + run.count, 0);
          if (page.runs.length > 1) expect(events).toBeLessThanOrEqual(maxEvents);
        }
      }
      expect((await log.read({ ...everything, maxEvents: 1 })).isComplete).toBe(false);
      expect((await log.read({ ...everything, maxEvents: 20 })).isComplete).toBe(true);
    });

    it('pages by bytes, in whole runs, one at least', async () => {
      const log = await openLog(await stores.first(), newKey());
      const runs = await fill(log, [1, 1, 1, 1, 1, 1], 10_000);
      for (const maxBytes of [1, 10_000, 25_000, 35_000]) {
        const pages = await readPages(log, { ...everything, maxBytes });
        expect(plain(pages.flatMap((page) => page.runs))).toEqual(plain(runs));
        for (const page of pages) {
          const bytes = page.runs.reduce((sum, run) => sum + run.body.length, 0);
          if (page.runs.length > 1) expect(bytes).toBeLessThanOrEqual(maxBytes);
        }
      }
    });

    it('pages a bounded window to its end and no further', async () => {
      const log = await openLog(await stores.first(), newKey());
      const runs = await fill(log, [1, 2, 1, 2, 1, 2]);
      const pages = await readPages(log, { fromSequence: runs[1].sequence + 1, toSequence: runs[4].sequence, maxEvents: 2, maxBytes: 1_000_000 });
      expect(plain(pages.flatMap((page) => page.runs))).toEqual(plain(runs.slice(1, 5)));
    });

    it('gives complete pages without runs for windows that hold none', async () => {
      const log = await openLog(await stores.first(), newKey());
      expect(await log.read(everything)).toMatchObject({ runs: [], isComplete: true, lastSequence: 0 });
      const runs = await fill(log, [2, 2]);
      const last = endOf(runs[1]);
      const laterUs = runs[1].timeUs + 1;
      for (const window of [{ fromSequence: last + 1 }, { fromSequence: last + 10_000 }, { fromSequence: last, toSequence: last - 1 }, { toSequence: 0 }, { fromTimeUs: laterUs },
        { toTimeUs: runs[0].timeUs - 1 }, { fromTimeUs: laterUs, fromSequence: 1 }, { fromTimeUs: laterUs, toTimeUs: laterUs - 1 }]) {
        expect(await log.read({ ...everything, ...window }), JSON.stringify(window)).toMatchObject({ runs: [], isComplete: true, lastSequence: last });
      }
    });

    it('tells the head', async () => {
      const log = await openLog(await stores.first(), newKey());
      const runs = await fill(log, [3, 2]);
      const page = await log.read({ ...everything, fromSequence: runs[1].sequence });
      expect(page).toMatchObject({ epoch: log.head.epoch, lastSequence: endOf(runs[1]), firstSequence: runs[0].sequence });
    });

    it('gives the same bytes each time, after a restart and on each instance', async () => {
      const [first, key] = [await stores.first(), newKey()];
      const log = await openLog(first, key);
      await fill(log, [1, 300, 2], 2_000);
      const runs = plain(await readAll(log));
      expect(plain(await readAll(log))).toEqual(runs);
      const second = await stores.second(first);
      if (second !== undefined) expect(plain(await readAll(await openLog(second, key)))).toEqual(runs);
      const again = await stores.reopened(first);
      if (again !== undefined) expect(plain(await readAll(await openLog(again, key)))).toEqual(runs);
    });

    it('sees what another instance appended', async (context) => {
      const [first, key] = [await stores.first(), newKey()];
      const second = await stores.second(first);
      if (second === undefined) return context.skip('the store is not shared');
      const [here, there] = [await openLog(first, key), await openLog(second, key)];
      const group = [plainRun(2), numberedRun(1)];
      await appendAll(here, group);
      expect(bodiesOf(await readAll(there))).toEqual(bodiesOf(group));
      expect(await there.readHead()).toEqual(here.head);
      expect(there.head).toEqual(here.head);
    });
  });

  describe('retention', () => {
    /** What is held after trimming, as far as the store has come. */
    async function held(log: TopicLog, isReached: (runs: readonly CommittedRun[]) => boolean): Promise<readonly CommittedRun[]> {
      return waitFor(async () => {
        await log.trim(wallUs());
        const runs = await readAll(log);
        return isReached(runs) && runs;
      }, { timeoutMs, intervalMs: 50, what: 'the log to be trimmed' });
    }

    async function expectConsistent(log: TopicLog, runs: readonly CommittedRun[], lastSequence: number): Promise<void> {
      const head = await log.readHead();
      expect(head).toMatchObject({ lastSequence, firstSequence: runs[0].sequence });
      expect(endOf(runs[runs.length - 1])).toBe(lastSequence);
      for (const [index, run] of runs.entries()) if (index > 0) expect(run.prev).toBe(endOf(runs[index - 1]));
    }

    it('drops the oldest runs above the number of events, whole', async () => {
      const log = await openLog(await stores.first(), newKey(), { maxEvents: 40 });
      let last = 0;
      for (let index = 0; index < 30; index += 1) last = (await appendAll(log, [plainRun(4)]))[0] + 3;
      const runs = await held(log, (all) => all.length <= 10);
      expect(runs.length).toBeGreaterThanOrEqual(9);
      expect(runs.every((run) => run.count === 4)).toBe(true);
      await expectConsistent(log, runs, last);
    });

    it('drops the oldest runs above the bytes', async () => {
      const log = await openLog(await stores.first(), newKey(), { maxBytes: 100_000 });
      let last = 0;
      for (let index = 0; index < 30; index += 1) [last] = await appendAll(log, [plainRun(1, newBody(10_000))]);
      const runs = await held(log, (all) => all.reduce((sum, run) => sum + run.body.length, 0) <= 100_000);
      expect(runs.length).toBeGreaterThanOrEqual(5);
      await expectConsistent(log, runs, last);
    });

    it('drops runs above the age, down to none', async () => {
      const first = await stores.first();
      const log = await openLog(first, newKey(), { retention: { ...ample, maxAgeMs: 1_000 } });
      const startUs = wallUs();
      await appendAll(log, [plainRun(2)], startUs);
      const [last] = await appendAll(log, [plainRun()], startUs + 600_000);
      if (first.controlsTime !== false) {
        await log.trim(startUs + 1_100_000);
        expect(await readAll(log)).toMatchObject([{ sequence: last }]);
        await log.trim(startUs + 1_700_000);
        expect(await readAll(log)).toEqual([]);
      } else {
        await waitFor(async () => {
          await log.trim(wallUs());
          return (await readAll(log)).length === 0;
        }, { timeoutMs, intervalMs: 100, what: 'the runs to be too old' });
      }
      const head = await log.readHead();
      expect(head.lastSequence).toBe(last);
      expect(head.firstSequence).toBeGreaterThan(last);
      const [next] = await appendAll(log, [plainRun()], startUs + 1_800_000);
      expect(next).toBeGreaterThan(last);
      expect(await readAll(log)).toMatchObject([{ sequence: next, prev: last }]);
    });

    it('keeps what it may', async () => {
      const log = await openLog(await stores.first(), newKey(), { maxEvents: 20 });
      const group = Array.from({ length: 10 }, () => plainRun(2));
      await appendAll(log, group);
      await log.trim(wallUs());
      expect(bodiesOf(await readAll(log))).toEqual(bodiesOf(group));
    });
  });

  describe('TopicLog.erase()', () => {
    /** Three runs whose second one is erased by an event in its middle. */
    async function eraseSecond(log: TopicLog): Promise<{ before: readonly CommittedRun[]; after: readonly CommittedRun[] }> {
      await appendAll(log, [plainRun(2), numberedRun(1, { count: 3, body: newBody(5_000) }), plainRun()]);
      const before = await readAll(log);
      expect(await log.erase(before[1].sequence + 1, tombstone)).toBe(true);
      return { before, after: await readAll(log) };
    }

    it('replaces the body of the run that holds the sequence, and nothing else', async () => {
      const log = await openLog(await stores.first(), newKey());
      const { before, after } = await eraseSecond(log);
      const expected = plain(before);
      expected[1] = { ...expected[1], body: bodyText(tombstone(before[1])) };
      expect(plain(after)).toEqual(expected);
      expect(plain(await readAll(log, { fromSequence: endOf(before[1]), toSequence: endOf(before[1]) }))).toEqual([expected[1]]);
      expect(log.head.lastSequence).toBe(endOf(before[2]));
    });

    it('hands the run to be rewritten', async () => {
      const log = await openLog(await stores.first(), newKey());
      await appendAll(log, [plainRun(), numberedRun(1, { count: 3 })]);
      const runs = await readAll(log);
      const seen: CommittedRun[] = [];
      await log.erase(endOf(runs[1]), (run) => { seen.push({ ...run, body: Uint8Array.from(run.body) }); return tombstone(run); });
      expect(plain(seen.slice(0, 1))).toEqual(plain(runs.slice(1)));
    });

    it('is seen after a restart and by each instance', async () => {
      const [first, key] = [await stores.first(), newKey()];
      const second = await stores.second(first);
      const there = second === undefined ? undefined : await openLog(second, key);
      const log = await openLog(first, key);
      const { after } = await eraseSecond(log);
      if (there !== undefined) expect(plain(await readAll(there))).toEqual(plain(after));
      const again = await stores.reopened(first);
      if (again !== undefined) expect(plain(await readAll(await openLog(again, key)))).toEqual(plain(after));
    });

    it('may be done again, with what is left', async () => {
      const log = await openLog(await stores.first(), newKey());
      const { before } = await eraseSecond(log);
      const seen: string[] = [];
      expect(await log.erase(before[1].sequence, (run) => { seen.push(bodyText(run.body)); return Uint8Array.of(0, 0, 0, 9, 9); })).toBe(true);
      expect(seen[0]).toBe(bodyText(tombstone(before[1])));
      expect(bodyText((await readAll(log))[1].body)).toBe(bodyText(Uint8Array.of(0, 0, 0, 9, 9)));
    });

    it('leaves the run known to its producer', async () => {
      const log = await openLog(await stores.first(), newKey());
      const { before } = await eraseSecond(log);
      expect(await log.append([numberedRun(1, { count: 3 })], wallUs())).toEqual([{ outcome: 'duplicate', sequence: before[1].sequence, count: 3 }]);
    });

    it('resolves to false for sequences that no run holds', async () => {
      const log = await openLog(await stores.first(), newKey());
      expect(await log.erase(1, tombstone)).toBe(false);
      const [sequence] = await appendAll(log, [plainRun(2)]);
      for (const unknown of [0, sequence - 1, sequence + 2, sequence + 10_000]) expect(await log.erase(unknown, tombstone), String(unknown)).toBe(false);
      expect(await log.erase(sequence + 1, tombstone)).toBe(true);
      await log.reset(wallUs());
      expect(await log.erase(sequence, tombstone)).toBe(false);
    });
  });
}

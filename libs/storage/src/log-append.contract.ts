import { describe, expect, it } from 'vitest';
import {
  appendAll, bodiesOf, endOf, newBody, newKey, numberedRun, openLog, plain, plainRun, readAll, sequenceOf, StoresOfTest, wallUs, type MakeStore,
} from './store-under-test.contract.js';
import type { LogAppendResult } from './topic-log.js';

const secondUs = 1_000_000;

function outcomes(results: readonly LogAppendResult[]): string[] {
  return results.map((result) => result.outcome);
}

/** Numbers, time, epochs and producers. */
export function logAppendContract(makeStore: MakeStore): void {
  const stores = new StoresOfTest(makeStore);

  describe('TopicLog.append()', () => {
    it('numbers runs of any count strictly rising and tells the preceding sequence', async () => {
      const log = await openLog(await stores.first(), newKey());
      const sizes = [3, 1, 4_096, 1, 2];
      const results = [...await log.append(sizes.slice(0, 2).map((count) => plainRun(count)), wallUs())];
      for (const count of sizes.slice(2)) results.push(...await log.append([plainRun(count)], wallUs()));
      let last = 0;
      results.forEach((result, index) => {
        expect(result).toMatchObject({ outcome: 'accepted', count: sizes[index] });
        expect(sequenceOf(result)).toBeGreaterThan(last);
        last = sequenceOf(result) + sizes[index] - 1;
      });
      const runs = await readAll(log);
      expect(runs.map((run) => run.sequence)).toEqual(results.map(sequenceOf));
      expect(runs.map((run) => run.count)).toEqual(sizes);
      expect(runs.map((run) => run.prev)).toEqual([0, ...runs.slice(0, -1).map(endOf)]);
      expect(log.head).toMatchObject({ lastSequence: last, firstSequence: runs[0].sequence });
      expect(await log.readHead()).toEqual(log.head);
    });

    it('keeps bodies from a few bytes to 1 MiB, and of both producers and none', async () => {
      const log = await openLog(await stores.first(), newKey());
      const bodies = [newBody(3), newBody(1_048_576), new Uint8Array(300).fill(0xff), Uint8Array.from({ length: 256 }, (_, index) => index)];
      for (const [index, body] of bodies.entries()) {
        await appendAll(log, [index === 1 ? plainRun(2, body) : numberedRun(1, { lo: index, owner: 'Client@host.example-1', body })]);
      }
      const runs = await readAll(log);
      expect(bodiesOf(runs)).toEqual(bodiesOf(bodies.map((body) => ({ body }))));
      expect(runs[1].producer).toBeUndefined();
      expect(runs[3].producer).toEqual({ owner: 'Client@host.example-1', hi: 0xfedcba98, lo: 3, run: 1 });
    });

    it('keeps no reference to a body', async () => {
      const log = await openLog(await stores.first(), newKey());
      const body = newBody();
      const before = bodiesOf([{ body }]);
      await appendAll(log, [plainRun(1, body)]);
      body.fill(0);
      expect(bodiesOf(await readAll(log))).toEqual(before);
    });

    it('numbers without gaps when it says so', async (context) => {
      const under = await stores.first();
      if (!under.store.isDense) return context.skip('the store numbers by place');
      const log = await openLog(under, newKey());
      expect(await appendAll(log, [plainRun(3), plainRun(4_096), plainRun()])).toEqual([1, 4, 4_100]);
      expect(await appendAll(log, [plainRun()])).toEqual([4_101]);
      await log.reset(wallUs());
      expect(await appendAll(log, [plainRun()])).toEqual([1]);
    });

    it('takes a group commit of 4,096 runs in order', async () => {
      const log = await openLog(await stores.first(), newKey());
      const group = Array.from({ length: 4_096 }, (_, index) => index % 2 === 0 ? plainRun(1 + index % 7) : numberedRun((index + 1) / 2, { count: 1 + index % 7 }));
      const sequences = await appendAll(log, group);
      const runs = await readAll(log);
      expect(runs.map((run) => run.sequence)).toEqual(sequences);
      expect(bodiesOf(runs)).toEqual(bodiesOf(group));
    });

    it('resolves to nothing for a group of none', async () => {
      const log = await openLog(await stores.first(), newKey());
      expect(await log.append([], wallUs())).toEqual([]);
      expect(log.head.lastSequence).toBe(0);
    });

    it('never sets a time below the last, and a plausible one', async () => {
      const log = await openLog(await stores.first(), newKey());
      const startUs = wallUs();
      await appendAll(log, [plainRun()], startUs);
      await appendAll(log, [plainRun(), plainRun()], startUs - 5 * secondUs);
      await appendAll(log, [plainRun()], startUs + secondUs);
      await appendAll(log, [plainRun()], startUs - secondUs);
      const times = (await readAll(log)).map((run) => run.timeUs);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      for (const timeUs of times) expect(Math.abs(timeUs - startUs)).toBeLessThan(60 * secondUs);
      expect(times.every(Number.isSafeInteger)).toBe(true);
    });

    it('never sets a time below the last after a restart', async (context) => {
      const [first, key, startUs] = [await stores.first(), newKey(), wallUs()];
      await appendAll(await openLog(first, key), [plainRun()], startUs);
      const again = await stores.reopened(first);
      if (again === undefined) return context.skip('a restart loses everything');
      const log = await openLog(again, key);
      await appendAll(log, [plainRun()], startUs - 30 * secondUs);
      const [before, after] = await readAll(log);
      expect(after.timeUs).toBeGreaterThanOrEqual(before.timeUs);
    });
  });

  describe('producers', () => {
    it('takes runs counted from 1 and knows those it has', async () => {
      const log = await openLog(await stores.first(), newKey());
      const [first] = await appendAll(log, [numberedRun(1, { count: 3 })]);
      const [second] = await appendAll(log, [numberedRun(2, { count: 2 })]);
      const again = await log.append([numberedRun(1, { count: 3 }), numberedRun(2, { count: 2 }), numberedRun(2, { count: 2 }), numberedRun(3)], wallUs());
      expect(again.slice(0, 3)).toEqual([
        { outcome: 'duplicate', sequence: first, count: 3 }, { outcome: 'duplicate', sequence: second, count: 2 }, { outcome: 'duplicate', sequence: second, count: 2 },
      ]);
      expect(sequenceOf(again[3])).toBeGreaterThan(second + 1);
      expect((await readAll(log)).map((run) => run.prev)).toEqual([0, first + 2, second + 1]);
    });

    it('refuses a run ahead of its turn and an unknown producer, which alone consume nothing', async () => {
      const log = await openLog(await stores.first(), newKey());
      const results = await log.append([
        numberedRun(2), numberedRun(1), plainRun(), numberedRun(3), numberedRun(2), numberedRun(1, { lo: 8 }), numberedRun(5, { lo: 9 }), plainRun(2),
      ], wallUs());
      expect(outcomes(results)).toEqual(['producer_unknown', 'accepted', 'accepted', 'out_of_order', 'accepted', 'accepted', 'producer_unknown', 'accepted']);
      const runs = await readAll(log);
      expect(runs.map((run) => run.sequence)).toEqual(results.filter((result) => result.outcome === 'accepted').map(sequenceOf));
      expect(outcomes(await log.append([numberedRun(3), numberedRun(1, { lo: 9 })], wallUs()))).toEqual(['accepted', 'accepted']);
    });

    it('knows a run that was taken within the same group', async () => {
      const log = await openLog(await stores.first(), newKey());
      const [first, second] = await log.append([numberedRun(1, { count: 4 }), numberedRun(1, { count: 4 })], wallUs());
      expect(second).toEqual({ outcome: 'duplicate', sequence: sequenceOf(first), count: 4 });
    });

    it('tells apart owners, halves of the number and topics', async () => {
      const [first, key] = [await stores.first(), newKey()];
      const log = await openLog(first, key);
      const other = await openLog(first, { ...key, channel: 'side' });
      const twins = [numberedRun(1), numberedRun(1, { owner: 'other' }), numberedRun(1, { hi: 0 }), numberedRun(1, { lo: 0 }), numberedRun(1, { hi: 7, lo: 0xfedcba98 })];
      expect(outcomes(await log.append(twins, wallUs()))).toEqual(twins.map(() => 'accepted'));
      expect(outcomes(await other.append([numberedRun(1)], wallUs()))).toEqual(['accepted']);
      expect(outcomes(await other.append([numberedRun(2, { owner: 'other' })], wallUs()))).toEqual(['producer_unknown']);
    });

    it('tells where each of the newest 64 runs went, and knows the older ones as taken', async () => {
      const log = await openLog(await stores.first(), newKey());
      const sequences: number[] = [];
      for (let from = 1; from <= 200; from += 50) sequences.push(...await appendAll(log, Array.from({ length: 50 }, (_, index) => numberedRun(from + index, { count: 2 }))));
      const newest = await log.append(Array.from({ length: 64 }, (_, index) => numberedRun(137 + index, { count: 2 })), wallUs());
      expect(newest).toEqual(sequences.slice(136).map((sequence) => ({ outcome: 'duplicate', sequence, count: 2 })));
      const [oldest] = await log.append([numberedRun(1, { count: 2 })], wallUs());
      expect(oldest.outcome).toBe('duplicate');
      expect([0, sequences[0]]).toContain((oldest as { sequence: number }).sequence);
    });

    it('are known after a restart', async (context) => {
      const [first, key] = [await stores.first(), newKey()];
      const [before] = await appendAll(await openLog(first, key), [numberedRun(1, { count: 5 })]);
      const again = await stores.reopened(first);
      if (again === undefined) return context.skip('a restart loses everything');
      const log = await openLog(again, key);
      const results = await log.append([numberedRun(1, { count: 5 }), numberedRun(3), numberedRun(2), numberedRun(4, { lo: 1 })], wallUs());
      expect(results[0]).toEqual({ outcome: 'duplicate', sequence: before, count: 5 });
      expect(outcomes(results)).toEqual(['duplicate', 'out_of_order', 'accepted', 'producer_unknown']);
    });

    it('are known to every instance', async (context) => {
      const [first, key] = [await stores.first(), newKey()];
      const second = await stores.second(first);
      if (second === undefined) return context.skip('the store is not shared');
      const [here, there] = [await openLog(first, key), await openLog(second, key)];
      const [taken] = await appendAll(here, [numberedRun(1, { count: 5 })]);
      expect(await there.append([numberedRun(1, { count: 5 })], wallUs())).toEqual([{ outcome: 'duplicate', sequence: taken, count: 5 }]);
      expect(outcomes(await there.append([numberedRun(3)], wallUs()))).toEqual(['out_of_order']);
      const [next] = await appendAll(there, [numberedRun(2)]);
      expect(next).toBeGreaterThan(taken + 4);
      await appendAll(here, [numberedRun(3)]);
      expect((await readAll(there)).map((run) => run.prev)).toEqual([0, taken + 4, next]);
    });

    it('are taken once when two instances send the same runs at once', async (context) => {
      const [first, key] = [await stores.first(), newKey()];
      const second = await stores.second(first);
      if (second === undefined) return context.skip('the store is not shared');
      const logs = [await openLog(first, key), await openLog(second, key)];
      for (let run = 1; run <= 20; run += 1) {
        const record = numberedRun(run);
        const both = await Promise.all(logs.map((log) => log.append([record], wallUs())));
        expect(both.map(([result]) => result.outcome).sort()).toEqual(['accepted', 'duplicate']);
      }
      expect((await readAll(logs[1])).map((run) => run.producer?.run)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    });

    it('are forgotten when idle for longer than the limit', async (context) => {
      const first = await stores.first();
      if (first.controlsTime === false) return context.skip('the store has its own clock');
      const [log, startUs] = [await openLog(first, newKey(), { producerIdleMs: 1_000 }), wallUs()];
      await appendAll(log, [numberedRun(1), numberedRun(1, { lo: 8 })], startUs);
      await appendAll(log, [numberedRun(2)], startUs + secondUs - 1);
      await log.trim(startUs + secondUs + 1);
      expect(outcomes(await log.append([numberedRun(3), numberedRun(2, { lo: 8 })], startUs + secondUs + 1))).toEqual(['accepted', 'producer_unknown']);
    });
  });

  describe('epochs', () => {
    it('are positive, and kept with all runs over a restart', async (context) => {
      const [first, key] = [await stores.first(), newKey()];
      const log = await openLog(first, key);
      expect(log.head.epoch).toBeGreaterThan(0);
      expect(Number.isSafeInteger(log.head.epoch)).toBe(true);
      await appendAll(log, [plainRun(2), plainRun()]);
      const [head, runs] = [await log.readHead(), plain(await readAll(log))];
      const again = await stores.reopened(first);
      if (again === undefined) return context.skip('a restart loses everything');
      const reopened = await openLog(again, key);
      expect(reopened.head).toEqual(head);
      expect(await reopened.readHead()).toEqual(head);
      expect(plain(await readAll(reopened))).toEqual(runs);
      const [next] = await appendAll(reopened, [plainRun()]);
      expect(next).toBeGreaterThan(head.lastSequence);
      expect((await readAll(reopened)).at(-1)?.prev).toBe(head.lastSequence);
    });

    it('are kept over a restart of a log without runs', async (context) => {
      const [first, key] = [await stores.first(), newKey()];
      const { epoch } = (await openLog(first, key)).head;
      const again = await stores.reopened(first);
      if (again === undefined) return context.skip('a restart loses everything');
      expect((await openLog(again, key)).head).toMatchObject({ epoch, lastSequence: 0 });
    });

    it('are the same for every instance that opens the log at once', async (context) => {
      const [first, key] = [await stores.first(), newKey()];
      const second = await stores.second(first);
      if (second === undefined) return context.skip('the store is not shared');
      const logs = await Promise.all([openLog(first, key), openLog(second, key), openLog(first, key), openLog(second, key)]);
      expect(new Set(logs.map((log) => log.head.epoch)).size).toBe(1);
    });

    it('rise by a reset, which forgets runs and producers', async () => {
      const [first, key] = [await stores.first(), newKey()];
      const log = await openLog(first, key);
      await appendAll(log, [numberedRun(1), plainRun(3)]);
      const { epoch } = log.head;
      const head = await log.reset(wallUs());
      expect(head.epoch).toBeGreaterThan(epoch);
      expect(head.lastSequence).toBe(0);
      expect(head.firstSequence).toBeGreaterThan(0);
      expect(log.head).toEqual(head);
      expect(await log.readHead()).toEqual(head);
      expect(await readAll(log)).toEqual([]);
      expect(outcomes(await log.append([numberedRun(2), numberedRun(1)], wallUs()))).toEqual(['producer_unknown', 'accepted']);
      expect(await readAll(log)).toMatchObject([{ prev: 0, count: 1 }]);
      expect((await log.reset(epoch)).epoch).toBeGreaterThan(head.epoch);
    });

    it('stay risen after a restart', async (context) => {
      const [first, key] = [await stores.first(), newKey()];
      const log = await openLog(first, key);
      await appendAll(log, [plainRun()]);
      const head = await log.reset(wallUs());
      const again = await stores.reopened(first);
      if (again === undefined) return context.skip('a restart loses everything');
      const reopened = await openLog(again, key);
      expect(reopened.head).toEqual(head);
      expect(await readAll(reopened)).toEqual([]);
    });

    it('rise for every instance', async (context) => {
      const [first, key] = [await stores.first(), newKey()];
      const second = await stores.second(first);
      if (second === undefined) return context.skip('the store is not shared');
      const [here, there] = [await openLog(first, key), await openLog(second, key)];
      await appendAll(there, [numberedRun(1)]);
      const head = await here.reset(wallUs());
      expect(await there.readHead()).toEqual(head);
      await appendAll(there, [numberedRun(1)]);
      expect(await readAll(here)).toMatchObject([{ prev: 0 }]);
    });
  });
}

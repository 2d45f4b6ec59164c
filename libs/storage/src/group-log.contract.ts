import { waitFor } from '@arqonbus/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import {
  appendAll, bodiesOf, bodyText, newKey, numberedRun, openLog, plain, plainRun, readAll, StoresOfTest, wallUs,
  type HistoryStoreContractOptions, type MakeStore, type StoreUnderTest,
} from './store-under-test.contract.js';
import type { GroupLog, GroupRun, TopicLog } from './topic-log.js';

const longLeaseMs = 60_000;
const shortLeaseMs = 1_000;

function sequencesOf(runs: readonly GroupRun[]): number[] {
  return runs.map(({ run }) => run.sequence);
}

/** Groups: one taker for each run, leases and redelivery. */
export function groupLogContract(makeStore: MakeStore, options: HistoryStoreContractOptions): void {
  const stores = new StoresOfTest(makeStore);
  const timeoutMs = options.patienceMs ?? 20_000;
  const groups: GroupLog[] = [];
  // Runs before the stores are closed: hooks of later registration run first.
  afterEach(async () => {
    for (const group of groups.splice(0)) await group.close();
  });

  async function join(under: StoreUnderTest, log: TopicLog, consumer: string, leaseMs = longLeaseMs, name = 'workers'): Promise<GroupLog> {
    const group = await under.store.openGroup(log, name, { leaseMs, consumer });
    groups.push(group);
    return group;
  }

  /** Takes until `runsCount` runs came. */
  async function takeAll(group: GroupLog, runsCount: number): Promise<GroupRun[]> {
    const taken: GroupRun[] = [];
    await waitFor(async () => {
      taken.push(...await group.take(runsCount - taken.length, 200));
      return taken.length >= runsCount;
    }, { timeoutMs, what: `${runsCount} runs for the group` });
    return taken;
  }

  describe('GroupLog', () => {
    it('begins at the end of the log and hands out runs in order', async () => {
      const under = await stores.first();
      const log = await openLog(under, newKey());
      await appendAll(log, [plainRun(), plainRun(3)]);
      const group = await join(under, log, 'one');
      expect(await group.take(10, 0)).toEqual([]);
      await appendAll(log, [plainRun(2), numberedRun(1, { count: 4 }), plainRun()]);
      const taken = await takeAll(group, 3);
      expect(plain(taken.map(({ run }) => run))).toEqual(plain((await readAll(log)).slice(2)));
      for (const run of taken) expect(run).toMatchObject({ epoch: log.head.epoch, deliveriesBefore: 0 });
      expect(await group.take(10, 0)).toEqual([]);
    });

    it('begins at the end of a log without runs', async () => {
      const under = await stores.first();
      const log = await openLog(under, newKey());
      const group = await join(under, log, 'one');
      const [sequence] = await appendAll(log, [plainRun()]);
      expect(sequencesOf(await takeAll(group, 1))).toEqual([sequence]);
    });

    it('hands out at most what was asked for', async () => {
      const under = await stores.first();
      const log = await openLog(under, newKey());
      const group = await join(under, log, 'one');
      const sequences = await appendAll(log, Array.from({ length: 5 }, () => plainRun(2)));
      expect(sequencesOf(await group.take(2, 2_000))).toEqual(sequences.slice(0, 2));
      expect(sequencesOf(await takeAll(group, 3))).toEqual(sequences.slice(2));
    });

    it('waits for a run, as long as it was told', async () => {
      const under = await stores.first();
      const log = await openLog(under, newKey());
      const group = await join(under, log, 'one');
      const start = performance.now();
      expect(await group.take(1, 150)).toEqual([]);
      expect(performance.now() - start).toBeGreaterThan(100);
      const waiting = group.take(1, timeoutMs);
      const [sequence] = await appendAll(log, [plainRun()]);
      expect(sequencesOf(await waiting)).toEqual([sequence]);
      expect(performance.now() - start).toBeLessThan(timeoutMs);
    });

    it('gives each run to one taker, and to each group of a topic', async () => {
      const first = await stores.first();
      const key = newKey();
      const second = await stores.second(first);
      const log = await openLog(first, key);
      const there = second === undefined ? log : await openLog(second, key);
      const members = [await join(first, log, 'one'), await join(second ?? first, there, 'two')];
      const auditor = await join(first, log, 'one', longLeaseMs, 'auditors');
      const sequences = await appendAll(log, Array.from({ length: 40 }, () => plainRun()));
      const taken: number[] = [];
      await Promise.all(members.map((member) => waitFor(async () => {
        for (const run of await member.take(3, 100)) {
          taken.push(run.run.sequence);
          await member.acknowledge(run);
        }
        return taken.length >= sequences.length;
      }, { timeoutMs, what: 'all runs to be taken' })));
      expect(taken.sort((a, b) => a - b)).toEqual(sequences);
      expect(sequencesOf(await takeAll(auditor, 40))).toEqual(sequences);
    });

    it('hands out what was released at once, with one delivery more', async () => {
      const under = await stores.first();
      const log = await openLog(under, newKey());
      const members = [await join(under, log, 'one'), await join(under, log, 'two')];
      const sequences = await appendAll(log, [plainRun(), plainRun(2)]);
      const [first, second] = await takeAll(members[0], 2);
      await members[0].release(first);
      const [again] = await takeAll(members[1], 1);
      expect(again).toMatchObject({ deliveriesBefore: 1, epoch: first.epoch });
      expect(plain([again.run])).toEqual(plain([first.run]));
      await members[1].release(again);
      expect(await takeAll(members[0], 1)).toMatchObject([{ run: { sequence: sequences[0] }, deliveriesBefore: 2 }]);
      await members[0].acknowledge(second);
      expect(await members[1].take(5, 0)).toEqual([]);
    });

    it('hands out again what is neither acknowledged nor extended within the lease', async () => {
      const under = await stores.first();
      const log = await openLog(under, newKey());
      const members = [await join(under, log, 'one', shortLeaseMs), await join(under, log, 'two', shortLeaseMs)];
      const sequences = await appendAll(log, [plainRun(), plainRun()]);
      const [done, left] = await takeAll(members[0], 2);
      await members[0].acknowledge(done);
      const [again] = await takeAll(members[1], 1);
      expect(again).toMatchObject({ run: { sequence: sequences[1] }, deliveriesBefore: 1 });
      expect(plain([again.run])).toEqual(plain([left.run]));
      await members[1].acknowledge(again);
      expect(await members[0].take(1, shortLeaseMs * 2)).toEqual([]);
    });

    it('leaves runs where they are while their lease is extended', async () => {
      const under = await stores.first();
      const log = await openLog(under, newKey());
      const members = [await join(under, log, 'one', 3_000), await join(under, log, 'two', 3_000)];
      await appendAll(log, [plainRun(), plainRun()]);
      const held = await takeAll(members[0], 2);
      const end = performance.now() + 6_500;
      while (performance.now() < end) {
        await members[0].extend(held);
        expect(await members[1].take(5, 100)).toEqual([]);
      }
      for (const run of held) await members[0].acknowledge(run);
      expect(await members[1].take(5, 2_000)).toEqual([]);
    });

    it('keeps its place over a restart, and what was not acknowledged', async (context) => {
      const [first, key] = [await stores.first(), newKey()];
      const log = await openLog(first, key);
      const group = await join(first, log, 'one', shortLeaseMs);
      const sequences = await appendAll(log, [plainRun(), plainRun(), plainRun()]);
      const [done] = await takeAll(group, 2);
      await group.acknowledge(done);
      if (first.reopen === undefined) return context.skip('a restart loses everything');
      // As after a crash: nobody closed the group.
      groups.splice(0);
      const again = await stores.reopened(first);
      if (again === undefined) return;
      const reopened = await openLog(again, key);
      const rejoined = await join(again, reopened, 'one', shortLeaseMs);
      const [fourth] = await appendAll(reopened, [plainRun()]);
      const taken = new Map<number, GroupRun>();
      await waitFor(async () => {
        for (const run of await rejoined.take(10, 100)) {
          taken.set(run.run.sequence, run);
          await rejoined.acknowledge(run);
        }
        return taken.size >= 3;
      }, { timeoutMs, what: 'the runs that are left' });
      expect([...taken.keys()].sort((a, b) => a - b)).toEqual([sequences[1], sequences[2], fourth]);
      expect(taken.get(sequences[1])?.deliveriesBefore).toBeGreaterThanOrEqual(1);
      expect(taken.get(sequences[2])?.deliveriesBefore).toBe(0);
    });

    it('is one group for all instances: what one leaves, another gets', async (context) => {
      const [first, key] = [await stores.first(), newKey()];
      const second = await stores.second(first);
      if (second === undefined) return context.skip('the store is not shared');
      const [here, there] = [await openLog(first, key), await openLog(second, key)];
      const members = [await join(first, here, 'one', shortLeaseMs), await join(second, there, 'two', shortLeaseMs)];
      const group = [plainRun(), plainRun()];
      await appendAll(here, group);
      const [released] = await takeAll(members[0], 2);
      await members[0].release(released);
      const taken: GroupRun[] = [];
      await waitFor(async () => {
        for (const run of await members[1].take(1, 200)) {
          taken.push(run);
          await members[1].acknowledge(run);
        }
        return taken.length >= 2;
      }, { timeoutMs, what: 'both runs' });
      expect(bodiesOf(taken.map(({ run }) => run)).sort()).toEqual(bodiesOf(group).sort());
      for (const run of taken) expect(run.deliveriesBefore).toBe(1);
    });

    it('hands out the tombstone of an erased run', async () => {
      const under = await stores.first();
      const log = await openLog(under, newKey());
      const group = await join(under, log, 'one');
      const [sequence] = await appendAll(log, [plainRun(2)]);
      await log.erase(sequence, () => Uint8Array.of(0, 0, 0, 1));
      const [{ run }] = await takeAll(group, 1);
      expect(run).toMatchObject({ sequence, count: 2 });
      expect(bodyText(run.body)).toBe(bodyText(Uint8Array.of(0, 0, 0, 1)));
    });

    it('goes on with the new epoch after a reset', async () => {
      const under = await stores.first();
      const log = await openLog(under, newKey());
      const group = await join(under, log, 'one');
      await appendAll(log, [plainRun(), plainRun()]);
      const [before] = await takeAll(group, 1);
      const { epoch } = await log.reset(wallUs());
      await group.acknowledge(before);
      const [sequence] = await appendAll(log, [plainRun(7)]);
      const [run] = await takeAll(group, 1);
      expect(run).toMatchObject({ epoch, deliveriesBefore: 0, run: { sequence, count: 7, prev: 0 } });
    });

    it('passes over runs that retention took', async () => {
      const under = await stores.first();
      const log = await openLog(under, newKey(), { maxEvents: 4 });
      const group = await join(under, log, 'one');
      for (let index = 0; index < 20; index += 1) await appendAll(log, [plainRun(2)]);
      const kept = await waitFor(async () => {
        await log.trim(wallUs());
        const runs = await readAll(log);
        return runs.length <= 2 && runs;
      }, { timeoutMs, intervalMs: 50, what: 'the log to be trimmed' });
      expect(sequencesOf(await takeAll(group, kept.length))).toEqual(kept.map((run) => run.sequence));
    });

    it('rejects nothing when a run is done twice', async () => {
      const under = await stores.first();
      const log = await openLog(under, newKey());
      const group = await join(under, log, 'one');
      await appendAll(log, [plainRun()]);
      const [run] = await takeAll(group, 1);
      await group.acknowledge(run);
      await group.acknowledge(run);
      await group.release(run);
      await group.extend([run]);
      expect(await group.take(1, 0)).toEqual([]);
    });
  });
}

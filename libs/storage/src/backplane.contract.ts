import { waitFor } from '@arqonbus/testkit';
import { describe, expect, it } from 'vitest';
import {
  appendAll, FollowerRecord, newBody, newKey, newTenant, numberedRun, openLog, plain, plainRun, readAll, StoresOfTest, wallUs,
  type HistoryStoreContractOptions, type MakeStore, type StoreUnderTest,
} from './store-under-test.contract.js';
import type { TopicLog } from './topic-log.js';

/** What followers hear of appends, resets and new channels. */
export function backplaneContract(makeStore: MakeStore, options: HistoryStoreContractOptions): void {
  const stores = new StoresOfTest(makeStore);
  const timeoutMs = options.patienceMs ?? 20_000;

  function follow(under: StoreUnderTest, log: TopicLog, afterSequence = log.head.lastSequence): FollowerRecord & { stop(): void } {
    const record = new FollowerRecord(afterSequence);
    const following = under.backplane.follow(log, afterSequence, record);
    return Object.assign(record, { stop: () => { following.stop(); } });
  }

  async function heard(record: FollowerRecord, runsCount: number): Promise<void> {
    await waitFor(() => record.runs.length >= runsCount, { timeoutMs, what: `${runsCount} runs to be announced, not ${record.runs.length}` });
  }

  describe('Backplane.follow()', () => {
    it('brings the runs of this process, in order, each once', async () => {
      const under = await stores.first();
      const log = await openLog(under, newKey());
      await appendAll(log, [plainRun(2)]);
      const follower = follow(under, log);
      for (let index = 0; index < 20; index += 1) await appendAll(log, [plainRun(1 + index % 3), numberedRun(index + 1, { body: newBody(10 + index * 200) })]);
      await heard(follower, 40);
      expect(follower.faults).toEqual([]);
      expect(plain(follower.runs)).toEqual(plain((await readAll(log)).slice(1)));
      expect(follower.restarts).toEqual([]);
    });

    it('brings only what was accepted', async () => {
      const under = await stores.first();
      const log = await openLog(under, newKey());
      const follower = follow(under, log);
      await log.append([numberedRun(2), numberedRun(1), numberedRun(1), numberedRun(3)], wallUs());
      await log.append([numberedRun(1)], wallUs());
      await appendAll(log, [numberedRun(2)]);
      await heard(follower, 2);
      expect(follower.runs.map((run) => run.producer?.run)).toEqual([1, 2]);
      expect(follower.faults).toEqual([]);
    });

    it('serves each follower of a topic and no other', async () => {
      const under = await stores.first();
      const key = newKey();
      const [log, other] = [await openLog(under, key), await openLog(under, { ...key, tenant: newTenant() })];
      const followers = [follow(under, log), follow(under, log), follow(under, other)];
      await appendAll(log, [plainRun(), plainRun()]);
      await appendAll(other, [plainRun(5)]);
      await Promise.all(followers.map((follower, index) => heard(follower, index === 2 ? 1 : 2)));
      expect(followers.map((follower) => follower.runs.map((run) => run.count))).toEqual([[1, 1], [1, 1], [5]]);
    });

    it('is silent after stop', async () => {
      const under = await stores.first();
      const log = await openLog(under, newKey());
      const [stopped, follower] = [follow(under, log), follow(under, log)];
      await appendAll(log, [plainRun()]);
      await Promise.all([heard(stopped, 1), heard(follower, 1)]);
      stopped.stop();
      stopped.stop();
      await appendAll(log, [plainRun()]);
      await log.reset(wallUs());
      await waitFor(() => follower.restarts.length > 0, { timeoutMs, what: 'the reset' });
      expect(stopped.runs).toHaveLength(1);
      expect(stopped.restarts).toEqual([]);
    });

    it('tells of a reset, then brings the runs of the new epoch', async () => {
      const under = await stores.first();
      const log = await openLog(under, newKey());
      const follower = follow(under, log);
      await appendAll(log, [plainRun(), plainRun()]);
      await heard(follower, 2);
      const head = await log.reset(wallUs());
      await waitFor(() => follower.restarts.length > 0, { timeoutMs, what: 'the reset' });
      await appendAll(log, [plainRun(3)]);
      await heard(follower, 3);
      expect(follower.restarts).toMatchObject([{ epoch: head.epoch, lastSequence: 0 }]);
      expect(follower.faults).toEqual([]);
      expect(follower.runs[2]).toMatchObject({ prev: 0, count: 3 });
    });

    it('begins behind the sequence named, with the runs that are there already', async () => {
      const under = await stores.first();
      const log = await openLog(under, newKey());
      await appendAll(log, [plainRun(2), plainRun(3), plainRun()]);
      const runs = plain(await readAll(log));
      const followers = [follow(under, log, 0), follow(under, log, runs[1].prev), follow(under, log, log.head.lastSequence)];
      await appendAll(log, [plainRun(2)]);
      runs.push(...plain(await readAll(log)).slice(3));
      await Promise.all(followers.map((follower, index) => heard(follower, [4, 3, 1][index])));
      expect(followers.map((follower) => plain(follower.runs))).toEqual([runs, runs.slice(1), runs.slice(3)]);
      expect(followers.flatMap((follower) => [...follower.faults, ...follower.restarts])).toEqual([]);
    });

    it('tells of runs that retention took before the sequence named could be read', async () => {
      const under = await stores.first();
      const log = await openLog(under, newKey(), { maxEvents: 10 });
      for (let index = 0; index < 30; index += 1) await appendAll(log, [plainRun()]);
      await waitFor(async () => {
        await log.trim(wallUs());
        return (await readAll(log)).length <= 10;
      }, { timeoutMs, intervalMs: 50, what: 'the log to be trimmed' });
      const follower = follow(under, log, 0);
      await waitFor(() => follower.restarts.length > 0, { timeoutMs, what: 'the loss to be told' });
      const [last] = await appendAll(log, [plainRun()]);
      await waitFor(() => follower.runs.at(-1)?.sequence === last, { timeoutMs, what: 'the newest run' });
      expect(follower.faults).toEqual([]);
      expect(follower.restarts).toMatchObject([{ epoch: log.head.epoch }]);
    });

    it('brings a long log from its beginning while it grows', async () => {
      const under = await stores.first();
      const log = await openLog(under, newKey());
      for (let index = 0; index < 20; index += 1) await appendAll(log, Array.from({ length: 100 }, () => plainRun(3, newBody(200))));
      const follower = follow(under, log, 0);
      for (let index = 0; index < 20; index += 1) await appendAll(log, [plainRun()]);
      await heard(follower, 2_020);
      expect(follower.faults).toEqual([]);
      expect(plain(follower.runs)).toEqual(plain(await readAll(log)));
    });

    it('tells every instance what was erased, and brings its tombstone to whoever follows later', async () => {
      const [first, key] = [await stores.first(), newKey()];
      const second = await stores.second(first);
      const log = await openLog(first, key);
      const followers = [follow(first, log, 0)];
      if (second !== undefined) followers.push(follow(second, await openLog(second, key), 0));
      await appendAll(log, [plainRun(), plainRun(3), plainRun()]);
      await Promise.all(followers.map((follower) => heard(follower, 3)));
      const { sequence } = followers[0].runs[1];
      await log.erase(sequence + 1, () => Uint8Array.of(0, 0, 0, 1));
      for (const follower of followers) await waitFor(() => follower.erasures.length > 0, { timeoutMs, what: 'the erasure' });
      for (const told of followers.flatMap((follower) => follower.erasures)) expect([sequence, sequence + 1, sequence + 2]).toContain(told);
      const late = follow(first, log, 0);
      await heard(late, 3);
      expect(plain(late.runs)).toEqual(plain(await readAll(log)));
      expect([...followers, late].flatMap((follower) => follower.faults)).toEqual([]);
    });

    it('begins behind the head that an instance has read, with what another appended since', async (context) => {
      const [first, key] = [await stores.first(), newKey()];
      const second = await stores.second(first);
      if (second === undefined) return context.skip('the store is not shared');
      const [here, there] = [await openLog(first, key), await openLog(second, key)];
      await appendAll(here, [plainRun(4)]);
      const { lastSequence } = await there.readHead();
      await appendAll(here, [plainRun(), plainRun(2)]);
      const follower = follow(second, there, lastSequence);
      await heard(follower, 2);
      await appendAll(here, [plainRun()]);
      await heard(follower, 3);
      expect(follower.faults).toEqual([]);
      expect(plain(follower.runs)).toEqual(plain((await readAll(here)).slice(1)));
    });

    it('brings the runs of all instances in one order under concurrent appends', async (context) => {
      const [first, key] = [await stores.first(), newKey()];
      const second = await stores.second(first);
      if (second === undefined) return context.skip('the store is not shared');
      const logs = [await openLog(first, key), await openLog(second, key)];
      const followers = [follow(first, logs[0]), follow(second, logs[1])];
      await Promise.all(logs.map(async (log, writer) => {
        for (let index = 0; index < 100; index += 1) await appendAll(log, [plainRun(1 + index % 4), numberedRun(index + 1, { lo: writer }), plainRun(1, newBody(3_000))]);
      }));
      await Promise.all(followers.map((follower) => heard(follower, 600)));
      const runs = plain(await readAll(logs[0]));
      expect(runs).toHaveLength(600);
      for (const follower of followers) {
        expect(follower.faults).toEqual([]);
        expect(plain(follower.runs)).toEqual(runs);
      }
      expect(logs.map((log) => log.head.lastSequence)).toEqual([logs[0].head.lastSequence, logs[0].head.lastSequence]);
    });

    it('tells every instance of a reset', async (context) => {
      const [first, key] = [await stores.first(), newKey()];
      const second = await stores.second(first);
      if (second === undefined) return context.skip('the store is not shared');
      const [here, there] = [await openLog(first, key), await openLog(second, key)];
      const follower = follow(second, there);
      await appendAll(here, [plainRun(), plainRun()]);
      await heard(follower, 2);
      const head = await here.reset(wallUs());
      await waitFor(() => follower.restarts.length > 0, { timeoutMs, what: 'the reset' });
      await appendAll(here, [plainRun(2)]);
      await heard(follower, 3);
      expect(follower.restarts.at(-1)).toMatchObject({ epoch: head.epoch });
      expect(follower.runs[2]).toMatchObject({ prev: 0, count: 2 });
      expect(there.head.epoch).toBe(head.epoch);
    });

    it('tells of runs that retention took before they could be brought', async (context) => {
      const [first, key] = [await stores.first(), newKey()];
      const second = await stores.second(first);
      if (second === undefined) return context.skip('the store is not shared');
      const [here, there] = [await openLog(first, key, { maxEvents: 10 }), await openLog(second, key, { maxEvents: 10 })];
      await appendAll(here, [plainRun()]);
      const { lastSequence } = await there.readHead();
      for (let index = 0; index < 30; index += 1) await appendAll(here, [plainRun()]);
      await waitFor(async () => {
        await here.trim(wallUs());
        return (await readAll(here)).length <= 10;
      }, { timeoutMs, intervalMs: 50, what: 'the log to be trimmed' });
      const follower = follow(second, there, lastSequence);
      await waitFor(() => follower.restarts.length > 0, { timeoutMs, what: 'the loss to be told' });
      const [last] = await appendAll(here, [plainRun()]);
      await waitFor(() => follower.runs.at(-1)?.sequence === last, { timeoutMs, what: 'the newest run' });
      expect(follower.faults).toEqual([]);
      expect(follower.restarts).toHaveLength(1);
    });
  });

  describe('Backplane.watchRoom()', () => {
    it('tells of new channels of the room, from any instance', async () => {
      const [first, tenant] = [await stores.first(), newTenant()];
      const second = await stores.second(first);
      const seen: string[] = [];
      const watching = (second ?? first).backplane.watchRoom(tenant, 'plans', (channel) => { seen.push(channel); });
      const stoppedSeen: string[] = [];
      first.backplane.watchRoom(tenant, 'plans', (channel) => { stoppedSeen.push(channel); }).stop();
      // A shared store may need a moment until it listens: channels are made until one is heard.
      let made = 0;
      await waitFor(async () => {
        made += 1;
        await appendAll(await openLog(first, { tenant, room: 'plans', channel: `c${made}` }), [plainRun()]);
        return seen.length > 0;
      }, { timeoutMs, intervalMs: 50, what: 'a new channel' });
      await appendAll(await openLog(first, { tenant, room: 'plans.old', channel: 'alien' }), [plainRun()]);
      await appendAll(await openLog(first, { tenant: newTenant(), room: 'plans', channel: 'alien' }), [plainRun()]);
      await appendAll(await openLog(first, { tenant, room: 'plans', channel: 'last' }), [plainRun()]);
      await waitFor(() => seen.includes('last'), { timeoutMs, what: 'the last channel' });
      expect(seen).not.toContain('alien');
      watching.stop();
      expect(stoppedSeen).toEqual([]);
    });

    it('lets an instance that opens each new channel follow it from the first run', async () => {
      const [first, tenant, roundsCount] = [await stores.first(), newTenant(), 30];
      const watcher = (await stores.second(first)) ?? first;
      const followers = new Map<string, FollowerRecord>();
      const openings: Promise<void>[] = [];
      watcher.backplane.watchRoom(tenant, 'plans', (channel) => {
        if (followers.has(channel)) return;
        const follower = new FollowerRecord(0);
        followers.set(channel, follower);
        openings.push(openLog(watcher, { tenant, room: 'plans', channel }).then((log) => { watcher.backplane.follow(log, 0, follower); }));
      });
      // One after the other, so that the runs of each come while the other instance has just heard of it.
      for (let round = 1; round <= roundsCount; round += 1) {
        const log = await openLog(first, { tenant, room: 'plans', channel: `c${round}` });
        for (let run = 0; run < 3; run += 1) await appendAll(log, [plainRun()]);
        const runs = plain(await readAll(log));
        const brought = (): number => followers.get(`c${round}`)?.runs.length ?? 0;
        await waitFor(() => brought() >= runs.length, { timeoutMs, what: `${runs.length} runs of channel ${round}` });
        const follower = followers.get(`c${round}`);
        expect([plain(follower?.runs ?? []), follower?.faults, follower?.restarts]).toEqual([runs, [], []]);
      }
      await Promise.all(openings);
    });
  });
}

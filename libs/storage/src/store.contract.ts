import type { TopicKey } from '@arqonbus/tenancy';
import { describe, expect, it } from 'vitest';
import { appendAll, bodiesOf, newBody, newTenant, numberedRun, openLog, plainRun, readAll, StoresOfTest, wallUs, type MakeStore } from './store-under-test.contract.js';

const longName = `l${'.x-_'.repeat(31)}end`;

/** What a store says of itself, names and isolation. */
export function storeContract(makeStore: MakeStore): void {
  const stores = new StoresOfTest(makeStore);

  describe('HistoryStore', () => {
    it('says what it is', async () => {
      const { store } = await stores.first();
      expect(['memory', 'embedded', 'redis', 'jetstream']).toContain(store.name);
      expect(['MEMORY', 'STORE', 'FSYNC', 'QUORUM']).toContain(store.durability);
      expect(store.durabilityReason).toMatch(/^[^\n]+$/);
      expect(store.isUp).toBe(true);
    });

    it('keeps topics apart whose names are alike, and those of every tenant (C7)', async () => {
      const under = await stores.first();
      const [tenant, other] = [newTenant(), newTenant()];
      const keys: TopicKey[] = [
        { tenant, room: 'a', channel: '' }, { tenant, room: 'a', channel: 'b' }, { tenant, room: 'a.b', channel: '' }, { tenant, room: 'a', channel: 'b.c' },
        { tenant, room: 'a.b', channel: 'c' }, { tenant, room: 'a-b', channel: '' }, { tenant, room: 'a_b', channel: '' }, { tenant, room: 'a-', channel: 'b' },
        { tenant, room: 'a', channel: '0' }, { tenant, room: 'a=2eb'.replace('=', '_'), channel: '' }, { tenant, room: '0', channel: 'a' },
        { tenant, room: longName, channel: longName }, { tenant, room: longName, channel: `${longName.slice(0, -1)}e` }, { tenant, room: longName, channel: '' },
        { tenant, inbox: 'a' }, { tenant, inbox: 'A' }, { tenant, inbox: 'a.b' }, { tenant, inbox: 'a@b' }, { tenant, inbox: `L${longName.slice(1)}` },
        { tenant: other, room: 'a', channel: '' }, { tenant: other, room: 'a', channel: 'b' }, { tenant: other, inbox: 'a' },
        { tenant: `${tenant}-a`, room: 'a', channel: '' }, { tenant: `${tenant}_a`, room: 'a', channel: '' }, { tenant: 'z'.repeat(52) + other.slice(-12), room: 'a', channel: '' },
      ];
      expect(longName).toHaveLength(128);
      const written: string[][] = [];
      const logs = [];
      for (const key of keys) {
        const log = await openLog(under, key);
        const body = newBody();
        await appendAll(log, [numberedRun(1, { body })]);
        expect(log.key).toEqual(key);
        logs.push(log);
        written.push(bodiesOf([{ body }]));
      }
      for (const [index, log] of logs.entries()) expect(bodiesOf(await readAll(log)), JSON.stringify(keys[index])).toEqual(written[index]);
      await logs[0].reset(wallUs());
      expect(await readAll(logs[0])).toEqual([]);
      for (const [index, log] of logs.entries()) if (index > 0) expect(bodiesOf(await readAll(log)), JSON.stringify(keys[index])).toEqual(written[index]);
    });

    it('opens a log again within the process', async () => {
      const [under, tenant] = [await stores.first(), newTenant()];
      const key = { tenant, room: 'plans', channel: '' };
      const log = await openLog(under, key);
      const group = [plainRun(3), numberedRun(1)];
      await appendAll(log, group);
      log.close();
      const again = await openLog(under, key);
      expect(again.head).toEqual(log.head);
      expect(bodiesOf(await readAll(again))).toEqual(bodiesOf(group));
      expect(await again.append([numberedRun(1)], wallUs())).toMatchObject([{ outcome: 'duplicate' }]);
    });
  });

  describe('HistoryStore.listChannels()', () => {
    it('lists the channels of one room of one tenant that hold runs, the main one as an empty name', async () => {
      const under = await stores.first();
      const [tenant, other] = [newTenant(), newTenant()];
      const names = ['', 'alerts', 'a.b', 'a-b', 'zz_9', longName];
      for (const channel of names) await appendAll(await openLog(under, { tenant, room: 'plans', channel }), [plainRun()]);
      await appendAll(await openLog(under, { tenant, room: 'plans.old', channel: 'gone' }), [plainRun()]);
      await appendAll(await openLog(under, { tenant, room: 'plan', channel: 's' }), [plainRun()]);
      await appendAll(await openLog(under, { tenant, inbox: 'plans' }), [plainRun()]);
      await appendAll(await openLog(under, { tenant: other, room: 'plans', channel: 'theirs' }), [plainRun()]);
      expect([...await under.store.listChannels(tenant, 'plans', 100)].sort()).toEqual([...names].sort());
      expect(await under.store.listChannels(tenant, 'none', 100)).toEqual([]);
      expect(await under.store.listChannels(other, 'plans', 100)).toEqual(['theirs']);
      const some = await under.store.listChannels(tenant, 'plans', 4);
      expect(new Set(some).size).toBe(4);
      expect(names).toEqual(expect.arrayContaining([...some]));
    });

    it('lists them after a restart and on each instance', async () => {
      const [first, tenant] = [await stores.first(), newTenant()];
      await appendAll(await openLog(first, { tenant, room: 'plans', channel: 'one' }), [plainRun()]);
      const second = await stores.second(first);
      if (second !== undefined) expect(await second.store.listChannels(tenant, 'plans', 10)).toEqual(['one']);
      const again = await stores.reopened(first);
      if (again !== undefined) expect(await again.store.listChannels(tenant, 'plans', 10)).toEqual(['one']);
    });
  });
}

import { describe, expect, it } from 'vitest';
import { historyStoreContract } from './history-store.contract.js';
import { MemoryHistoryStore, openMemoryStore } from './memory-history-store.js';
import { appendAll, everything, newBody, newKey, numberedRun, openLog, plainRun, readAll, wallUs } from './store-under-test.contract.js';

historyStoreContract('this process', () => {
  const { store, backplane } = openMemoryStore({ nowUs: wallUs });
  return Promise.resolve({ store, backplane, close: () => store.close() });
}, { randomHistoriesCount: 300 });

describe('MemoryHistoryStore', () => {
  const retention = { maxEvents: 1e6, maxBytes: 1e9, maxAgeMs: 1e6 };

  it('says that an acknowledgement is worth memory alone', () => {
    expect(new MemoryHistoryStore({ nowUs: wallUs })).toMatchObject({ name: 'memory', durability: 'MEMORY', isShared: false, isDense: true });
  });

  it('keeps within its bytes over all topics: the topic that grows gives up its oldest runs', async () => {
    const { store, backplane } = openMemoryStore({ nowUs: wallUs, maxBytes: 100_000 });
    const under = { store, backplane, close: () => store.close() };
    const [still, growing] = [await openLog(under, newKey()), await openLog(under, newKey())];
    await appendAll(still, [plainRun(1, newBody(20_000))]);
    for (let index = 0; index < 30; index += 1) await appendAll(growing, [plainRun(1, newBody(10_000))]);
    expect(await readAll(still)).toHaveLength(1);
    const held = await readAll(growing);
    expect(held.length).toBeGreaterThan(5);
    expect(held.length).toBeLessThan(9);
    expect(held.at(-1)?.sequence).toBe(30);
    await store.close();
  });

  it('keeps its runs in order when very many come and go', async () => {
    const { store } = openMemoryStore({ nowUs: wallUs });
    const log = await store.openLog(newKey(), { retention: { ...retention, maxEvents: 500 }, producerIdleMs: 1_000 });
    for (let turn = 0; turn < 100; turn += 1) await appendAll(log, Array.from({ length: 50 }, () => plainRun()));
    expect((await readAll(log)).map((run) => run.sequence)).toEqual(Array.from({ length: 500 }, (_, index) => 4_501 + index));
    expect(await readAll(log, { fromSequence: 4_999 })).toHaveLength(2);
  });

  it('forgets the producer idle for longest when a client has too many', async () => {
    const { store } = openMemoryStore({ nowUs: wallUs });
    const log = await store.openLog(newKey(), { retention, producerIdleMs: 1_000_000 });
    for (let lo = 0; lo < 65; lo += 1) await appendAll(log, [numberedRun(1, { lo })], 1_000 + lo);
    expect(await log.append([numberedRun(2, { lo: 0 }), numberedRun(2, { lo: 1 })], 2_000)).toMatchObject([{ outcome: 'producer_unknown' }, { outcome: 'accepted' }]);
  });

  it('gives each log a higher epoch, by the clock where it rises', async () => {
    let nowUs = 1_000;
    const { store } = openMemoryStore({ nowUs: () => nowUs });
    const epochs: number[] = [];
    for (const at of [1_000, 1_000, 500, 3_000]) {
      nowUs = at;
      epochs.push((await store.openLog(newKey(), { retention, producerIdleMs: 1_000 })).head.epoch);
    }
    expect(epochs).toEqual([1_000, 1_001, 1_002, 3_000]);
  });

  it('refuses work after close', async () => {
    const { store } = openMemoryStore({ nowUs: wallUs });
    const log = await store.openLog(newKey(), { retention, producerIdleMs: 1_000 });
    await store.close();
    expect(store.isUp).toBe(false);
    await expect(log.append([plainRun()], 1)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(log.read(everything)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it('rejects what the rewriting of a run throws, and leaves the run', async () => {
    const { store } = openMemoryStore({ nowUs: wallUs });
    const log = await store.openLog(newKey(), { retention, producerIdleMs: 1_000 });
    await appendAll(log, [plainRun(1, Uint8Array.of(0, 0, 0, 5))]);
    await expect(log.erase(1, () => { throw new RangeError('a stored run is damaged'); })).rejects.toThrow('damaged');
    expect((await readAll(log))[0].body).toEqual(Uint8Array.of(0, 0, 0, 5));
  });
});

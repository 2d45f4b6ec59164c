import { ArqonError } from '@arqonbus/errors';
import { waitFor } from '@arqonbus/testkit';
import { describe, expect, it } from 'vitest';
import { LocalBackplane } from './local-backplane.js';
import { openMemoryStore } from './memory-history-store.js';
import { appendAll, endOf, everything, FollowerRecord, newKey, openLog, plain, plainRun, readAll, wallUs } from './store-under-test.contract.js';
import type { CommittedRun, LogPage, LogWindow, TopicLog } from './topic-log.js';

type Answer = (change?: (page: LogPage) => LogPage | Error) => void;

/** A log that appends without telling the backplane under test; between `hold` and `letGo` its reads wait for `answer`, one each. */
async function heldLog(): Promise<{
  log: TopicLog; hold(): void; letGo(): void; answer(...change: Parameters<Answer>): Promise<void>;
  /** Appends runs of two events and gives them as the log holds them. */
  append(runsCount: number): Promise<readonly CommittedRun[]>; readsCount(): number;
}> {
  const { store, backplane } = openMemoryStore({ nowUs: wallUs });
  const log = await openLog({ store, backplane, close: () => store.close() }, newKey());
  let isHeld = false;
  let readsCount = 0;
  const waiting: Answer[] = [];
  const read = async (window: LogWindow): Promise<LogPage> => {
    readsCount += 1;
    const mayPass = !isHeld;
    const page = await log.read(window);
    if (mayPass) return page;
    return new Promise((resolve, reject) => {
      waiting.push((change = (same) => same) => {
        const answer = change(page);
        if (answer instanceof Error) reject(answer);
        else resolve(answer);
      });
    });
  };
  return {
    log: new Proxy(log, { get: (target, name) => name === 'read' ? read : Reflect.get(target, name, target) as unknown }),
    hold: () => { isHeld = true; },
    letGo: () => { isHeld = false; },
    answer: async (change) => { (await waitFor(() => waiting.shift(), { what: 'a read' }))(change); },
    append: async (runsCount) => {
      const fromSequence = log.head.lastSequence + 1;
      await appendAll(log, Array.from({ length: runsCount }, () => plainRun(2)));
      return (await log.read({ ...everything, fromSequence })).runs;
    },
    readsCount: () => readsCount,
  };
}

describe('LocalBackplane', () => {
  it('hands on an announcement in the same turn to whoever is at its place', async () => {
    const { log, append } = await heldLog();
    const backplane = new LocalBackplane();
    const record = new FollowerRecord(0);
    backplane.follow(log, 0, record);
    backplane.announce(log.key, await append(3));
    expect(record.runs).toHaveLength(3);
    backplane.announce(log.key, []);
    expect(record.faults).toEqual([]);
  });

  it('reads what was not announced, once, and in order with what was', async () => {
    const { log, append, hold, letGo, answer, readsCount } = await heldLog();
    const backplane = new LocalBackplane();
    const record = new FollowerRecord(0);
    backplane.follow(log, 0, record);
    await append(2);
    const second = await append(2);
    const before = readsCount();
    hold();
    backplane.announce(log.key, second);
    backplane.announce(log.key, second);
    expect(record.runs).toEqual([]);
    await answer();
    await waitFor(() => record.runs.length === 4, { what: 'the runs' });
    backplane.announce(log.key, second);
    expect(readsCount() - before).toBe(1);
    letGo();
    expect(record.faults).toEqual([]);
    expect(plain(record.runs)).toEqual(plain(await readAll(log)));
  });

  it('gives the rest of an announcement of which a part was read already', async () => {
    const { log, append } = await heldLog();
    const backplane = new LocalBackplane();
    const runs = await append(4);
    const record = new FollowerRecord(endOf(runs[1]));
    backplane.follow(log, endOf(runs[1]), record);
    await waitFor(() => record.runs.length === 2, { what: 'the runs read' });
    const more = await append(2);
    backplane.announce(log.key, [...runs.slice(2), ...more]);
    expect(plain(record.runs)).toEqual(plain([...runs.slice(2), ...more]));
  });

  it('forgets what it read before a reset or an erasure was told', async () => {
    const { log, append, hold, letGo, answer } = await heldLog();
    const backplane = new LocalBackplane();
    await append(3);
    hold();
    const record = new FollowerRecord(0);
    backplane.follow(log, 0, record);
    await log.erase(1, () => Uint8Array.of(0, 0, 0, 7));
    backplane.announceErased(log.key, 1);
    await answer();
    expect([record.runs, record.erasures]).toEqual([[], [1]]);
    const head = await log.reset(wallUs());
    backplane.announceReset(log.key, head);
    backplane.announceReset(log.key, head);
    letGo();
    await answer();
    backplane.announce(log.key, await append(1));
    await waitFor(() => record.runs.length > 0, { what: 'the run of the new epoch' });
    expect(record.restarts).toEqual([head]);
    expect(record.runs).toMatchObject([{ prev: 0 }]);
    expect(record.faults).toEqual([]);
  });

  it('finds a new epoch by itself where the reset is told late', async () => {
    const { log, append } = await heldLog();
    const backplane = new LocalBackplane();
    const record = new FollowerRecord(0);
    backplane.follow(log, 0, record);
    const head = await log.reset(wallUs());
    await append(1);
    backplane.announce(log.key, await append(1));
    await waitFor(() => record.runs.length === 2, { what: 'the runs of the new epoch' });
    backplane.announceReset(log.key, head);
    expect(record.restarts).toMatchObject([{ epoch: head.epoch, lastSequence: 0 }]);
    expect(record.faults).toEqual([]);
  });

  it('reads again when the store was away', async () => {
    const { log, append, hold, letGo, answer } = await heldLog();
    const backplane = new LocalBackplane({ retryMs: 5 });
    await append(2);
    hold();
    const record = new FollowerRecord(0);
    backplane.follow(log, 0, record);
    letGo();
    await answer(() => new ArqonError('STORE_UNAVAILABLE'));
    await waitFor(() => record.runs.length === 2, { what: 'the runs' });
    expect(record.faults).toEqual([]);
  });

  it('begins behind the run within which it was told to', async () => {
    const { log, append } = await heldLog();
    const backplane = new LocalBackplane();
    const runs = await append(3);
    const record = new FollowerRecord(endOf(runs[1]));
    backplane.follow(log, runs[1].sequence, record);
    await waitFor(() => record.runs.length > 0, { what: 'the last run' });
    expect(plain(record.runs)).toEqual(plain(runs.slice(2)));
    expect(record.restarts).toEqual([]);
  });

  it('is silent after close, also about what it is reading', async () => {
    const { log, append, hold, answer } = await heldLog();
    const backplane = new LocalBackplane();
    const channels: string[] = [];
    backplane.watchRoom('acme', 'plans', (channel) => { channels.push(channel); });
    await append(1);
    hold();
    const record = new FollowerRecord(0);
    backplane.follow(log, 0, record);
    await backplane.close();
    await answer();
    backplane.announceChannel('acme', 'plans', 'late');
    backplane.announce(log.key, await append(1));
    expect([record.runs, channels]).toEqual([[], []]);
  });
});

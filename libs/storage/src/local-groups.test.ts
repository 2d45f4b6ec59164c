import { ArqonError } from '@arqonbus/errors';
import { describe, expect, it } from 'vitest';
import { MemoryGroupPlaces, type GroupChange, type GroupPlaces } from './group-places.js';
import { LocalGroups } from './local-groups.js';
import { openMemoryStore } from './memory-history-store.js';
import { appendAll, newKey, openLog, plainRun, wallUs } from './store-under-test.contract.js';
import type { Backplane, TopicLog } from './topic-log.js';

const options = { leaseMs: 60_000, consumer: 'one' };

/** Places that keep a list of what they were told, and refuse while `isAway`. */
class WatchedPlaces implements GroupPlaces {
  readonly changes: GroupChange[] = [];
  isAway = false;
  private readonly kept = new MemoryGroupPlaces();

  load(...parts: Parameters<GroupPlaces['load']>): ReturnType<GroupPlaces['load']> {
    return this.isAway ? Promise.reject(new ArqonError('STORE_UNAVAILABLE')) : this.kept.load(...parts);
  }

  async save(...parts: Parameters<GroupPlaces['save']>): Promise<void> {
    await new Promise(setImmediate);
    if (this.isAway) throw new ArqonError('STORE_UNAVAILABLE');
    this.changes.push(parts[2]);
    await this.kept.save(...parts);
  }
}

async function parts(): Promise<{ log: TopicLog; backplane: Backplane; places: WatchedPlaces }> {
  const { store, backplane } = openMemoryStore({ nowUs: wallUs });
  return { log: await openLog({ store, backplane, close: () => store.close() }, newKey()), backplane, places: new WatchedPlaces() };
}

describe('LocalGroups', () => {
  it('goes on from a kept place: what was not acknowledged first, with its deliveries', async () => {
    const { log, backplane, places } = await parts();
    const before = await new LocalGroups({ backplane, places }).open(log, 'workers', options);
    const sequences = await appendAll(log, [plainRun(), plainRun(2), plainRun(), plainRun()]);
    const [first, second, third] = await before.take(3, 0);
    await before.acknowledge(second);
    await before.release(third);
    await before.take(1, 0);
    // As after a restart: another process, nobody holds a lease.
    const after = await new LocalGroups({ backplane, places }).open(log, 'workers', options);
    const taken = await after.take(10, 0);
    expect(taken.map(({ run, deliveriesBefore }) => [run.sequence, deliveriesBefore])).toEqual([[sequences[0], 1], [sequences[2], 2], [sequences[3], 0]]);
    expect(first.deliveriesBefore).toBe(0);
  });

  it('hands out what the log has when it was begun anew while nobody was there', async () => {
    const { log, backplane, places } = await parts();
    const before = await new LocalGroups({ backplane, places }).open(log, 'workers', options);
    await appendAll(log, [plainRun(), plainRun()]);
    await before.take(1, 0);
    const { epoch } = await log.reset(wallUs());
    const [sequence] = await appendAll(log, [plainRun(3)]);
    const after = await new LocalGroups({ backplane, places }).open(log, 'workers', options);
    expect(await after.take(5, 0)).toMatchObject([{ epoch, deliveriesBefore: 0, run: { sequence, count: 3 } }]);
  });

  it('keeps acknowledgements that come together as one change', async () => {
    const { log, backplane, places } = await parts();
    const group = await new LocalGroups({ backplane, places }).open(log, 'workers', options);
    const sequences = await appendAll(log, Array.from({ length: 50 }, () => plainRun()));
    const taken = await group.take(50, 0);
    const before = places.changes.length;
    await Promise.all(taken.map((run) => group.acknowledge(run)));
    expect(places.changes.length - before).toBeLessThanOrEqual(2);
    expect(places.changes.slice(before).flatMap((change) => change.done)).toEqual(sequences);
  });

  it('loses no run when a place could not be kept', async () => {
    const { log, backplane, places } = await parts();
    const group = await new LocalGroups({ backplane, places }).open(log, 'workers', { ...options, leaseMs: 1 });
    const sequences = await appendAll(log, [plainRun(), plainRun()]);
    places.isAway = true;
    await expect(group.take(2, 0)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    places.isAway = false;
    const [first] = await group.take(1, 10_000);
    expect(first).toMatchObject({ run: { sequence: sequences[0] }, deliveriesBefore: 1 });
    await group.acknowledge(first);
    const after = await new LocalGroups({ backplane, places }).open(log, 'workers', options);
    expect((await after.take(5, 0)).map(({ run }) => run.sequence)).toEqual([sequences[1]]);
  });

  it('may be opened again after it could not be', async () => {
    const { log, backplane, places } = await parts();
    const groups = new LocalGroups({ backplane, places });
    places.isAway = true;
    await expect(groups.open(log, 'workers', options)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    places.isAway = false;
    expect(await (await groups.open(log, 'workers', options)).take(1, 0)).toEqual([]);
  });

  it('ends the waiting of a member that closes, and hands out what it left when the last one has closed', async () => {
    const { log, backplane, places } = await parts();
    const groups = new LocalGroups({ backplane, places });
    const group = await groups.open(log, 'workers', options);
    const [sequence] = await appendAll(log, [plainRun()]);
    await group.take(1, 0);
    const waiting = group.take(1, 60_000);
    await group.close();
    await group.close();
    expect(await waiting).toEqual([]);
    expect(await group.take(1, 60_000)).toEqual([]);
    const again = await groups.open(log, 'workers', options);
    expect(await again.take(1, 0)).toMatchObject([{ run: { sequence }, deliveriesBefore: 1 }]);
    const other = again.take(1, 60_000);
    groups.close();
    expect(await other).toEqual([]);
  });

  it('leaves a lease alone that is another’s by now', async () => {
    const { log, backplane, places } = await parts();
    const groups = new LocalGroups({ backplane, places });
    const [slow, quick] = [await groups.open(log, 'workers', { ...options, leaseMs: 1 }), await groups.open(log, 'workers', options)];
    await appendAll(log, [plainRun()]);
    const [late] = await slow.take(1, 0);
    const [again] = await quick.take(1, 10_000);
    await slow.release(late);
    await slow.extend([late]);
    expect(await slow.take(1, 20)).toEqual([]);
    await quick.release(again);
    expect(await slow.take(1, 0)).toMatchObject([{ deliveriesBefore: 2 }]);
  });
});

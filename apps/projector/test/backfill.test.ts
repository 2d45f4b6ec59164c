import { continuumTopics } from '@arqonbus/continuum';
import type { Bus, RawEvent } from '@arqonbus/sdk';
import type { BackfillJob, EpisodeStore } from '@arqonbus/storage/episodes';
import { waitFor } from '@arqonbus/testkit';
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startBackfills } from '../src/backfill/index.js';
import type { TenantWork } from '../src/tenant-runtime.js';
import { DatabaseUnderTest } from './database-under-test.js';
import { episodeEvent, episodeId, type EventInit } from './episode-events.js';
import { adminRights, producerRights, projectorRights, RealBus } from './real-bus.js';
import { countsOf, TenantUnderTest } from './tenant-under-test.js';

const { room } = continuumTopics.episodes;
const everything = { fromUs: 0, toUs: Date.UTC(2100, 0, 1) * 1_000, agentId: '', isDryRun: false };

let bus: RealBus;
let database: DatabaseUnderTest;
let store: EpisodeStore;
let tenant: TenantUnderTest;
let producer: Bus;
let worker: (TenantWork & { wake(): void }) | undefined;
let tenantNumber = 0;

beforeAll(async () => {
  [bus, database] = await Promise.all([RealBus.start(() => ({ ARQON_SPINE_HISTORY_MAX_EVENTS_COUNT: '5000' })), DatabaseUnderTest.start()]);
  ({ store } = database);
}, 60_000);
afterAll(async () => {
  await Promise.all([bus.stop(), database.stop()]);
});
beforeEach(async () => {
  const tenantId = `t${String((tenantNumber += 1))}`;
  producer = await bus.connect({ ...producerRights, tenant: tenantId });
  tenant = new TenantUnderTest(tenantId, await bus.connect({ ...projectorRights, tenant: tenantId }), store);
});
afterEach(async () => {
  await worker?.stop();
  worker = undefined;
});

function event(init: Omit<EventInit, 'tenantId'>): RawEvent {
  return episodeEvent({ tenantId: tenant.tenantId, ...init });
}

async function publish(...events: RawEvent[]): Promise<void> {
  await producer.publishMany(room, events);
}

/** Asks for a backfill and waits for its end. */
async function backfill(asked: Partial<Pick<BackfillJob, 'fromUs' | 'toUs' | 'agentId' | 'isDryRun'>> = {}): Promise<BackfillJob> {
  const { tenantId } = tenant;
  const { id } = await store.startBackfill({ ...everything, ...asked, id: randomUUID(), tenantId });
  worker ??= startBackfills(tenant);
  worker.wake();
  return waitFor(async () => {
    const job = await store.readBackfill(tenantId, id);
    return job?.ending === undefined ? undefined : job;
  }, { timeoutMs: 20_000, what: 'the backfill to end' });
}

/** Everything that is stored of the tenant's episodes. */
function table(): ReturnType<DatabaseUnderTest['episodes']> {
  return database.episodes(tenant.tenantId);
}

describe('a backfill', () => {
  it('projects what the topic holds, counts each event and row once, and changes nothing the second time (I6)', async () => {
    await publish(
      event({ episode: 1, at: 1 }), event({ episode: 2, at: 1 }), event({ episode: 3, at: 5 }),
      event({ kind: 'UPDATED', episode: 1, at: 2 }), event({ kind: 'DELETED', episode: 2, at: 2 }), event({ kind: 'UPDATED', episode: 3, at: 4 }),
      { type: 'text/plain', payload: 'no episode' },
    );
    const job = await backfill();
    expect(job).toMatchObject({ ending: 'done', errorCode: '', counts: countsOf({ events: 7, stale: 1, refused: 1, rowsInserted: 2, rowsDeleted: 1 }) });
    expect(await store.countEpisodes(tenant.tenantId)).toBe(2);
    expect(await store.countOpenDeadLetters(tenant.tenantId)).toBe(0);
    const before = await table();
    expect((await backfill()).counts).toEqual(countsOf({ events: 7, stale: 3, refused: 1, rowsUnchanged: 3 }));
    expect(await table()).toEqual(before);
    expect(tenant.backfills.map(([outcome, { events, refused }]) => [outcome, events, refused])).toEqual([['done', 7, 1], ['done', 7, 1]]);
  });

  it('tells in a dry run what it would do, and does nothing', async () => {
    await publish(event({ episode: 1, at: 1 }), event({ episode: 1, at: 3 }), event({ episode: 2, at: 1, agent: 'a2' }));
    const dry = await backfill({ isDryRun: true });
    expect(dry).toMatchObject({ ending: 'done', counts: countsOf({ events: 3, rowsInserted: 2 }) });
    expect(await table()).toEqual([]);
    expect(tenant.backfills[0][0]).toBe('dry_run');
    expect((await backfill()).counts).toEqual(dry.counts);
  });

  it('takes the events from its start up to, not including, its end, of the agent alone', async () => {
    for (let at = 1; at <= 4; at++) {
      await publish(event({ episode: at, at, agent: 'a1' }), event({ episode: at, at, agent: 'a2' }));
      // Each pair at a time of its own: the bus takes the millisecond of the clock.
      const takenMs = Date.now();
      await waitFor(() => Date.now() > takenMs, { intervalMs: 1 });
    }
    const times: number[] = [];
    for await (const message of producer.history(room)) times.push(Number(message.timeUs));
    const job = await backfill({ fromUs: times[2], toUs: times[6], agentId: 'a2' });
    expect(job).toMatchObject({ ending: 'done', counts: { events: 2, rowsInserted: 2 } });
    expect(await table()).toMatchObject([{ agent_id: 'a2', episode_id: episodeId(2) }, { agent_id: 'a2', episode_id: episodeId(3) }]);
  });

  it('of a window without events, and of a topic without any, is done at once', async () => {
    await tenant.bus.join(room);
    expect(await backfill()).toMatchObject({ ending: 'done', counts: countsOf({}) });
    await publish(event({}));
    expect(await backfill({ fromUs: Date.UTC(2090, 0, 1) * 1_000 })).toMatchObject({ ending: 'done', counts: countsOf({}), reason: '' });
    expect(await backfill({ toUs: 1 })).toMatchObject({ ending: 'done', counts: countsOf({}) });
  });

  it('leaves out events that were erased', async () => {
    await publish(event({ episode: 1 }), event({ episode: 2 }), event({ episode: 3 }));
    const admin = await bus.connect({ ...adminRights, tenant: tenant.tenantId });
    await admin.erase(room, 3n);
    await admin.erase(room, 1n);
    const job = await backfill();
    expect(job).toMatchObject({ ending: 'done', counts: countsOf({ events: 1, rowsInserted: 1 }), position: { sequence: 3n } });
    expect((await backfill({ isDryRun: true })).counts).toEqual(countsOf({ events: 1, rowsUnchanged: 1 }));
  });

  it('stops between two transactions where the projector does, or loses its connection, and goes on later', async () => {
    await publish(...Array.from({ length: 3_000 }, (_, at) => event({ episode: at, at })));
    const { tenantId } = tenant;
    const { id } = await store.startBackfill({ ...everything, id: randomUUID(), tenantId });
    const positionOf = async (): Promise<bigint> => (await store.readBackfill(tenantId, id))?.position?.sequence ?? 0n;
    worker = startBackfills(tenant);
    await waitFor(async () => (await positionOf()) > 0n, { intervalMs: 1 });
    await worker.stop();
    const stoppedAt = await positionOf();
    expect(await store.readBackfill(tenantId, id)).toMatchObject({ ending: undefined, counts: { events: Number(stoppedAt) } });
    worker = startBackfills(tenant);
    await tenant.bus.close();
    await waitFor(() => tenant.logged.includes('a backfill waits'), { timeoutMs: 10_000 });
    await worker.stop();
    expect((await store.readBackfill(tenantId, id))?.ending).toBeUndefined();
    worker = startBackfills(new TenantUnderTest(tenantId, await bus.connect({ ...projectorRights, tenant: tenantId }), store));
    await waitFor(async () => (await store.readBackfill(tenantId, id))?.ending === 'done', { timeoutMs: 20_000 });
    expect((await store.readBackfill(tenantId, id))?.counts).toEqual(countsOf({ events: 3_000, rowsInserted: 3_000 }));
  });

  it('says that what is older than the topic\'s epoch may be missing', async () => {
    await publish(event({}));
    const { epoch } = await producer.channelInfo(room);
    expect(await backfill()).toMatchObject({ ending: 'done', reason: `The topic's present epoch began at ${new Date(Number(epoch) / 1_000).toISOString()}: events from before may be missing.` });
    expect(await backfill({ fromUs: Number(epoch) })).toMatchObject({ ending: 'done', reason: '' });
  });

  it('fails with HISTORY_TRIMMED where history lacks a part of the window, and names the earliest start that it has', async () => {
    for (let at = 0; at < 6_000; at += 1_000) await publish(...Array.from({ length: 1_000 }, (_, index) => event({ episode: at + index, at })));
    const job = await backfill();
    expect(job).toMatchObject({ ending: 'failed', errorCode: 'HISTORY_TRIMMED', counts: countsOf({}) });
    const start = /\d{4}-\d\d-\d\dT[\d:.]+Z/.exec(job.reason)?.[0] ?? '';
    const later = await backfill({ fromUs: Date.parse(start) * 1_000 });
    expect(later.ending).toBe('done');
    expect(later.counts.events).toBeGreaterThan(1_000);
    expect(later.counts.rowsInserted).toBe(later.counts.events);
    expect(tenant.backfills[0][0]).toBe('failed');
  });

  it('goes on from where it stands, whoever was at it before', async () => {
    await publish(...Array.from({ length: 2_500 }, (_, at) => event({ episode: at % 700, at })));
    const { tenantId } = tenant;
    const job = await store.startBackfill({ ...everything, id: randomUUID(), tenantId });
    const messages = [];
    for await (const message of producer.history(room)) messages.push(message);
    await store.applyBackfill({ tenantId, id: job.id, from: undefined }, { changes: [], upTo: messages[999], refused: 1_000 });
    worker = startBackfills(tenant);
    const done = await waitFor(async () => {
      const now = await store.readBackfill(tenantId, job.id);
      return now?.ending === 'done' ? now : undefined;
    });
    expect(done.counts).toEqual(countsOf({ events: 2_500, refused: 1_000, rowsInserted: 700 }));
    expect(done.position).toEqual({ epoch: messages[0].epoch, sequence: messages[2_499].sequence });
  });

  it('fails with EPOCH_CHANGED where the topic began anew meanwhile', async () => {
    await publish(event({}));
    const { tenantId } = tenant;
    const { id } = await store.startBackfill({ ...everything, id: randomUUID(), tenantId });
    await store.applyBackfill({ tenantId, id, from: undefined }, { changes: [], upTo: { epoch: 5n, sequence: 9n }, refused: 0 });
    worker = startBackfills(tenant);
    await waitFor(async () => (await store.readBackfill(tenantId, id))?.errorCode === 'EPOCH_CHANGED');
  });

  it('is carried out by one instance while two are there', async () => {
    await publish(...Array.from({ length: 1_500 }, (_, at) => event({ episode: at, at })));
    const other = startBackfills(new TenantUnderTest(tenant.tenantId, await bus.connect({ ...projectorRights, tenant: tenant.tenantId }), store));
    const job = await backfill();
    expect(job.counts).toEqual(countsOf({ events: 1_500, rowsInserted: 1_500 }));
    await other.stop();
  });

  it('goes on once the database is back', async () => {
    await publish(...Array.from({ length: 3_000 }, (_, at) => event({ episode: at, at })));
    const { id } = await store.startBackfill({ ...everything, id: randomUUID(), tenantId: tenant.tenantId });
    worker = startBackfills(tenant);
    await waitFor(async () => (await store.readBackfill(tenant.tenantId, id))?.position !== undefined, { intervalMs: 1 });
    await database.postgres.kill();
    await database.postgres.restart();
    const done = await waitFor(async () => {
      const job = await store.readBackfill(tenant.tenantId, id);
      return job?.ending === 'done' ? job : undefined;
    }, { timeoutMs: 30_000 });
    expect(done.counts).toEqual(countsOf({ events: 3_000, rowsInserted: 3_000 }));
    expect(await table()).toHaveLength(3_000);
  }, 60_000);

  it('counts what the database refuses as refused, and applies the rest', async () => {
    await database.execute(`CREATE FUNCTION arqon.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF NEW.content_ref = 's3://bucket/13' THEN RAISE EXCEPTION 'refused' USING ERRCODE = '22000'; END IF; RETURN NEW; END $$;
      CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON arqon.episode FOR EACH ROW EXECUTE FUNCTION arqon.refuse()`);
    try {
      await publish(...Array.from({ length: 20 }, (_, at) => event({ episode: at, at })));
      expect((await backfill()).counts).toEqual(countsOf({ events: 20, refused: 1, rowsInserted: 19 }));
      expect(await table()).toHaveLength(19);
    } finally {
      await database.execute('DROP TRIGGER refuse ON arqon.episode; DROP FUNCTION arqon.refuse()');
    }
  });
});

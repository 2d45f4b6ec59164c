import { create, fromBinary, toBinary, type DescMessage, type MessageInitShape, type MessageShape } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { continuumTopics, readEpisode } from '@arqonbus/continuum';
import { isArqonError } from '@arqonbus/errors';
import {
  BackfillRequestSchema, BackfillStatusSchema, GetBackfillRequestSchema, GetLagRequestSchema, GetLagResponseSchema, GetStatusRequestSchema, GetStatusResponseSchema,
  ListDeadLettersRequestSchema, ListDeadLettersResponseSchema, ReplayDeadLettersRequestSchema, ReplayDeadLettersResponseSchema, SetPausedRequestSchema,
  SetPausedResponseSchema, ShowDeadLetterRequestSchema, ShowDeadLetterResponseSchema, type DeadLetterSummary,
} from '@arqonbus/proto';
import type { Bus, RawEvent } from '@arqonbus/sdk';
import type { BatchEntry, PartitionClaim } from '@arqonbus/storage/episodes';
import { waitFor, within } from '@arqonbus/testkit';
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startBackfills } from '../src/backfill/index.js';
import { listenForCalls } from '../src/control/index.js';
import type { TenantWork } from '../src/tenant-runtime.js';
import { DatabaseUnderTest } from './database-under-test.js';
import { episodeEvent, type EventInit } from './episode-events.js';
import { adminRights, producerRights, projectorRights, RealBus } from './real-bus.js';
import { TenantUnderTest } from './tenant-under-test.js';

const { room } = continuumTopics.episodes;

let bus: RealBus;
let database: DatabaseUnderTest;
let tenant: TenantUnderTest;
let admin: Bus;
let works: TenantWork[];
let tenantNumber = 0;

beforeAll(async () => {
  [bus, database] = await Promise.all([RealBus.start(), DatabaseUnderTest.start()]);
}, 60_000);
afterAll(async () => { await Promise.all([bus.stop(), database.stop()]); });
beforeEach(async () => {
  const tenantId = `t${String((tenantNumber += 1))}`;
  tenant = new TenantUnderTest(tenantId, await bus.connect({ ...projectorRights, tenant: tenantId }), database.store);
  admin = await bus.connect({ ...adminRights, tenant: tenantId });
  works = [await listenForCalls(tenant)];
});
afterEach(async () => { await Promise.all(works.map((work) => work.stop())); });

async function call<Request extends DescMessage, Response extends DescMessage>(
  name: string, request: Request, response: Response, args: MessageInitShape<Request>, caller = admin,
): Promise<MessageShape<Response>> {
  const answer = await caller.call(name, toBinary(request, create(request, args)));
  expect(answer.type).toBe(response.typeName);
  return fromBinary(response, answer.payload);
}

const status = (): Promise<MessageShape<typeof GetStatusResponseSchema>> => call('projector.status', GetStatusRequestSchema, GetStatusResponseSchema, {});
const list = (args: MessageInitShape<typeof ListDeadLettersRequestSchema> = {}): Promise<MessageShape<typeof ListDeadLettersResponseSchema>> =>
  call('projector.dead_letters.list', ListDeadLettersRequestSchema, ListDeadLettersResponseSchema, args);
const replay = (args: MessageInitShape<typeof ReplayDeadLettersRequestSchema> = {}): Promise<MessageShape<typeof ReplayDeadLettersResponseSchema>> =>
  call('projector.dead_letters.replay', ReplayDeadLettersRequestSchema, ReplayDeadLettersResponseSchema, args);
const backfill = (args: MessageInitShape<typeof BackfillRequestSchema>): Promise<MessageShape<typeof BackfillStatusSchema>> =>
  call('projector.backfill', BackfillRequestSchema, BackfillStatusSchema, args);

async function refusalOf(work: Promise<unknown>): Promise<unknown> {
  try {
    return await work;
  } catch (error) {
    return isArqonError(error) ? [error.code, error.field] : error;
  }
}

/** Stores dead letters as the projection does: each event is refused with the code given. */
async function refuse(events: readonly RawEvent[], code = 'EPISODE_NOT_STORABLE'): Promise<readonly DeadLetterSummary[]> {
  const { store, tenantId } = tenant;
  const claim = await store.claimPartition(tenantId, 0);
  if (claim === undefined) throw new Error('the partition is held');
  const entries = events.map((event, index) => entryOf(event, claim, index, code));
  await store.applyBatch({ claim, from: claim.position, entries, upTo: entries[entries.length - 1].record.position });
  await store.releasePartition(claim);
  return (await list({ limit: 500 })).deadLetters;
}

function entryOf(event: RawEvent, claim: PartitionClaim, index: number, code: string): BatchEntry {
  const payload = event.payload instanceof Uint8Array ? event.payload : new TextEncoder().encode(event.payload);
  const position = { epoch: 7n, sequence: (claim.position?.sequence ?? 0n) + BigInt(index) + 1n };
  const record = { position, type: event.type, payload, sender: 'agent', timeUs: Date.now() * 1_000 };
  return { record, result: { fault: { code, field: 'payload.summary', reason: 'refused by the test', eventId: '' } }, tries: 2 };
}

function event(init: Omit<EventInit, 'tenantId'> = {}): RawEvent {
  return episodeEvent({ tenantId: tenant.tenantId, ...init });
}

describe('calls of the projector', () => {
  it('are answered to admins of the tenant alone, and audited by the bus (I13)', async () => {
    expect(await status()).toMatchObject({ tenantId: tenant.tenantId, isPaused: false, instances: 1, episodes: 0n, deadLetters: 0n, readiness: 'Ready', reasons: [] });
    const agent = await bus.connect({ ...producerRights, tenant: tenant.tenantId });
    expect(await refusalOf(agent.call('projector.pause'))).toEqual(['NOT_PERMITTED', 'name']);
    const stranger = await bus.connect({ ...adminRights, tenant: 'elsewhere' });
    expect(await refusalOf(stranger.call('projector.status'))).toEqual(['NO_RESPONDERS', 'name']);
    const records = bus.audit().filter((record) => record['tenant'] === tenant.tenantId).map(({ action, actor, target, outcome }) => [action, actor, target, outcome]);
    expect(records).toEqual([['call', 'root', 'projector.status', 'done'], ['call', 'agent', 'projector.pause', 'refused']]);
  });

  it('of unknown operations and with wrong arguments are refused', async () => {
    expect(await refusalOf(admin.call('projector.drop_everything'))).toEqual(['UNSUPPORTED_COMMAND', 'name']);
    expect(await refusalOf(admin.call('projector.constructor'))).toEqual(['UNSUPPORTED_COMMAND', 'name']);
    expect(await refusalOf(admin.call('projector.status', Uint8Array.of(0xf8, 0x01, 0x01)))).toEqual(['INVALID_ARGUMENT', 'args']);
    expect(await refusalOf(admin.call('projector.dead_letters.show', Uint8Array.of(0x0a, 0x20)))).toEqual(['INVALID_ARGUMENT', 'args']);
    expect(await refusalOf(list({ limit: 501 }))).toEqual(['INVALID_ARGUMENT', 'limit']);
    expect(await refusalOf(list({ after: 'x' }))).toEqual(['INVALID_ARGUMENT', 'after']);
    expect(await refusalOf(replay({ deadLetterIds: ['x'] }))).toEqual(['INVALID_ARGUMENT', 'dead_letter_ids']);
    expect(await refusalOf(replay({ deadLetterIds: Array.from({ length: 501 }, () => randomUUID()) }))).toEqual(['INVALID_ARGUMENT', 'dead_letter_ids']);
    expect(await refusalOf(replay({ deadLetterIds: [randomUUID()], after: randomUUID() }))).toEqual(['INVALID_ARGUMENT', 'after']);
  });

  it('say PROJECTION_UNAVAILABLE while the database is away, and nothing of it', async () => {
    await database.postgres.kill();
    const refused = await list().catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'PROJECTION_UNAVAILABLE', message: 'PROJECTION_UNAVAILABLE: The projection is not available now.', retryAfterMs: 1_000 });
    await database.postgres.restart();
    await waitFor(() => list(), { timeoutMs: 20_000 });
  }, 60_000);

  it('of status are answered by what the instance knows while the database is away, or does not answer', async () => {
    const partial = {
      tenantId: tenant.tenantId, isPartial: true, isPaused: true, readiness: 'Degraded', reasons: ['store_unavailable'], instances: 0,
      partitions: [{ partition: 2, instance: 'test', epoch: 7n, sequence: 9n }, { partition: 3, instance: 'test', epoch: 0n, sequence: 0n }],
    };
    await database.postgres.kill();
    expect(await status()).toMatchObject(partial);
    await database.postgres.restart();
    await waitFor(async () => !(await status()).isPartial, { timeoutMs: 20_000 });
    await database.whileLocked(async () => { expect(await within(status(), 12_000, 'status')).toMatchObject(partial); });
    expect((await status()).isPartial).toBe(false);
  }, 60_000);

  it('more than are carried out at a time are answered all the same', async () => {
    expect(await Promise.all(Array.from({ length: 60 }, () => status()))).toHaveLength(60);
  });

  it('are answered by no instance that has stopped', async () => {
    await works[0].stop();
    expect(await refusalOf(admin.call('projector.status'))).toEqual(['NO_RESPONDERS', 'name']);
  });
});

describe('projector.pause and projector.resume', () => {
  it('are kept, told of, and the same with two instances', async () => {
    works.push(await listenForCalls(new TenantUnderTest(tenant.tenantId, await bus.connect({ ...projectorRights, tenant: tenant.tenantId }), database.store)));
    const set = (name: string): Promise<unknown> => call(name, SetPausedRequestSchema, SetPausedResponseSchema, {});
    expect(await set('projector.pause')).toMatchObject({ isPaused: true });
    expect(await database.store.isPaused(tenant.tenantId)).toBe(true);
    expect((await status()).isPaused).toBe(true);
    expect(await set('projector.pause')).toMatchObject({ isPaused: true });
    expect(await set('projector.resume')).toMatchObject({ isPaused: false });
    expect((await status()).isPaused).toBe(false);
    await waitFor(() => tenant.controlChanges === 3);
  });
});

describe('projector.lag', () => {
  it('tells head, place and what waits', async () => {
    const producer = await bus.connect({ ...producerRights, tenant: tenant.tenantId });
    await producer.publishMany(room, [event(), event(), event()]);
    const { epoch } = await producer.channelInfo(room);
    expect(await call('projector.lag', GetLagRequestSchema, GetLagResponseSchema, {})).toMatchObject({ headEpoch: epoch, headSequence: 3n, projectedSequence: 0n, events: 3n, seconds: 0 });
  });
});

describe('dead letters', () => {
  it('are listed in pages and shown with their payload', async () => {
    const events = [event({ at: 1 }), event({ at: 2 }), { type: 'text/plain', payload: 'no episode' }];
    const all = await refuse(events);
    expect(all.map(({ errorCode, field, tries, sequence, originalType, originalBytes }) => [errorCode, field, tries, sequence, originalType, originalBytes])).toEqual(
      events.map(({ type, payload = '' }, index) => ['EPISODE_NOT_STORABLE', 'payload.summary', 2, BigInt(index + 1), type, payload.length]),
    );
    const first = await list({ limit: 2 });
    expect(first.nextAfter).toBe(all[1].deadLetterId);
    const second = await list({ limit: 2, after: first.nextAfter });
    expect([...first.deadLetters, ...second.deadLetters].map(({ deadLetterId }) => deadLetterId)).toEqual(all.map(({ deadLetterId }) => deadLetterId));
    expect(second.nextAfter).toBe('');
    const shown = await call('projector.dead_letters.show', ShowDeadLetterRequestSchema, ShowDeadLetterResponseSchema, { deadLetterId: all[2].deadLetterId });
    expect(new TextDecoder().decode(shown.originalPayload)).toBe('no episode');
    expect(await refusalOf(call('projector.dead_letters.show', ShowDeadLetterRequestSchema, ShowDeadLetterResponseSchema, { deadLetterId: randomUUID() })))
      .toEqual(['UNKNOWN_DEAD_LETTER', 'dead_letter_id']);
    expect((await status()).deadLetters).toBe(3n);
  });

  it('too large for one answer come in smaller pages, and cut', async () => {
    const payload = 'x'.repeat(261_000);
    const [large] = await refuse([{ type: 'text/plain', payload }]);
    const shown = await call('projector.dead_letters.show', ShowDeadLetterRequestSchema, ShowDeadLetterResponseSchema, { deadLetterId: large.deadLetterId });
    expect(shown.summary?.originalBytes).toBe(261_000);
    expect(shown.originalPayload.length).toBeGreaterThan(240_000);
    expect(shown.originalPayload.length).toBeLessThan(261_000);
    const long = await refuse(Array.from({ length: 400 }, () => ({ type: `text/${'y'.repeat(900)}`, payload: 'z' })));
    expect(long.length).toBeLessThan(401);
    const rest = await list({ limit: 500, after: long[long.length - 1].deadLetterId });
    expect(long.length + rest.deadLetters.length).toBe(401);
    expect(rest.nextAfter).toBe('');
  });

  it('are replayed once, whoever asks how often; what is refused again stays open with its reason', async () => {
    const rows = await refuse([event({ at: 2 }), event({ at: 1 }), { type: 'text/plain', payload: 'no episode' }]);
    const ids = rows.map(({ deadLetterId }) => deadLetterId);
    expect(await replay({ deadLetterIds: [...ids, ids[0].toUpperCase()] })).toMatchObject({ replayed: 2n, refused: 1n, alreadyReplayed: 0n, nextAfter: '' });
    expect(await database.episodes(tenant.tenantId)).toMatchObject([{ content_ref: 's3://bucket/2' }]);
    const [open, ...others] = (await list()).deadLetters;
    expect([open.errorCode, open.tries, others]).toEqual(['EPISODE_TYPE_UNSUPPORTED', 3, []]);
    expect(await replay({ deadLetterIds: ids })).toMatchObject({ replayed: 0n, refused: 1n, alreadyReplayed: 2n });
    expect((await list({ withReplayed: true })).deadLetters.filter(({ replayedAt }) => replayedAt !== undefined)).toHaveLength(2);
    expect(tenant.replays).toEqual([{ replayed: 2, refused: 1, already: 0 }, { replayed: 0, refused: 1, already: 2 }]);
    expect(tenant.deadLetterChanges).toBe(2);
  });

  it('that do not exist stop a replay before it begins', async () => {
    const [{ deadLetterId }] = await refuse([event()]);
    expect(await refusalOf(replay({ deadLetterIds: [deadLetterId, randomUUID()] }))).toEqual(['UNKNOWN_DEAD_LETTER', 'dead_letter_id']);
    expect(await database.episodes(tenant.tenantId)).toEqual([]);
  });

  it('are all replayed where none is named, across pages and by two instances at once', async () => {
    await refuse(Array.from({ length: 250 }, (_, at) => event({ episode: at, at })));
    works.push(await listenForCalls(new TenantUnderTest(tenant.tenantId, await bus.connect({ ...projectorRights, tenant: tenant.tenantId }), database.store)));
    expect(await replay()).toMatchObject({ replayed: 250n, refused: 0n, nextAfter: '' });
    expect(await database.store.countOpenDeadLetters(tenant.tenantId)).toBe(0);
    expect(await database.store.countEpisodes(tenant.tenantId)).toBe(250);
    expect(await replay()).toMatchObject({ replayed: 0n, refused: 0n, alreadyReplayed: 0n, nextAfter: '' });
  });

  it('are tried once by a call that two instances get, and by the second one when the first has no turn any more', async () => {
    const other = await database.otherStore('other');
    try {
      works.push(await listenForCalls(new TenantUnderTest(tenant.tenantId, await bus.connect({ ...projectorRights, tenant: tenant.tenantId }), other)));
      await refuse([event(), { type: 'text/plain', payload: 'no episode' }]);
      const held = await database.store.claimReplay(tenant.tenantId);
      const answer = replay();
      await held?.release();
      expect(await answer).toMatchObject({ replayed: 1n, refused: 1n });
      const calls = bus.audit().filter((record) => record['tenant'] === tenant.tenantId && record['target'] === 'projector.dead_letters.replay');
      expect(calls).toHaveLength(1);
      await Promise.all(works.splice(0).map((work) => work.stop()));
      expect(await database.store.listDeadLetters(tenant.tenantId, { limit: 10 })).toMatchObject([{ tries: 3 }]);
    } finally {
      await other.close();
    }
  });

  it('that the database refuses again stay open', async () => {
    const [{ deadLetterId }] = await refuse([event({ at: 13 })]);
    await database.execute(`CREATE FUNCTION arqon.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'secret text' USING ERRCODE = '22000'; END $$;
      CREATE TRIGGER refuse BEFORE INSERT ON arqon.episode FOR EACH ROW EXECUTE FUNCTION arqon.refuse()`);
    try {
      expect(await replay({ deadLetterIds: [deadLetterId] })).toMatchObject({ replayed: 0n, refused: 1n });
      expect((await list()).deadLetters).toMatchObject([{ errorCode: 'EPISODE_NOT_STORABLE', reason: 'The database refuses it: SQLSTATE 22000.', tries: 3 }]);
    } finally {
      await database.execute('DROP TRIGGER refuse ON arqon.episode; DROP FUNCTION arqon.refuse()');
    }
  });
});

describe('projector.backfill', () => {
  const from = timestampFromMs(0);
  const to = timestampFromMs(Date.UTC(2100, 0, 1));

  it('starts one by its id, however often it is asked, and tells of it', async () => {
    const worker = startBackfills(tenant);
    works.push(worker);
    tenant.onBackfill = () => { worker.wake(); };
    const producer = await bus.connect({ ...producerRights, tenant: tenant.tenantId });
    await producer.publishMany(room, [event({ episode: 1 }), event({ episode: 2 })]);
    const backfillId = randomUUID();
    expect(await backfill({ backfillId, from, to })).toMatchObject({ backfillId, state: 'running', dryRun: false });
    const read = (): Promise<MessageShape<typeof BackfillStatusSchema>> => call('projector.backfill.status', GetBackfillRequestSchema, BackfillStatusSchema, { backfillId });
    await waitFor(async () => (await read()).state === 'done');
    const done = await read();
    expect(done).toMatchObject({ counts: { events: 2n, rowsInserted: 2n }, sequence: 2n, errorCode: '' });
    expect(await backfill({ backfillId, from, to })).toEqual(done);
    expect((await status()).backfills).toMatchObject([{ backfillId, state: 'done' }]);
    expect(await refusalOf(backfill({ backfillId, from, to, dryRun: true }))).toEqual(['INVALID_ARGUMENT', 'backfill_id']);
  });

  it('is refused with what is wrong', async () => {
    const backfillId = randomUUID();
    expect(await refusalOf(backfill({ backfillId: 'x', from, to }))).toEqual(['INVALID_ARGUMENT', 'backfill_id']);
    expect(await refusalOf(backfill({ backfillId, to }))).toEqual(['INVALID_ARGUMENT', 'from']);
    expect(await refusalOf(backfill({ backfillId, from }))).toEqual(['INVALID_ARGUMENT', 'to']);
    expect(await refusalOf(backfill({ backfillId, from: to, to }))).toEqual(['INVALID_ARGUMENT', 'to']);
    expect(await refusalOf(backfill({ backfillId, from, to, agentId: '../x' }))).toEqual(['INVALID_ARGUMENT', 'agent_id']);
    expect(await refusalOf(call('projector.backfill.status', GetBackfillRequestSchema, BackfillStatusSchema, { backfillId }))).toEqual(['UNKNOWN_BACKFILL', 'backfill_id']);
    for (let count = 0; count < 16; count++) await backfill({ backfillId: randomUUID(), from, to });
    expect(await refusalOf(backfill({ backfillId, from, to }))).toEqual(['LIMIT', 'backfill_id']);
  });
});

describe('readEpisode()', () => {
  it('takes the events that these tests make', () => {
    for (const kind of ['CREATED', 'UPDATED', 'DELETED', 'SUMMARIZED'] as const) {
      const { payload, type } = episodeEvent({ tenantId: 'acme', kind });
      expect(readEpisode(payload instanceof Uint8Array ? payload : new Uint8Array(), { tenantId: 'acme', type, timeUs: Date.now() * 1_000 })).toHaveProperty('change');
    }
  });
});

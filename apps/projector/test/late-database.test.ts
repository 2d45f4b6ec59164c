import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  BackfillRequestSchema, GetStatusResponseSchema, ListDeadLettersResponseSchema, SetPausedResponseSchema, ShowDeadLetterRequestSchema, type GetStatusResponse,
} from '@arqonbus/proto';
import { isArqonError, type Bus } from '@arqonbus/sdk';
import { freePort, waitFor, within } from '@arqonbus/testkit';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createdEpisodes } from './episode-events.js';
import { ProjectionUnderTest } from './projection-under-test.js';
import { adminRights, RealBus } from './real-bus.js';

let bus: RealBus;
let projection: ProjectionUnderTest;

beforeAll(async () => {
  bus = await RealBus.start();
  projection = await ProjectionUnderTest.start(bus);
}, 120_000);

afterAll(async () => {
  await projection.stop();
  await bus.stop();
}, 120_000);

async function statusOf(admin: Bus): Promise<GetStatusResponse> {
  return fromBinary(GetStatusResponseSchema, (await admin.call('projector.status')).payload);
}

/** Waits until a projector listens for calls, with or without a database. */
function listening(admin: Bus): Promise<GetStatusResponse> {
  return waitFor(() => statusOf(admin), { timeoutMs: 20_000, intervalMs: 100, what: 'an answer' });
}

async function refusalOf(work: Promise<unknown>): Promise<unknown> {
  try {
    return await work;
  } catch (error) {
    return isArqonError(error) ? [error.code, error.retryAfterMs] : error;
  }
}

/** Every operation but status, with arguments that a projector with its database takes. */
const calls: readonly (readonly [string, Uint8Array])[] = [
  ['projector.lag', new Uint8Array()], ['projector.dead_letters.list', new Uint8Array()], ['projector.dead_letters.replay', new Uint8Array()],
  ['projector.dead_letters.show', toBinary(ShowDeadLetterRequestSchema, create(ShowDeadLetterRequestSchema, { deadLetterId: randomUUID() }))],
  ['projector.backfill', toBinary(BackfillRequestSchema, create(BackfillRequestSchema, { backfillId: randomUUID(), from: timestampFromMs(0), to: timestampFromMs(1) }))],
  ['projector.pause', new Uint8Array()], ['projector.resume', new Uint8Array()],
];

describe('a projector whose database comes after it', { timeout: 120_000 }, () => {
  it('answers calls from the start with what it knows, claims nothing, and projects once the database is there', async () => {
    await projection.postgres.kill();
    await projection.giveToken('early');
    const projector = await projection.addForTest(['early']);
    await projection.publish('early', createdEpisodes('early', 1, 50));
    const admin = await bus.connect({ ...adminRights, tenant: 'early' });
    expect(await listening(admin)).toMatchObject({
      tenantId: 'early', isPartial: true, isPaused: false, readiness: 'Degraded', reasons: ['store_unavailable'], instances: 0, partitions: [], episodes: 0n, backfills: [],
    });
    const refused = await Promise.all(calls.map(([name, args]) => refusalOf(admin.call(name, args, { timeoutMs: 10_000 }))));
    expect(refused).toEqual(calls.map(() => ['PROJECTION_UNAVAILABLE', 1_000]));
    expect(await refusalOf(admin.call('projector.nothing'))).toEqual(['UNSUPPORTED_COMMAND', undefined]);
    expect(await projector.readiness()).toMatchObject({ state: 'NotReady', reasons: ['starting', 'store_unavailable'] });
    expect(await projector.partitionsHeld()).toBe(0);

    await projection.postgres.restart();
    // Not before the projector has migrated it.
    await waitFor(async () => !(await statusOf(admin)).isPartial, { timeoutMs: 30_000, what: 'a whole answer' });
    await projection.untilRows('early', 50);
    expect(await statusOf(admin)).toMatchObject({ isPartial: false, readiness: 'Ready', reasons: [], instances: 1, episodes: 50n, deadLetters: 0n });
    expect((await projector.readiness()).state).toBe('Ready');
    expect(await projector.partitionsHeld()).toBe(4);
  });

  it('does not come before one that has its database, whatever is called', async () => {
    await projection.giveToken('both');
    const whole = await projection.addForTest(['both']);
    await waitFor(async () => (await whole.partitionsHeld()) === 4, { timeoutMs: 30_000, what: 'all partitions to be held' });
    const lacking = await projection.addForTest(['both'], { 'database.url': projection.postgres.url.replace(String(projection.postgres.port), String(await freePort())) });
    const admin = await bus.connect({ ...adminRights, tenant: 'both' });
    await waitFor(async () => (await lacking.metric('arqon_projector_tenants_connected')) === 1, { timeoutMs: 20_000, what: 'the other to be connected' });
    expect(await statusOf(admin)).toMatchObject({ isPartial: false, instances: 1 });
    expect(fromBinary(ListDeadLettersResponseSchema, (await admin.call('projector.dead_letters.list')).payload).deadLetters).toEqual([]);
    expect(fromBinary(SetPausedResponseSchema, (await admin.call('projector.pause')).payload).isPaused).toBe(true);
    expect((await statusOf(admin)).isPaused).toBe(true);
    await admin.call('projector.dead_letters.replay');
  });

  it('ends at once when it is stopped before, whoever waits for an answer', async () => {
    await projection.giveToken('never');
    const projector = await projection.addForTest(['never'], { 'database.url': projection.postgres.url.replace(String(projection.postgres.port), String(await freePort())) });
    const admin = await bus.connect({ ...adminRights, tenant: 'never' });
    await listening(admin);
    const refused = refusalOf(admin.call('projector.dead_letters.replay'));
    // Refused while the one before still waits.
    expect(await refusalOf(admin.call('projector.dead_letters.list'))).toEqual(['PROJECTION_UNAVAILABLE', 1_000]);
    await within(projector.stop(), 5_000, 'the end');
    expect(await refused).toEqual(['PROJECTION_UNAVAILABLE', 1_000]);
  });
});

import { create, fromBinary, toBinary, type MessageInitShape, type MessageShape } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { BackfillRequestSchema, BackfillStatusSchema, GetBackfillRequestSchema } from '@arqonbus/proto';
import type { Bus } from '@arqonbus/sdk';
import { waitFor, type RunningProcess } from '@arqonbus/testkit';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { episodeEvent } from './episode-events.js';
import { ProjectionUnderTest } from './projection-under-test.js';
import { adminRights, producerRights, RealBus } from './real-bus.js';

const room = 'continuum.episode.v1';
const eventsCount = 6_000;
const episodesCount = 2_000;

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

/** Publishes events that a projector has projected, and loses the rows. */
async function loseRows(tenantId: string): Promise<readonly object[]> {
  const producer = await bus.connect({ ...producerRights, tenant: tenantId });
  const events = Array.from({ length: eventsCount }, (_, at) => episodeEvent({ tenantId, episode: at % episodesCount, at, kind: at % 7 === 0 ? 'UPDATED' : 'CREATED' }));
  for (let from = 0; from < eventsCount; from += 1_000) await producer.publishMany(room, events.slice(from, from + 1_000));
  const stored = 'SELECT agent_id, episode_id, state_ts_us, state_event_id, content_ref, tags FROM arqon.episode WHERE tenant_id = $1 ORDER BY agent_id, episode_id';
  await waitFor(async () => {
    const [last] = await projection.rows<{ least: string | null }>(tenantId, 'SELECT min(sequence) AS least FROM arqon.projection_partition WHERE tenant_id = $1');
    return last.least === String(eventsCount);
  }, { timeoutMs: 60_000, intervalMs: 200, what: 'everything to be projected' });
  const rows = await projection.rows<object>(tenantId, stored);
  await projection.rows(tenantId, 'DELETE FROM arqon.episode WHERE tenant_id = $1');
  return rows;
}

function storedRows(tenantId: string): Promise<readonly object[]> {
  return projection.rows(tenantId, 'SELECT agent_id, episode_id, state_ts_us, state_event_id, content_ref, tags FROM arqon.episode WHERE tenant_id = $1 ORDER BY agent_id, episode_id');
}

class Caller {
  readonly backfillId = randomUUID();

  constructor(private readonly admin: Bus) {}

  async start(args: MessageInitShape<typeof BackfillRequestSchema> = {}): Promise<MessageShape<typeof BackfillStatusSchema>> {
    const request = create(BackfillRequestSchema, { backfillId: this.backfillId, from: timestampFromMs(0), to: timestampFromMs(Date.now()), ...args });
    const { payload } = await this.admin.call('projector.backfill', toBinary(BackfillRequestSchema, request));
    return fromBinary(BackfillStatusSchema, payload);
  }

  async status(): Promise<MessageShape<typeof BackfillStatusSchema>> {
    const { payload } = await this.admin.call('projector.backfill.status', toBinary(GetBackfillRequestSchema, create(GetBackfillRequestSchema, { backfillId: this.backfillId })));
    return fromBinary(BackfillStatusSchema, payload);
  }

  /** Waits until it has come so far, and is not done. */
  async until(sequence: number, tenantId: string): Promise<void> {
    const where = 'SELECT state, coalesce(sequence, 0)::int AS sequence FROM arqon.backfill WHERE tenant_id = $1 ORDER BY started_us DESC LIMIT 1';
    const job = await waitFor(async () => {
      const [row] = await projection.rows<{ state: string; sequence: number }>(tenantId, where);
      return row.sequence >= sequence ? row : undefined;
    }, { timeoutMs: 60_000, intervalMs: 1, what: 'the backfill to move' });
    expect(job.state).toBe('running');
  }

  ended(): Promise<MessageShape<typeof BackfillStatusSchema>> {
    return waitFor(async () => {
      const status = await this.status();
      return status.state === 'running' ? undefined : status;
    }, { timeoutMs: 90_000, intervalMs: 100, what: 'the backfill to end' });
  }
}

async function callerOf(tenantId: string): Promise<Caller> {
  return new Caller(await bus.connect({ ...adminRights, tenant: tenantId }));
}

describe('a backfill of a projector that is killed', { timeout: 240_000 }, () => {
  it('goes on in the next process, loses nothing and counts nothing twice (I6)', async () => {
    await projection.giveToken('acme');
    let projector: RunningProcess = await projection.addProcess(['acme']);
    const rows = await loseRows('acme');
    expect(rows).toHaveLength(episodesCount);
    const caller = await callerOf('acme');
    const beganAt = await caller.start();
    expect(beganAt.state).toBe('running');
    for (const sequence of [1_000, 3_000]) {
      await caller.until(sequence, 'acme');
      await projector.stop('SIGKILL');
      projector = await projection.addProcess(['acme']);
    }
    const ended = await caller.ended();
    expect(ended).toMatchObject({
      state: 'done', errorCode: '', sequence: BigInt(eventsCount),
      counts: { events: BigInt(eventsCount), stale: 0n, refused: 0n, rowsInserted: BigInt(episodesCount), rowsUpdated: 0n, rowsDeleted: 0n, rowsUnchanged: 0n },
    });
    expect(await storedRows('acme')).toEqual(rows);
    await projector.stop('SIGKILL');
  });

  it('goes on in another instance that is there, also while the projection is paused', async () => {
    await projection.giveToken('beta');
    const first = await projection.addProcess(['beta']);
    const rows = await loseRows('beta');
    const caller = await callerOf('beta');
    await (await bus.connect({ ...adminRights, tenant: 'beta' })).call('projector.pause');
    const dry = await callerOf('beta');
    await dry.start({ dryRun: true });
    expect(await dry.ended()).toMatchObject({ state: 'done', counts: { events: BigInt(eventsCount), rowsInserted: BigInt(episodesCount) } });
    expect(await storedRows('beta')).toEqual([]);
    await caller.start();
    await caller.until(1_000, 'beta');
    const second = await projection.addProcess(['beta']);
    await first.stop('SIGKILL');
    expect(await caller.ended()).toMatchObject({ state: 'done', counts: { events: BigInt(eventsCount), rowsInserted: BigInt(episodesCount) } });
    expect(await storedRows('beta')).toEqual(rows);
    await second.stop('SIGKILL');
  });
});

import { fromBinary } from '@bufbuild/protobuf';
import { DeadLetterSchema, EpisodeEventSchema } from '@arqonbus/proto';
import { waitFor, within } from '@arqonbus/testkit';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createdEpisodes, episodeEvent, newEventId } from './episode-events.js';
import { ProjectionUnderTest } from './projection-under-test.js';
import { adminRights, RealBus } from './real-bus.js';

const room = 'continuum.episode.v1';
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

describe('a projector', { timeout: 120_000 }, () => {
  it('projects what the topic holds and what comes, in any order, once (I2, I3, I4)', async () => {
    await projection.giveToken('acme');
    const again = newEventId();
    await projection.publish('acme', [
      episodeEvent({ tenantId: 'acme', episode: 1, at: 5 }), episodeEvent({ tenantId: 'acme', episode: 1, kind: 'UPDATED', at: 3 }),
      episodeEvent({ tenantId: 'acme', episode: 2, at: 1, eventId: again }), episodeEvent({ tenantId: 'acme', episode: 2, at: 1, eventId: again }),
    ]);
    const projector = await projection.addForTest(['acme']);
    await projection.publish('acme', [episodeEvent({ tenantId: 'acme', episode: 2, kind: 'DELETED', at: 9 }), episodeEvent({ tenantId: 'acme', episode: 3, at: 1 })]);
    await projection.untilRows('acme', 3);
    const rows = await projection.rows('acme', 'SELECT content_ref, is_deleted FROM arqon.episode WHERE tenant_id = $1 ORDER BY episode_id');
    expect(rows).toEqual([
      { content_ref: 's3://bucket/5', is_deleted: false }, { content_ref: null, is_deleted: true }, { content_ref: 's3://bucket/1', is_deleted: false },
    ]);
    const outcome = (name: string): Promise<number> => projector.metric(`arqon_projector_events_total{outcome="${name}"}`);
    await waitFor(async () => (await outcome('deleted')) === 1, { what: 'the outcome to be counted' });
    expect([await outcome('inserted'), await outcome('stale'), await outcome('duplicate')]).toEqual([3, 1, 1]);
    expect(await projector.metric('arqon_projector_lag_seconds_count')).toBe(6);
    await waitFor(async () => (await projector.readiness()).state === 'Ready', { what: 'readiness' });
    expect(await projector.stop()).toMatch(/stale event[\s\S]*partition released/);
  });

  it('keeps what it cannot read as a dead letter, tells the topic of it, and goes on (I5)', async () => {
    await projection.giveToken('letters');
    const reader = await bus.connect({ sub: 'reader', tenant: 'letters', subscribe: ['continuum.episode.dlq.v1'] });
    const letters = await reader.join('continuum.episode.dlq.v1');
    const bad = episodeEvent({ tenantId: 'letters', overrides: { tenantId: 'other' } });
    await projection.publish('letters', [episodeEvent({ tenantId: 'letters' }), bad, episodeEvent({ tenantId: 'letters', episode: 2 })]);
    const projector = await projection.addForTest(['letters']);
    await projection.untilRows('letters', 2);
    await projection.untilRows('letters', 1, 'dead_letter');
    const { value } = await within(letters[Symbol.asyncIterator]().next(), 20_000, 'the dead letter') as { value: { readonly payload: Uint8Array } };
    const letter = fromBinary(DeadLetterSchema, value.payload);
    expect(letter).toMatchObject({ errorCode: 'EPISODE_TENANT_MISMATCH', room, sender: 'agent' });
    expect(Buffer.compare(letter.originalPayload, bad.payload as Uint8Array)).toBe(0);
    await waitFor(async () => (await projector.metric('arqon_projector_dead_letters_open')) === 1, { what: 'the dead letter to be counted' });
    const rows = await projection.rows<{ is_announced: boolean }>('letters', 'SELECT is_announced FROM arqon.dead_letter WHERE tenant_id = $1');
    expect(rows).toEqual([{ is_announced: true }]);
  });

  it('tells of a dead letter whose event fills an envelope without the event, which its row keeps', async () => {
    await projection.giveToken('large');
    const reader = await bus.connect({ sub: 'reader', tenant: 'large', subscribe: ['continuum.episode.dlq.v1'] });
    const letters = await reader.join('continuum.episode.dlq.v1');
    const bytes = (reader.limits?.maxEnvelopeBytes ?? 65_536) - 150;
    await projection.publish('large', [{ type: EpisodeEventSchema.typeName, payload: new Uint8Array(bytes).fill(255) }]);
    await projection.addForTest(['large']);
    const { value } = await within(letters[Symbol.asyncIterator]().next(), 20_000, 'the dead letter') as { value: { readonly payload: Uint8Array } };
    expect(fromBinary(DeadLetterSchema, value.payload)).toMatchObject({ originalPayload: new Uint8Array(0), tries: 1 });
    expect(await projection.rows('large', 'SELECT length(original_payload) AS bytes FROM arqon.dead_letter WHERE tenant_id = $1')).toEqual([{ bytes }]);
  });

  it('tells of a dead letter that content inspection stops without its event, and of each other one once', async () => {
    const inspected = await RealBus.start(() => ({ ARQON_SPINE_CASIL_ENABLED: 'true' }));
    onTestFinished(() => inspected.stop());
    const looked = await ProjectionUnderTest.start(inspected);
    onTestFinished(() => looked.stop());
    await looked.giveToken('seen');
    const reader = await inspected.connect({ sub: 'reader', tenant: 'seen', subscribe: ['continuum.episode.dlq.v1'] });
    const letters = await reader.join('continuum.episode.dlq.v1');
    // As large as inspection takes, so that its dead letter is larger.
    const payloads = [10, 65_420, 11].map((bytes) => new Uint8Array(bytes).fill(255));
    await looked.publish('seen', payloads.map((payload) => ({ type: EpisodeEventSchema.typeName, payload })));
    const projector = await looked.addForTest(['seen']);
    await looked.untilRows('seen', 3, 'dead_letter');
    await waitFor(async () => (await looked.rows('seen', 'SELECT 1 FROM arqon.dead_letter WHERE tenant_id = $1 AND NOT is_announced')).length === 0, { timeoutMs: 20_000, what: 'all to be announced' });
    await projector.stop();
    const told: number[] = [];
    while (told.length < 3) {
      const { value } = await within(letters[Symbol.asyncIterator]().next(), 20_000, 'a dead letter') as { value: { readonly payload: Uint8Array } };
      told.push(fromBinary(DeadLetterSchema, value.payload).originalPayload.length);
    }
    expect(told.sort((left, right) => left - right)).toEqual([0, 10, 11]);
    expect((await reader.channelInfo('continuum.episode.dlq.v1')).sequence).toBe(3n);
  });

  it('works for other tenants while the token of one is missing or bad, and for that one once it is there', async () => {
    await projection.giveToken('has');
    await projection.publish('has', createdEpisodes('has', 1, 3));
    await projection.publish('lacks', createdEpisodes('lacks', 1, 3));
    const projector = await projection.addForTest(['has', 'lacks']);
    await projection.untilRows('has', 3);
    expect(await projector.readiness()).toMatchObject({ state: 'Degraded', reasons: ['bus_unavailable'] });
    await projection.giveToken('lacks');
    await projection.untilRows('lacks', 3);
    await waitFor(async () => (await projector.readiness()).state === 'Ready', { timeoutMs: 10_000, what: 'readiness' });
  });

  it('shares the partitions with another, and leaves them to it when it stops', async () => {
    await projection.giveToken('share');
    const [first, second] = [await projection.addForTest(['share']), await projection.addForTest(['share'])];
    await waitFor(async () => (await first.partitionsHeld()) === 2 && (await second.partitionsHeld()) === 2, { timeoutMs: 30_000, what: 'both to hold two partitions' });
    await projection.publish('share', createdEpisodes('share', 1, 200));
    await projection.untilRows('share', 200);
    await first.stop();
    await waitFor(async () => (await second.partitionsHeld()) === 4, { timeoutMs: 10_000, what: 'the other to hold all' });
    await projection.publish('share', createdEpisodes('share', 201, 200));
    await projection.untilRows('share', 400);
    expect(await second.metric('arqon_projector_gaps_total')).toBe(0);
    const [{ n }] = await projection.rows<{ n: string }>('share', 'SELECT count(*) AS n FROM arqon.seen_event WHERE tenant_id = $1');
    expect(n).toBe('400');
  });

  it('takes over within seconds from one that was killed', async () => {
    await projection.giveToken('killed');
    const child = await projection.addProcess(['killed']);
    const projector = await projection.addForTest(['killed']);
    await waitFor(async () => (await projector.partitionsHeld()) === 2, { timeoutMs: 60_000, what: 'both to share' });
    await projection.publish('killed', createdEpisodes('killed', 1, 50));
    await child.stop('SIGKILL');
    await waitFor(async () => (await projector.partitionsHeld()) === 4, { timeoutMs: 10_000, what: 'the takeover' });
    await projection.untilRows('killed', 50);
  });

  it('is paused while the table says so, from its start on', async () => {
    await projection.giveToken('paused');
    const pause = (isPaused: boolean): Promise<unknown> => projection.rows('paused', `INSERT INTO arqon.projection_control VALUES ($1, ${String(isPaused)}, 'test', 0) ON CONFLICT (tenant_id) DO UPDATE SET is_paused = excluded.is_paused`);
    await pause(true);
    await projection.publish('paused', createdEpisodes('paused', 1, 3));
    const projector = await projection.addForTest(['paused']);
    await waitFor(async () => (await projector.metric('arqon_projector_queued_events')) === 3, { timeoutMs: 20_000, what: 'events to wait' });
    expect(await projector.readiness()).toMatchObject({ state: 'Degraded', reasons: ['projection_paused'] });
    await projection.untilRows('paused', 0);
    await pause(false);
    await projection.untilRows('paused', 3);
  });

  it('goes on from what there is when the topic began anew, and says that something may be missing', async () => {
    await projection.giveToken('anew');
    await projection.publish('anew', createdEpisodes('anew', 1, 20));
    const projector = await projection.addForTest(['anew']);
    await projection.untilRows('anew', 20);
    const operator = await bus.connect({ sub: 'operator', tenant: 'anew', roles: ['operator'], capabilities: ['continuum.produce'], publish: [room], subscribe: [room] });
    await operator.deleteChannel(room);
    await projection.publish('anew', createdEpisodes('anew', 21, 5));
    await projection.untilRows('anew', 25);
    expect(await projector.metric('arqon_projector_gaps_total')).toBe(1);
    expect(await projector.readiness()).toMatchObject({ state: 'Degraded', reasons: ['projection_gap'] });
    const admin = await bus.connect({ ...adminRights, tenant: 'anew' });
    await admin.call('projector.pause');
    await waitFor(async () => (await projector.readiness()).reasons.includes('projection_paused'), { timeoutMs: 10_000, what: 'the pause' });
    expect((await projector.readiness()).reasons).toContain('projection_gap');
    await admin.call('projector.resume');
    await waitFor(async () => (await projector.readiness()).state === 'Ready', { timeoutMs: 10_000, what: 'the gap to be noticed' });
    expect(await projector.stop()).toContain('EPOCH_CHANGED');
  });

  it('holds no more in memory than it may while the database is away, and catches up afterwards (no event is lost)', async () => {
    await projection.giveToken('away');
    const projector = await projection.addForTest(['away'], { 'projection.max_queued_events_count': '200', 'projection.max_batch_events_count': '50' });
    await waitFor(async () => (await projector.partitionsHeld()) === 4, { timeoutMs: 30_000, what: 'the partitions' });
    await projection.publish('away', createdEpisodes('away', 1, 500));
    await projection.postgres.kill();
    await projection.publish('away', createdEpisodes('away', 501, 3_000));
    await waitFor(async () => (await projector.readiness()).reasons.includes('store_unavailable'), { timeoutMs: 20_000, what: 'readiness to tell' });
    expect(await projector.metric('arqon_projector_queued_events')).toBeLessThanOrEqual(200);
    await projection.postgres.restart();
    await projection.publish('away', createdEpisodes('away', 3_501, 500));
    await projection.untilRows('away', 4_000);
    await waitFor(async () => (await projector.readiness()).state === 'Ready', { timeoutMs: 20_000, what: 'readiness' });
    expect([await projector.metric('arqon_projector_gaps_total'), await projector.metric('arqon_projector_events_total{outcome="refused"}')]).toEqual([0, 0]);
  });
});

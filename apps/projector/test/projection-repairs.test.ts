import { fromBinary } from '@bufbuild/protobuf';
import { GetLagResponseSchema, GetStatusResponseSchema } from '@arqonbus/proto';
import { waitFor } from '@arqonbus/testkit';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createdEpisodes, episodeEvent } from './episode-events.js';
import { ProjectionUnderTest } from './projection-under-test.js';
import { adminRights, producerRights, RealBus } from './real-bus.js';

const room = 'continuum.episode.v1';
const empty = new Uint8Array(0);
let bus: RealBus;
let projection: ProjectionUnderTest;

beforeAll(async () => {
  bus = await RealBus.start();
  projection = await ProjectionUnderTest.start(bus);
  // The schema, for tests that write into it before a projector does.
  await projection.giveToken('first');
  const projector = await projection.addProjector(['first']);
  await waitFor(async () => (await projector.partitionsHeld()) === 4, { timeoutMs: 60_000, what: 'the schema' });
  await projector.stop();
}, 180_000);

afterAll(async () => {
  await projection.stop();
  await bus.stop();
}, 120_000);

describe('a projector', { timeout: 120_000 }, () => {
  it('splits a batch that the database refuses until the bad event alone is left, and keeps that as a dead letter (I5)', async () => {
    await projection.giveToken('split');
    await projection.execute("ALTER TABLE arqon.episode ADD CONSTRAINT no_thirteen CHECK (content_ref IS DISTINCT FROM 's3://bucket/13')");
    onTestFinished(() => projection.execute('ALTER TABLE arqon.episode DROP CONSTRAINT no_thirteen'));
    await projection.publish('split', createdEpisodes('split', 1, 40));
    const projector = await projection.addForTest(['split'], { 'projection.partitions_count': '1' });
    await projection.untilRows('split', 39);
    const letters = await projection.rows('split', 'SELECT error_code, tries FROM arqon.dead_letter WHERE tenant_id = $1');
    expect(letters).toEqual([{ error_code: 'EPISODE_NOT_STORABLE', tries: expect.any(Number) as number }]);
    expect(await projector.metric('arqon_projector_splits_total')).toBeGreaterThan(1);
    expect(await projector.metric('arqon_projector_retries_total')).toBe(0);
  });

  it('answers calls of an admin: how far it is, and how far behind (I6, I17)', async () => {
    await projection.giveToken('calls');
    await projection.publish('calls', createdEpisodes('calls', 1, 30));
    const projector = await projection.addForTest(['calls']);
    await projection.untilRows('calls', 30);
    const admin = await bus.connect({ ...adminRights, tenant: 'calls' });
    const lag = async (): Promise<{ readonly events: bigint; readonly seconds: number }> => fromBinary(GetLagResponseSchema, (await admin.call('projector.lag', empty)).payload);
    await waitFor(async () => (await lag()).events === 0n, { timeoutMs: 20_000, what: 'positions of all partitions to reach the end' });
    expect(await lag()).toMatchObject({ events: 0n, seconds: 0 });
    const status = fromBinary(GetStatusResponseSchema, (await admin.call('projector.status', empty)).payload);
    expect(status).toMatchObject({ tenantId: 'calls', isPaused: false, episodes: 30n, readiness: 'Ready', reasons: [] });
    expect(status.partitions).toHaveLength(4);
    await admin.call('projector.pause', empty);
    await waitFor(async () => (await projector.readiness()).reasons.includes('projection_paused'), { timeoutMs: 10_000, what: 'the pause' });
    await projection.publish('calls', createdEpisodes('calls', 31, 5));
    await waitFor(async () => (await lag()).events >= 5n, { timeoutMs: 10_000, what: 'lag to grow' });
    await waitFor(async () => (await lag()).seconds > 0, { timeoutMs: 10_000, what: 'the oldest to wait' });
    await admin.call('projector.resume', empty);
    await projection.untilRows('calls', 35);
  });

  it('reads all of a topic that ends before the stored position, and says that something may be missing', async () => {
    await projection.giveToken('back');
    const first = await projection.addForTest(['back']);
    await projection.publish('back', createdEpisodes('back', 1, 10));
    await projection.untilRows('back', 10);
    await first.stop();
    await projection.rows('back', 'UPDATE arqon.projection_partition SET sequence = sequence + 1000 WHERE tenant_id = $1');
    await projection.publish('back', createdEpisodes('back', 11, 10));
    const second = await projection.addForTest(['back']);
    await projection.untilRows('back', 20);
    expect((await second.readiness()).reasons).toEqual(['projection_gap']);
    const positions = (): Promise<readonly { readonly sequence: string }[]> => projection.rows('back', 'SELECT sequence FROM arqon.projection_partition WHERE tenant_id = $1');
    await projection.publish('back', createdEpisodes('back', 21, 40));
    await projection.untilRows('back', 60);
    await waitFor(async () => (await positions()).every(({ sequence }) => Number(sequence) < 1_000), { timeoutMs: 10_000, what: 'positions to be those of the topic' });
  });

  it('tells of events that history held no more when it came to them, once, and goes on with those that it holds', async () => {
    const short = await RealBus.start(() => ({ ARQON_SPINE_HISTORY_MAX_EVENTS_COUNT: '100' }));
    const other = await ProjectionUnderTest.start(short);
    onTestFinished(async () => {
      await other.stop();
      await short.stop();
    });
    await other.giveToken('trimmed');
    const producer = await short.connect({ ...producerRights, tenant: 'trimmed' });
    await producer.publishMany(room, createdEpisodes('trimmed', 1, 20));
    const first = await other.addProjector(['trimmed']);
    await other.untilRows('trimmed', 20);
    await first.stop();
    for (let from = 21; from < 321; from += 10) await producer.publishMany(room, createdEpisodes('trimmed', from, 10));
    const second = await other.addProjector(['trimmed']);
    await waitFor(async () => (await other.rows('trimmed', 'SELECT 1 FROM arqon.episode WHERE tenant_id = $1 AND content_ref = \'s3://bucket/320\'')).length === 1, { timeoutMs: 20_000, what: 'the last event' });
    expect((await other.rows('trimmed', 'SELECT 1 FROM arqon.episode WHERE tenant_id = $1')).length).toBeLessThan(320);
    expect((await second.readiness()).reasons).toEqual(['projection_gap']);
    expect(await second.metric('arqon_projector_gaps_total')).toBe(1);
    const log = await second.stop();
    expect(log.split('HISTORY_TRIMMED').length).toBeGreaterThan(1);
    expect(log).toContain('"after":"20"');
  });

  it('takes partitions above its share when the other instance does not have the tenant', async () => {
    await projection.giveToken('mine');
    await projection.giveToken('yours');
    await projection.addForTest(['yours']);
    const projector = await projection.addForTest(['mine']);
    await projection.publish('mine', createdEpisodes('mine', 1, 60));
    await projection.untilRows('mine', 60);
    expect(await projector.partitionsHeld()).toBe(4);
  });

  it('forgets marks of ids after their retention', async () => {
    await projection.giveToken('marks');
    await projection.rows('marks', "INSERT INTO arqon.seen_event (tenant_id, event_id, seen_us) SELECT $1, gen_random_uuid(), 1 FROM generate_series(1, 50)");
    const projector = await projection.addForTest(['marks'], { 'projection.mark_retention_ms': '60000' });
    await waitFor(async () => (await projector.metric('arqon_projector_pruned_marks_total')) === 50, { timeoutMs: 30_000, what: 'the marks to be forgotten' });
  });

  it('ends with 78 and its reason when the schema is not the one that it knows', async () => {
    await projection.giveToken('schema');
    const database = await projection.postgres.createDatabase('unmigrated');
    const child = await projection.addProcess(['schema'], { 'database.url': database, 'database.migrate': 'false' });
    expect(await child.exited).toMatchObject({ code: 78 });
    expect(child.output.stderr).toMatch(/^projector: .*schema/m);
  });

  it('ends with 78 and its reason when it has fewer partitions than were projected, and goes on with as many or more', async () => {
    await projection.giveToken('fewer');
    await projection.publish('fewer', createdEpisodes('fewer', 1, 40));
    const projector = await projection.addForTest(['fewer']);
    await projection.untilRows('fewer', 40);
    await projector.stop();
    const child = await projection.addProcess(['fewer'], { 'projection.partitions_count': '3' });
    expect(await child.exited).toMatchObject({ code: 78 });
    expect(child.output.stderr).toContain('projector: projection.partitions_count is 3, and fewer was projected in 4 partitions: it must not be lowered');
    await projection.publish('fewer', createdEpisodes('fewer', 41, 40));
    const more = await projection.addForTest(['fewer'], { 'projection.partitions_count': '6' });
    await projection.untilRows('fewer', 80);
    await waitFor(async () => (await more.partitionsHeld()) === 6, { what: 'six partitions' });
  });

  it('loses no event that waits while the number of partitions rises: which partition it is of has changed', async () => {
    await projection.giveToken('raised');
    await projection.publish('raised', createdEpisodes('raised', 1, 60));
    const before = await projection.addProcess(['raised']);
    await projection.untilRows('raised', 60);
    const updated = async (): Promise<number> => (await projection.rows<{ n: number }>('raised', "SELECT count(*)::int AS n FROM arqon.episode WHERE tenant_id = $1 AND tags = '{updated}'"))[0].n;
    const distinctPlaces = async (): Promise<number> => (await projection.rows<{ n: number }>('raised', 'SELECT count(DISTINCT sequence)::int AS n FROM arqon.projection_partition WHERE tenant_id = $1'))[0].n;
    await projection.whileRowIsHeld('raised', async () => {
      // The partition of that row waits, the others go on to the end.
      await projection.publish('raised', Array.from({ length: 60 }, (_, index) => episodeEvent({ tenantId: 'raised', kind: 'UPDATED', episode: index + 1, at: 1_000 + index })));
      await waitFor(async () => (await updated()) > 0 && (await distinctPlaces()) === 2, { timeoutMs: 60_000, intervalMs: 100, what: 'all partitions but one to reach the end' });
      expect(await updated()).toBeLessThan(60);
      await before.stop('SIGKILL');
    });
    await projection.addForTest(['raised'], { 'projection.partitions_count': '6' });
    await waitFor(async () => (await updated()) === 60, { timeoutMs: 60_000, intervalMs: 100, what: 'all updates' });
    expect(await projection.rows('raised', 'SELECT error_code FROM arqon.dead_letter WHERE tenant_id = $1')).toEqual([]);
  });
});

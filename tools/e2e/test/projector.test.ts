import { DeadLetterSchema, EpisodeEventSchema, EpisodeEventType, GetStatusResponseSchema, SetPausedResponseSchema } from '@arqonbus/proto';
import { isArqonError } from '@arqonbus/sdk';
import { waitFor } from '@arqonbus/testkit';
import { fromBinary } from '@bufbuild/protobuf';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deadLetterRoom, episodeRoom, ProjectionSystem, type ServerProcess } from '../src/index.js';
import { countOf, feedOf } from './episode-feed.js';

const tenants = ['acme', 'globex', 'late'] as const;
const secret = 'content-that-nobody-is-told';

let system: ProjectionSystem;
let projector: ServerProcess;

beforeAll(async () => {
  system = await ProjectionSystem.start({ tenants, projector: { 'log.level': 'debug' } });
  rmSync(system.tokenFile('late'));
  projector = await system.addProjector();
}, 120_000);
afterAll(() => system.stop());

async function readiness(): Promise<string> {
  return (await projector.admin('/ready')).text;
}

async function deadLetters(tenant: string): Promise<Record<string, unknown>[]> {
  return system.sql('SELECT error_code, field, reason, original_payload FROM arqon.dead_letter WHERE tenant_id = $1 ORDER BY id', [tenant]);
}

describe('the projector', () => {
  it('brings episodes of several tenants and agents into the database: made, changed, deleted, made again', async () => {
    const feeds = await Promise.all([feedOf(system, 'acme', 'agent-1'), feedOf(system, 'acme', 'agent-2'), feedOf(system, 'globex', 'agent-1')]);
    for (const feed of feeds) {
      await feed.change(60);
      await feed.changeOne(feed.episode(0), { type: EpisodeEventType.DELETED });
      await feed.changeOne(feed.episode(1), { type: EpisodeEventType.DELETED });
      await feed.changeOne(feed.episode(1), { type: EpisodeEventType.CREATED });
    }
    await expect(Promise.all(feeds.map((feed) => feed.projected(system)))).resolves.toHaveLength(3);
  });

  it('never lets an older event overwrite a newer one, whatever comes after it', async () => {
    const feed = await feedOf(system, 'acme', 'agent-3');
    await feed.changeOne(feed.episode(0));
    await feed.changeOne(feed.episode(0), { atUs: 1_700_000_000_000_000 });
    await feed.changeOne(feed.episode(0), { atUs: 1_700_000_000_000_001, type: EpisodeEventType.CREATED });
    await feed.changeOne(feed.episode(0), { atUs: 1_700_000_000_000_002, type: EpisodeEventType.DELETED });
    await feed.changeOne(feed.episode(1));
    await feed.projected(system);
    await waitFor(async () => (await countOf(projector, 'stale')) >= 2, { what: 'the stale events to be counted' });
  });

  it('goes on around poison, which becomes dead letters with its original bytes', async () => {
    const feed = await feedOf(system, 'globex', 'agent-4');
    const operator = await system.operator('globex');
    const poison = [Buffer.from(`\u00ff\u00ff${secret}`, 'latin1'), Buffer.from(secret)];
    const agent = await system.agent('globex', 'poisoner');
    await feed.change(10);
    for (const payload of poison) {
      await agent.publish(episodeRoom, { type: EpisodeEventSchema.typeName, payload });
      await feed.change(10);
    }
    await feed.changeOne(feed.episode(0), { tenantId: 'acme' });
    await feed.change(10);
    await feed.projected(system);
    const letters = await deadLetters('globex');
    expect(letters.map(({ error_code: code }) => code)).toEqual(['EPISODE_MALFORMED', 'EPISODE_MALFORMED', 'EPISODE_TENANT_MISMATCH']);
    expect(letters.slice(0, 2).map(({ original_payload: payload }) => payload)).toEqual(poison);
    const announced = await waitFor(async () => {
      const found = [];
      for await (const message of operator.history(deadLetterRoom)) found.push(fromBinary(DeadLetterSchema, message.payload));
      return found.length >= 3 ? found : undefined;
    }, { timeoutMs: 20_000, intervalMs: 100, what: 'the dead letters in their topic' });
    expect(announced.slice(0, 2).map(({ originalPayload }) => Buffer.from(originalPayload))).toEqual(poison);
    expect(announced.map(({ sender }) => sender)).toEqual(['poisoner', 'poisoner', 'agent-4']);
    expect(await deadLetters('acme')).toEqual([]);
  });

  it('shows a role of one tenant nothing of another: no row, no metric, no line of a log with content', async () => {
    await system.sql('CREATE ROLE reader_of_acme LOGIN');
    await system.sql('SELECT arqon.grant_reader($1, $2)', ['reader_of_acme', 'acme']);
    for (const statement of ['SELECT DISTINCT tenant_id FROM arqon.episodes', 'SELECT DISTINCT tenant_id FROM arqon.episode']) {
      expect(await system.sql(statement, [], 'reader_of_acme')).toEqual([{ tenant_id: 'acme' }]);
    }
    expect(await system.sql("SELECT * FROM arqon.episode WHERE tenant_id = 'globex'", [], 'reader_of_acme')).toEqual([]);
    const forbidden = [
      'SELECT * FROM arqon.dead_letter', 'SELECT * FROM arqon.seen_event', 'SELECT * FROM arqon.projection_partition', 'SELECT * FROM arqon.backfill', 'SELECT * FROM arqon.projection_control',
      'UPDATE arqon.episode SET summary = summary', 'DELETE FROM arqon.episode',
    ];
    for (const statement of forbidden) await expect(system.sql(statement, [], 'reader_of_acme')).rejects.toThrow(/permission denied/);
    await expect(system.sql('SELECT arqon.grant_reader($1, $2)', ['reader_of_acme', 'globex'], 'reader_of_acme')).rejects.toThrow(/permission denied/);
    const { text } = await projector.admin('/metrics');
    for (const tenant of tenants) expect(text).not.toContain(`"${tenant}"`);
    expect(projector.log).not.toContain(secret);
  });

  it('lets nobody write episodes who has neither the capability nor the role, whatever rooms the token names', async () => {
    const bus = await system.cluster.bus({ tenant: 'acme', sub: 'outsider', publish: [episodeRoom] });
    const refusal: unknown = await bus.publish(episodeRoom, { type: EpisodeEventSchema.typeName }).catch((error: unknown) => error);
    expect(isArqonError(refusal) && refusal.code).toBe('NOT_PERMITTED');
  });

  it('works for the others while one tenant has no token, says so, and takes that tenant up once it has one', async () => {
    expect(await readiness()).toContain('bus_unavailable');
    const late = await feedOf(system, 'late', 'agent-1');
    await late.change(30);
    expect(await late.rows(system)).toEqual({});
    await system.giveToken('late');
    await late.projected(system);
    await waitFor(async () => !(await readiness()).includes('bus_unavailable'), { what: 'every tenant to be connected' });
  });

  it('pauses and resumes one tenant when an administrator calls, and nobody else', async () => {
    const [acme, globex] = await Promise.all([feedOf(system, 'acme', 'agent-5'), feedOf(system, 'globex', 'agent-5')]);
    const [operator, agent] = await Promise.all([system.operator('acme'), system.agent('acme', 'agent-6')]);
    const refusal: unknown = await agent.call('projector.pause').catch((error: unknown) => error);
    expect(isArqonError(refusal) && refusal.code).toBe('NOT_PERMITTED');
    expect(fromBinary(SetPausedResponseSchema, (await operator.call('projector.pause')).payload).isPaused).toBe(true);
    await waitFor(async () => (await readiness()).includes('projection_paused'), { what: 'readiness to tell of the pause' });
    await Promise.all([acme.change(20), globex.change(20)]);
    await globex.projected(system);
    expect(await acme.rows(system)).toEqual({});
    const status = fromBinary(GetStatusResponseSchema, (await operator.call('projector.status')).payload);
    expect(status).toMatchObject({ tenantId: 'acme', isPaused: true });
    await operator.call('projector.resume');
    await acme.projected(system);
    await waitFor(async () => !(await readiness()).includes('projection_paused'), { what: 'readiness to tell of the resumption' });
  });

  it('ends in order when it is told to, and what was published meanwhile waits for the next', async () => {
    const feed = await feedOf(system, 'acme', 'agent-7');
    await feed.change(100);
    expect(await projector.stop()).toEqual({ code: 0, signal: null });
    await feed.change(100);
    await projector.restart();
    await feed.projected(system);
  }, 120_000);
});

import { change, newEventId, newKey, ProjectedPartition } from '@arqonbus/storage/episodes-contract';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEpisodeStore } from '../src/index.js';
import { openDatabase } from '../src/open-episode-store.js';
import { PostgresUnderTest } from './postgres-under-test.js';

const tenants = ['acme', 'umbrella'] as const;
const tables = ['episode', 'seen_event', 'projection_partition', 'dead_letter', 'backfill', 'backfill_row', 'projection_control'] as const;

let postgres: PostgresUnderTest;

/** Rows of every kind for both tenants; whatever is umbrella's says so. */
beforeAll(async () => {
  postgres = await PostgresUnderTest.start();
  const store = await openEpisodeStore({ database: postgres.options(), migrate: true, instance: 'one' });
  for (const tenantId of tenants) {
    const partition = await ProjectedPartition.claim(store, tenantId);
    const keys = Array.from({ length: 20 }, () => newKey(tenantId, `${tenantId}-agent`));
    await partition.apply(
      ...keys.map((key) => change('created', key, 1_000, { contentRef: `s3://${tenantId}/canary`, summary: `${tenantId} canary`, metadataJson: `{"of":"${tenantId}"}` })),
      { code: 'EPISODE_MALFORMED', field: '', reason: `of ${tenantId}`, eventId: '' },
    );
    const { id } = await store.startBackfill({ id: newEventId(), tenantId, fromUs: 0, toUs: 1, agentId: `${tenantId}-agent`, isDryRun: false });
    await store.applyBackfill({ tenantId, id, from: undefined }, { changes: [change('updated', keys[0], 900)], upTo: { epoch: 1n, sequence: 1n }, refused: 0 });
    await store.setPaused(tenantId, false, `${tenantId}-admin`);
  }
  await store.close();
  for (const role of ['acme_app', 'umbrella_app', 'stray_app', 'new_app']) await postgres.ask(`CREATE ROLE ${role} LOGIN`);
  for (const tenantId of tenants) await postgres.ask('SELECT arqon.grant_reader($1, $2)', [`${tenantId}_app`, tenantId]);
  await postgres.ask('GRANT arqon_reader TO stray_app');
  await postgres.ask('ANALYZE arqon.episode');
});

afterAll(() => postgres.stop());

/** One session of a login; refused statements give their error. */
async function asRole<Result>(role: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: postgres.urlOf(role) });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** As the projector works: the owner's login, the role that is bound, one tenant. */
function asProjector<Result>(tenantId: string | undefined, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  return asRole(postgres.server.user, async (client) => {
    await client.query('SET ROLE arqon_projector');
    if (tenantId !== undefined) await client.query(`SELECT set_config('arqon.tenant_id', $1, false)`, [tenantId]);
    return work(client);
  });
}

async function refusal(client: pg.Client, text: string, values: readonly unknown[] = []): Promise<string> {
  try {
    await client.query(text, [...values]);
    return 'not refused';
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    return `${error.message} ${error.detail ?? ''} ${error.hint ?? ''} ${error.where ?? ''}`;
  }
}

describe('tables of the projection', () => {
  it('have the tenant first in every key, and row-level security, forced for their owner too', async () => {
    const found = await postgres.ask<{ name: string; is_on: boolean; is_forced: boolean; first: string }>(`
      SELECT c.relname AS name, c.relrowsecurity AS is_on, c.relforcerowsecurity AS is_forced, a.attname AS first
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'arqon'
      JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
      WHERE c.relkind = 'r' ORDER BY 1`);
    expect(found.map(({ name }) => name)).toEqual([...tables, 'reader_tenant'].sort());
    expect(found.filter(({ is_on, first }) => !is_on || first !== 'tenant_id')).toEqual([]);
    expect(found.filter(({ is_forced }) => !is_forced).map(({ name }) => name)).toEqual(['reader_tenant']);
  });
});

describe('role arqon_projector', () => {
  it.each(tables)('sees and changes rows of its tenant alone in %s, whatever the condition says', async (table) => {
    await asProjector('acme', async (client) => {
      const { rows: all } = await client.query<{ tenant_id: string }>(`SELECT tenant_id FROM arqon.${table}`);
      expect(new Set(all.map((row) => row.tenant_id))).toEqual(new Set(['acme']));
      for (const statement of [
        `SELECT * FROM arqon.${table} WHERE tenant_id = 'umbrella'`, `UPDATE arqon.${table} SET tenant_id = tenant_id WHERE tenant_id <> 'acme'`,
        `DELETE FROM arqon.${table} WHERE tenant_id = 'umbrella'`, `SELECT * FROM arqon.${table} WHERE true OR tenant_id = 'umbrella' EXCEPT SELECT * FROM arqon.${table} WHERE tenant_id = 'acme'`,
      ]) expect((await client.query(statement)).rowCount, statement).toBe(0);
      expect(await refusal(client, `UPDATE arqon.${table} SET tenant_id = 'umbrella'`)).toContain('row-level security');
    });
    const [{ count }] = await postgres.ask<{ count: string }>(`SELECT count(*) FROM arqon.${table} WHERE tenant_id = 'umbrella'`);
    expect(Number(count)).toBeGreaterThan(0);
  });

  it.each(tables)('sees nothing in %s without a tenant, and with one that is none', async (table) => {
    for (const tenantId of [undefined, '', 'acm', 'acme ', 'ACME', '%']) {
      await asProjector(tenantId, async (client) => expect((await client.query(`SELECT * FROM arqon.${table}`)).rowCount, String(tenantId)).toBe(0));
    }
  });

  it('cannot write for another tenant, and is not told whether a row of it is there', async () => {
    const [theirs] = await postgres.ask<{ agent_id: string; episode_id: string }>(`SELECT agent_id, episode_id FROM arqon.episode WHERE tenant_id = 'umbrella' LIMIT 1`);
    await asProjector('acme', async (client) => {
      const insert = 'INSERT INTO arqon.episode (tenant_id, agent_id, episode_id, is_deleted, tags) VALUES ($1, $2, $3, false, $4)';
      const existing = await refusal(client, insert, ['umbrella', theirs.agent_id, theirs.episode_id, []]);
      const absent = await refusal(client, insert, ['umbrella', 'nobody', theirs.episode_id, []]);
      expect(existing).toContain('row-level security');
      expect(existing).toBe(absent);
      expect(await refusal(client, `${insert} ON CONFLICT (tenant_id, agent_id, episode_id) DO UPDATE SET content_ref = 'x'`, ['umbrella', theirs.agent_id, theirs.episode_id, []])).toContain('row-level security');
    });
  });

  it('cannot turn row-level security off, and owns nothing', async () => {
    await asProjector('acme', async (client) => {
      expect(await refusal(client, 'ALTER TABLE arqon.episode DISABLE ROW LEVEL SECURITY')).toContain('must be owner');
      expect(await refusal(client, 'DROP POLICY own_tenant ON arqon.episode')).toContain('must be owner');
      expect(await refusal(client, 'TRUNCATE arqon.episode')).toContain('permission denied');
      expect(await refusal(client, `SELECT arqon.grant_reader('acme_app', 'umbrella')`)).toContain('permission denied');
      expect(await refusal(client, 'CREATE TABLE arqon.mine ()')).toContain('permission denied');
      await client.query('SET row_security = off');
      expect(await refusal(client, 'SELECT * FROM arqon.episode')).toContain('row-level security');
    });
  });

  it('is what the store\'s own statements run as, with the superuser\'s login too', async () => {
    const database = await openDatabase({ database: postgres.options(), migrate: false });
    try {
      const seen = await database.transaction('acme', (sql) => sql.query<{ tenant_id: string; who: string }>('SELECT DISTINCT tenant_id, current_user AS who FROM arqon.episode'));
      expect(seen).toEqual([{ tenant_id: 'acme', who: 'arqon_projector' }]);
      // The tenant of a transaction ends with it.
      expect(await database.run((sql) => sql.query('SELECT * FROM arqon.episode'))).toEqual([]);
      await expect(database.transaction('acme', (sql) => sql.query(`UPDATE arqon.episode SET tenant_id = 'umbrella'`))).rejects.toThrow();
      expect(await database.run((sql) => sql.query('SELECT * FROM arqon.dead_letter'))).toEqual([]);
    } finally {
      await database.close();
    }
  });

  it('is enough for a projector: its login needs no more', async () => {
    await postgres.ask('CREATE ROLE projector_login LOGIN IN ROLE arqon_projector');
    const store = await openEpisodeStore({ database: postgres.options({ url: postgres.urlOf('projector_login') }), migrate: false, instance: 'two' });
    try {
      const partition = await ProjectedPartition.claim(store, 'globex');
      expect(await partition.apply(change('created', newKey('globex'), 1_000))).toEqual(['inserted']);
    } finally {
      await store.close();
    }
  });
});

describe('a reader\'s role made by arqon.grant_reader', () => {
  it('sees the episodes of its tenant alone, by the view and by the table', async () => {
    for (const tenantId of tenants) {
      await asRole(`${tenantId}_app`, async (client) => {
        for (const relation of ['arqon.episodes', 'arqon.episode']) {
          const { rows } = await client.query<{ tenant_id: string; content_ref: string }>(`SELECT tenant_id, content_ref FROM ${relation}`);
          expect(rows).toHaveLength(20);
          expect(new Set(rows.map((row) => `${row.tenant_id} ${row.content_ref}`))).toEqual(new Set([`${tenantId} s3://${tenantId}/canary`]));
        }
      });
    }
  });

  it('gets no more by any setting or role', async () => {
    await asRole('acme_app', async (client) => {
      const count = async (): Promise<number | null> => (await client.query(`SELECT * FROM arqon.episodes WHERE tenant_id = 'umbrella'`)).rowCount;
      await client.query(`SET arqon.tenant_id = 'umbrella'`);
      expect(await count()).toBe(0);
      await client.query(`SELECT set_config('role', 'arqon_reader', false)`);
      expect(await count()).toBe(0);
      expect((await client.query('SELECT * FROM arqon.episodes')).rowCount).toBe(0);
      await client.query('RESET ROLE');
      for (const role of ['arqon_projector', 'umbrella_app', postgres.server.user]) expect(await refusal(client, `SET ROLE ${role}`)).toContain('permission denied');
      expect(await refusal(client, 'SET SESSION AUTHORIZATION umbrella_app')).toContain('permission denied');
      await client.query('SET row_security = off');
      expect(await refusal(client, 'SELECT * FROM arqon.episodes')).toContain('row-level security');
    });
  });

  it('can neither write nor read anything else', async () => {
    await asRole('acme_app', async (client) => {
      for (const table of tables.filter((name) => name !== 'episode')) expect(await refusal(client, `SELECT * FROM arqon.${table}`)).toContain('permission denied');
      for (const statement of [
        `INSERT INTO arqon.episode (tenant_id, agent_id, episode_id, is_deleted, tags) VALUES ('acme', 'a', 'b', false, '{}')`, `UPDATE arqon.episode SET content_ref = 'x'`,
        'DELETE FROM arqon.episode', 'DELETE FROM arqon.episodes', 'TRUNCATE arqon.episode', `UPDATE arqon.reader_tenant SET tenant_id = 'umbrella'`,
        `INSERT INTO arqon.reader_tenant VALUES ('umbrella', 'acme_app')`, 'DELETE FROM arqon.reader_tenant', `SELECT arqon.grant_reader('acme_app', 'umbrella')`,
        'CREATE TABLE arqon.mine ()', 'SELECT * FROM arqon_migrations.migration',
      ]) expect(await refusal(client, statement), statement).toContain('permission denied');
      expect((await client.query<{ tenant_id: string }>('SELECT * FROM arqon.reader_tenant')).rows).toEqual([{ tenant_id: 'acme', role_name: 'acme_app' }]);
    });
  });

  it('learns nothing of another tenant from errors, cheap functions, statistics or plans', async () => {
    await asRole('acme_app', async (client) => {
      const told: string[] = [];
      client.on('notice', (notice) => told.push(notice.message ?? ''));
      await client.query(`CREATE FUNCTION pg_temp.tell(said text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$ BEGIN RAISE NOTICE '%', said; RETURN true; END $$`);
      await client.query('SELECT count(*) FROM arqon.episodes WHERE pg_temp.tell(content_ref)');
      await client.query('SELECT count(*) FROM arqon.episode WHERE pg_temp.tell(tenant_id || summary)');
      expect(told).toHaveLength(40);
      const errors = [
        await refusal(client, `SELECT content_ref::integer FROM arqon.episodes`), await refusal(client, `SELECT (metadata->>'of')::integer FROM arqon.episode`),
        await refusal(client, `SELECT 1 / (CASE WHEN tenant_id = 'umbrella' THEN 0 ELSE 1 END) FROM arqon.episode`),
      ];
      expect(errors.at(-1)).toBe('not refused');
      const { rows: statistics } = await client.query(`SELECT * FROM pg_stats WHERE schemaname = 'arqon'`);
      expect(statistics).toEqual([]);
      const { rows: plan } = await client.query('EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM arqon.episodes');
      expect(JSON.stringify([told, errors, plan])).not.toContain('umbrella');
    });
  });

  it('moves to another tenant when it is given one', async () => {
    await postgres.ask('CREATE ROLE moving_app LOGIN');
    for (const tenantId of tenants) {
      await postgres.ask('SELECT arqon.grant_reader($1, $2)', ['moving_app', tenantId]);
      await asRole('moving_app', async (client) => {
        expect((await client.query(`SELECT DISTINCT tenant_id FROM arqon.episodes`)).rows).toEqual([{ tenant_id: tenantId }]);
      });
    }
  });
});

describe('any other role', () => {
  it('sees nothing', async () => {
    await asRole('new_app', async (client) => {
      for (const name of [...tables, 'episodes', 'reader_tenant']) expect(await refusal(client, `SELECT * FROM arqon.${name}`)).toContain('permission denied');
      expect(await refusal(client, `SELECT arqon.grant_reader('new_app', 'acme')`)).toContain('permission denied');
    });
  });

  it('sees no row as a reader without a tenant', async () => {
    await asRole('stray_app', async (client) => {
      expect((await client.query('SELECT * FROM arqon.episodes')).rowCount).toBe(0);
      expect((await client.query('SELECT * FROM arqon.reader_tenant')).rowCount).toBe(0);
    });
  });
});

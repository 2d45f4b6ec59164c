import type { EpisodeChange } from '@arqonbus/continuum';
import { change, newKey, ProjectedPartition } from '@arqonbus/storage/episodes-contract';
import { createTempFolder } from '@arqonbus/testkit';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EpisodeStore } from '@arqonbus/storage/episodes';
import { openEpisodeStore } from '../src/index.js';
import { PostgresUnderTest } from './postgres-under-test.js';

const execute = promisify(execFile);
const tenants = ['acme', 'umbrella'] as const;
/** One digest over all rows of a table, in the order of their keys: equal for equal tables alone. */
const digestSql = `SELECT tenant_id, count(*) AS rows, md5(string_agg(md5(concat_ws('|', agent_id, episode_id, state_ts_us, state_event_id, is_deleted, content_ref, state_summary, tags, embedding_ref, metadata,
    summary_ts_us, summary_event_id, summary)), '' ORDER BY agent_id, episode_id)) AS digest
  FROM arqon.episode GROUP BY tenant_id ORDER BY tenant_id`;

let postgres: PostgresUnderTest;
const folder = createTempFolder('arqon-backup-');

beforeAll(async () => {
  postgres = await PostgresUnderTest.start();
});

afterAll(async () => {
  await postgres.stop();
  folder.remove();
});

/** Created, updated, deleted and revived episodes of one tenant: what its topic holds. */
function topicOf(tenantId: string): readonly EpisodeChange[] {
  const keys = Array.from({ length: 200 }, (_, index) => newKey(tenantId, `agent-${String(index % 5)}`));
  return keys.flatMap((key, index) => [
    change('created', key, 1_000, { tags: ['"', 'ß'], summary: `summary ${String(index)}`, metadataJson: '{"a":[1,null]}' }), change('updated', key, 2_000),
    ...(index % 3 === 0 ? [change('deleted', key, 3_000)] : []), ...(index % 6 === 0 ? [change('created', key, 4_000)] : []), change('summarized', key, 2_500),
  ]);
}

async function project(store: EpisodeStore, tenantId: string, topic: readonly EpisodeChange[]): Promise<readonly unknown[]> {
  const partition = await ProjectedPartition.claim(store, tenantId);
  const done = Number(partition.position?.sequence ?? 0n);
  const outcomes = done === topic.length ? [] : await partition.apply(...topic.slice(done));
  await store.releasePartition(partition.claim);
  return outcomes;
}

it('brings back what a dump holds, and the topic brings the rest: the same checksums (I15)', async () => {
  const topics = new Map(tenants.map((tenantId) => [tenantId, topicOf(tenantId)]));
  const options = postgres.options({ url: await postgres.server.createDatabase('episodes') });
  const store = await openEpisodeStore({ database: options, migrate: true, instance: 'one' });
  const tool = (name: string, ...args: readonly string[]): Promise<unknown> => execute(join(postgres.server.binFolder, name), ['--host', postgres.server.folder, '--port', String(postgres.server.port), '--username', postgres.server.user, ...args]);
  const dump = folder.file('episodes.dump');
  for (const [tenantId, topic] of topics) await project(store, tenantId, topic.slice(0, 500));
  await tool('pg_dump', '--format', 'custom', '--file', dump, 'episodes');
  for (const [tenantId, topic] of topics) await project(store, tenantId, topic);
  const before = await postgres.ask(digestSql, [], options.url);
  expect(before).toMatchObject(tenants.map((tenantId) => ({ tenant_id: tenantId, rows: '200' })));
  await store.close();

  await tool('dropdb', 'episodes');
  await tool('createdb', 'episodes');
  await tool('pg_restore', '--exit-on-error', '--dbname', 'episodes', dump);
  expect(await postgres.ask(digestSql, [], options.url)).not.toEqual(before);
  const restored = await openEpisodeStore({ database: options, migrate: false, instance: 'one' });
  try {
    for (const [tenantId, topic] of topics) {
      // The position is in the dump, so the projector goes on right behind what the dump holds.
      const outcomes = await project(restored, tenantId, topic);
      expect(outcomes).toHaveLength(topic.length - 500);
      expect(outcomes).not.toContain('duplicate');
    }
    expect(await postgres.ask(digestSql, [], options.url)).toEqual(before);
    // All of the topic once more changes nothing.
    for (const [tenantId, topic] of topics) {
      const partition = await ProjectedPartition.claim(restored, tenantId);
      expect(new Set(await partition.apply(...topic))).toEqual(new Set(['duplicate']));
    }
    expect(await postgres.ask(digestSql, [], options.url)).toEqual(before);
    // Row-level security came back with the tables.
    expect(await postgres.ask(`SELECT count(*) AS policies FROM pg_policies WHERE schemaname = 'arqon' AND policyname = 'own_tenant'`, [], options.url)).toEqual([{ policies: '7' }]);
  } finally {
    await restored.close();
  }
});

import { readEpisode, type EpisodeChange } from '@arqonbus/continuum';
import { episodeRoom, type ProjectionSystem } from '@arqonbus/e2e';
import pg from 'pg';

const tables = `
  DROP TABLE IF EXISTS peer_episode, peer_seen, peer_position;
  CREATE TABLE peer_episode (LIKE arqon.episode INCLUDING ALL);
  CREATE TABLE peer_seen (LIKE arqon.seen_event INCLUDING ALL);
  CREATE TABLE peer_position (tenant_id text PRIMARY KEY, sequence bigint NOT NULL)`;
const upsert = `
  INSERT INTO peer_episode (tenant_id, agent_id, episode_id, state_ts_us, state_event_id, is_deleted, content_ref, state_summary, tags, embedding_ref, metadata)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
  ON CONFLICT (tenant_id, agent_id, episode_id) DO UPDATE SET state_ts_us = excluded.state_ts_us, state_event_id = excluded.state_event_id, is_deleted = excluded.is_deleted,
    content_ref = excluded.content_ref, state_summary = excluded.state_summary, tags = excluded.tags, embedding_ref = excluded.embedding_ref, metadata = excluded.metadata
  WHERE (peer_episode.state_ts_us, peer_episode.state_event_id) < (excluded.state_ts_us, excluded.state_event_id)`;
const mark = 'INSERT INTO peer_seen (tenant_id, event_id, seen_us) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING';
const move = 'INSERT INTO peer_position (tenant_id, sequence) VALUES ($1, $2) ON CONFLICT (tenant_id) DO UPDATE SET sequence = excluded.sequence';

/**
 * The peer: reads the same topic through the same bus, and writes each event in a transaction of its own, mark, row and position, over one
 * connection with prepared statements to the same server. Resolves with events per second.
 */
export async function projectRowAtATime(system: ProjectionSystem, tenantId: string, count: number): Promise<number> {
  const bus = await system.operator(tenantId);
  const client = new pg.Client({ connectionString: system.postgres.url });
  await client.connect();
  try {
    await client.query(tables);
    const subscription = await bus.join(episodeRoom, { since: 'start' });
    const messages = subscription[Symbol.asyncIterator]();
    const startedMs = performance.now();
    for (let done = 0; done < count; done++) {
      const next = await messages.next();
      if (next.done === true) throw new Error('the subscription ended');
      const { value } = next;
      const reading = readEpisode(value.payload, { tenantId, type: value.type, timeUs: value.time.getTime() * 1_000 });
      if (!('change' in reading)) throw new Error(`an event of the load was refused: ${reading.fault.reason}`);
      await writeOne(client, reading.change, value.sequence);
    }
    return count / ((performance.now() - startedMs) / 1_000);
  } finally {
    await client.end();
    await bus.close();
  }
}

async function writeOne(client: pg.Client, { key, guard, kind, content }: EpisodeChange, sequence: bigint): Promise<void> {
  await client.query('BEGIN');
  await client.query({ name: 'mark', text: mark, values: [key.tenantId, guard.eventId, guard.sourceTsUs] });
  await client.query({
    name: 'upsert', text: upsert,
    values: [
      key.tenantId, key.agentId, key.episodeId, guard.sourceTsUs, guard.eventId, kind === 'deleted', content?.contentRef, content?.summary,
      [...(content?.tags ?? [])], content?.embeddingRef, content?.metadataJson,
    ],
  });
  await client.query({ name: 'move', text: move, values: [key.tenantId, sequence] });
  await client.query('COMMIT');
}

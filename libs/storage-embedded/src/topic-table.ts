import type { GroupChange, GroupPlace } from '@arqonbus/storage';
import { topicKeyText, type TopicKey } from '@arqonbus/tenancy';
import type { SqlDatabase } from './database.js';
import { nextEpoch } from './open-database.js';
import type { TopicId } from './topic-id.js';

export function findTopic(db: SqlDatabase, key: TopicKey): TopicId | undefined {
  const row = db.sql('SELECT topic_id FROM topics WHERE tenant_id = ? AND name = ?').one(key.tenant, topicKeyText(key));
  return row === undefined ? undefined : { tenant: key.tenant, topic: Number(row[0]) };
}

/** A topic without runs, inside a transaction. */
export function createTopic(db: SqlDatabase, key: TopicKey, nowUs: number): TopicId {
  const [topic] = db.sql('SELECT coalesce(max(topic_id), 0) + 1 FROM topics WHERE tenant_id = ?').one(key.tenant) ?? [1];
  const [room, channel] = 'room' in key ? [key.room, key.channel] : [null, null];
  db.sql('INSERT INTO topics VALUES (?, ?, ?, ?, ?, ?, 1, 0, 0, 0, 0)').run(key.tenant, topic, topicKeyText(key), room, channel, nextEpoch(db, nowUs));
  return { tenant: key.tenant, topic: Number(topic) };
}

/** Channels of the room that have a log. */
export function listChannels(db: SqlDatabase, tenant: string, room: string, maxCount: number): string[] {
  return db.sql('SELECT channel FROM topics WHERE tenant_id = ? AND room = ? ORDER BY channel LIMIT ?').all(tenant, room, maxCount).map(([channel]) => String(channel));
}

export function loadGroup(db: SqlDatabase, { tenant, topic }: TopicId, group: string): GroupPlace | undefined {
  const row = db.sql('SELECT epoch, position FROM groups WHERE tenant_id = ? AND topic_id = ? AND name = ?').one(tenant, topic, group);
  if (row === undefined) return undefined;
  const open = db.sql('SELECT sequence, count FROM deliveries WHERE tenant_id = ? AND topic_id = ? AND name = ? ORDER BY sequence').all(tenant, topic, group);
  return { epoch: Number(row[0]), position: Number(row[1]), open: open.map(([sequence, count]) => ({ sequence: Number(sequence), deliveries: Number(count) })) };
}

/** Inside a transaction. */
export function saveGroup(db: SqlDatabase, { tenant, topic }: TopicId, group: string, { epoch, position, delivered, done }: GroupChange): void {
  const [known] = db.sql('SELECT epoch FROM groups WHERE tenant_id = ? AND topic_id = ? AND name = ?').one(tenant, topic, group) ?? [];
  if (known !== undefined && known !== epoch) db.sql('DELETE FROM deliveries WHERE tenant_id = ? AND topic_id = ? AND name = ?').run(tenant, topic, group);
  db.sql('INSERT INTO groups VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET epoch = excluded.epoch, position = excluded.position')
    .run(tenant, topic, group, epoch, position);
  const deliver = db.sql('INSERT INTO deliveries VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = excluded.count');
  for (const { sequence, deliveries } of delivered) deliver.run(tenant, topic, group, sequence, deliveries);
  const remove = db.sql('DELETE FROM deliveries WHERE tenant_id = ? AND topic_id = ? AND name = ? AND sequence = ?');
  for (const sequence of done) remove.run(tenant, topic, group, sequence);
}

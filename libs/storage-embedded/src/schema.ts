/** "ArqB": marks the file as ours, so that no other SQLite file is ever taken for a store. */
export const applicationId = 0x41_72_71_42;
export const schemaVersion = 1;

/**
 * The tenant is first in every key (D13). Runs of a topic stand together and in order, so that an append touches one page of the topic and a
 * read goes straight on. The producer stands before the body: it is read without the pages that a large body spills to.
 */
export const schemaSql = `
CREATE TABLE session (one INTEGER PRIMARY KEY CHECK (one = 1), boot TEXT NOT NULL, sync TEXT NOT NULL, is_clean INTEGER NOT NULL,
  last_epoch INTEGER NOT NULL) STRICT;
INSERT INTO session VALUES (1, '', 'each', 1, 0);
CREATE TABLE probe (one INTEGER PRIMARY KEY, filler BLOB NOT NULL) STRICT;
CREATE TABLE topics (tenant_id TEXT NOT NULL, topic_id INTEGER NOT NULL, name TEXT NOT NULL, room TEXT, channel TEXT, epoch INTEGER NOT NULL,
  first_sequence INTEGER NOT NULL, last_sequence INTEGER NOT NULL, last_time_us INTEGER NOT NULL, event_count INTEGER NOT NULL,
  byte_count INTEGER NOT NULL, PRIMARY KEY (tenant_id, topic_id)) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX topics_by_name ON topics (tenant_id, name);
CREATE INDEX topics_by_room ON topics (tenant_id, room, channel) WHERE room IS NOT NULL;
CREATE TABLE runs (tenant_id TEXT NOT NULL, topic_id INTEGER NOT NULL, sequence INTEGER NOT NULL, count INTEGER NOT NULL, time_us INTEGER NOT NULL,
  owner TEXT, hi INTEGER, lo INTEGER, run INTEGER, checksum INTEGER NOT NULL, body BLOB NOT NULL,
  PRIMARY KEY (tenant_id, topic_id, sequence)) STRICT, WITHOUT ROWID;
CREATE TABLE producers (tenant_id TEXT NOT NULL, topic_id INTEGER NOT NULL, owner TEXT NOT NULL, hi INTEGER NOT NULL, lo INTEGER NOT NULL,
  last_run INTEGER NOT NULL, seen_us INTEGER NOT NULL, PRIMARY KEY (tenant_id, topic_id, owner, hi, lo)) STRICT, WITHOUT ROWID;
CREATE TABLE groups (tenant_id TEXT NOT NULL, topic_id INTEGER NOT NULL, name TEXT NOT NULL, epoch INTEGER NOT NULL, position INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, topic_id, name)) STRICT, WITHOUT ROWID;
CREATE TABLE deliveries (tenant_id TEXT NOT NULL, topic_id INTEGER NOT NULL, name TEXT NOT NULL, sequence INTEGER NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, topic_id, name, sequence)) STRICT, WITHOUT ROWID;
PRAGMA application_id = ${applicationId};
PRAGMA user_version = ${schemaVersion};
`;

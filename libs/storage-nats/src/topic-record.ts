import { headers } from '@nats-io/transport-node';
import { natsRecordStreamName, natsRecordSubject, type TopicKey } from '@arqonbus/tenancy';
import type { NatsLink } from './nats-link.js';
import type { ProducerRow } from './producer-table.js';
import { readPublishAck } from './publish-ack.js';
import { expectLastOfSubject } from './run-header.js';
import { ensureStream, recordStreamConfig } from './stream-config.js';

/** What is known of a topic beside its runs; kept without age, changed only by whoever read the last version. */
export interface TopicRecord {
  /** Names the stream with the runs. */
  readonly retentionClass: string;
  readonly epoch: number;
  /** When that stream was created: another time means another stream. */
  readonly streamCreated: string;
  /** Its last sequence when the epoch began. */
  readonly streamSequence: number;
  /** Sequence and time of the newest event that was dropped, 0 when none was; stream sequence of the oldest run then held, 0 for none. */
  readonly floorSequence: number;
  readonly floorTimeUs: number;
  readonly firstHeld: number;
  /** Producers whose last run is dropped but who are not idle. */
  readonly producers: readonly ProducerRow[];
}

export interface StoredRecord {
  readonly record: TopicRecord;
  /** Version, for the next write; 0 when there is none. */
  readonly version: number;
}

/** Undefined when the topic has none. */
export async function readRecord(link: NatsLink, key: TopicKey): Promise<StoredRecord | undefined> {
  return link.ask('a topic record was not read', async (manager) => {
    await ensureStream(manager, recordStreamConfig(key.tenant, link.settings));
    const stored = await manager.streams.getMessage(natsRecordStreamName(key.tenant), { last_by_subj: natsRecordSubject(key) });
    return stored === null ? undefined : { record: stored.json<TopicRecord>(), version: stored.seq };
  });
}

/** False when another Spine wrote a version in between. */
export async function writeRecord(link: NatsLink, key: TopicKey, record: TopicRecord, version: number): Promise<boolean> {
  const reply = await link.inbox.request(natsRecordSubject(key), JSON.stringify(record), expectLastOfSubject(headers(), version));
  return readPublishAck(reply).outcome !== 'conflict';
}

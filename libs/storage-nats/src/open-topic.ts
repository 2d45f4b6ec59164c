import type { OpenLogOptions } from '@arqonbus/storage';
import { natsEpochSubject, natsSubjectsBelow, natsTopicSubject, type NatsTopicMessage, type TopicKey } from '@arqonbus/tenancy';
import type { LogStream, TopicSink } from './log-stream.js';
import type { NatsLink } from './nats-link.js';
import { scanHeaders, type Delivered } from './ordered-delivery.js';
import { readPublishAck } from './publish-ack.js';
import { encodeEpochHeader } from './run-header.js';
import { sequencesPerMessage } from './run-index.js';
import { retentionClassOf } from './stream-config.js';
import { readRecord, writeRecord, type TopicRecord } from './topic-record.js';
import { TopicView } from './topic-view.js';
import { unavailable } from './unavailable.js';

const maxTriesCount = 20;

/** Where the streams of a process are. */
export interface StreamRegistry {
  open(tenant: string, retentionClass: string): Promise<LogStream>;
}

export interface OpenedTopic {
  readonly stream: LogStream;
  readonly stem: string;
  readonly view: TopicView;
}

export interface TopicOpening {
  readonly link: NatsLink;
  readonly streams: StreamRegistry;
  readonly key: TopicKey;
  readonly options: OpenLogOptions;
  readonly reader: TopicReader;
}

/** The log that a topic is opened for: attached to the stream from `opened` on. */
export interface TopicReader extends TopicSink {
  /** Nobody uses it any more. Whoever opened the topic after it is attached in its place. */
  readonly isClosed: boolean;
  /** Called in the turn in which it is attached: each message of the topic is either in the view or still to be told. */
  opened(topic: OpenedTopic): void;
}

/**
 * Reads a topic from the store and attaches the reader behind what was read. With `lostEpoch`, whatever the record says of that epoch or an
 * older one cannot be trusted: a new one is begun, once for all Spines. Rejects with STORE_UNAVAILABLE.
 */
export async function openTopic(opening: TopicOpening, lostEpoch: number): Promise<void> {
  const { link, key, reader } = opening;
  let distrusted = lostEpoch;
  for (let count = 0; count < maxTriesCount; count += 1) {
    const { record, stream } = await agreeOnRecord(opening, distrusted);
    const stem = natsTopicSubject(record.retentionClass, key);
    const view = new TopicView(stream.maxRunsPerTopic);
    if (reader.isClosed) throw unavailable('the log is closed');
    const { stash, release } = stashFor(stream, stem, reader);
    try {
      const scanned = await scanHeaders(link, stream.name, natsSubjectsBelow(stem));
      const newer = view.rebuild(record, scanned);
      if (newer > 0) {
        // Another Spine was faster with a new epoch, or the record is gone and older than the runs.
        if (count > 1) distrusted = newer;
        continue;
      }
      const last = scanned.at(-1)?.streamSequence ?? 0;
      const comeSince = (): Stash => stash.filter(([, delivered]) => delivered.streamSequence > last);
      if (!(await markUnknownPast(opening, { view, stream, record, comeSince }))) continue;
      // No waiting from here on: what came meanwhile is taken, and the next message goes to the reader.
      for (const [message, delivered] of comeSince()) view.ingest(message, delivered);
      if (reader.isClosed) throw unavailable('the log is closed');
      stream.attach(stem, reader);
      reader.opened({ stream, stem, view });
      return;
    } finally {
      release();
    }
  }
  throw unavailable('a topic changed too often while it was opened');
}

type Stash = (readonly [NatsTopicMessage, Delivered])[];

/** Keeps what comes while the log is read. */
function stashFor(stream: LogStream, stem: string, sink: TopicSink): { stash: Stash; release: () => void } {
  const stash: Stash = [];
  const stasher: TopicSink = {
    deliver: (message, delivered) => { stash.push([message, delivered]); },
    lost: () => { sink.lost(); },
    reload: () => { sink.reload(); },
  };
  stream.attach(stem, stasher);
  return { stash, release: () => { stream.detach(stem, stasher); } };
}

/** The topic's record, made or renewed where need be. */
async function agreeOnRecord(opening: TopicOpening, lostEpoch: number): Promise<{ record: TopicRecord; stream: LogStream }> {
  const { link, streams, key, options } = opening;
  for (let count = 0; count < maxTriesCount; count += 1) {
    const stored = await readRecord(link, key);
    const retentionClass = stored?.record.retentionClass ?? retentionClassOf(options.retention);
    const stream = await streams.open(key.tenant, retentionClass);
    if (stored !== undefined && stored.record.streamCreated === stream.created && stored.record.epoch > lostEpoch) return { record: stored.record, stream };
    const info = await stream.check();
    const epoch = Math.max(link.settings.nowUs(), (stored?.record.epoch ?? 0) + 1, lostEpoch + 1);
    const record = newRecord(retentionClass, epoch, info.created, info.state.last_seq);
    if (await writeRecord(link, key, record, stored?.version ?? 0)) {
      if (stored !== undefined || lostEpoch > 0) await announceEpoch(link, natsTopicSubject(retentionClass, key), epoch);
      return { record, stream };
    }
  }
  throw unavailable('a topic record changed too often');
}

export function newRecord(retentionClass: string, epoch: number, streamCreated: string, streamSequence: number): TopicRecord {
  return { retentionClass, epoch, streamCreated, streamSequence, floorSequence: 0, floorTimeUs: 0, firstHeld: 0, producers: [] };
}

/** Tells all Spines of a new epoch, in the order of the stream. Resolves to its stream sequence. */
export async function announceEpoch(link: NatsLink, stem: string, epoch: number): Promise<number> {
  const ack = readPublishAck(await link.inbox.request(natsEpochSubject(stem), '', encodeEpochHeader(epoch)));
  return ack.outcome === 'conflict' ? 0 : ack.streamSequence;
}

interface ReadTopic {
  readonly view: TopicView;
  readonly stream: LogStream;
  readonly record: TopicRecord;
  /** What was stored behind that which the view was built from, as far as it has come. */
  readonly comeSince: () => Stash;
}

/**
 * A log without runs whose stream has dropped messages since the epoch began may have had some: its head is then taken to be the end of the
 * stream, so that no position of an older run looks like the head. False when there are messages by now, which the topic is to be read with.
 */
async function markUnknownPast({ link, key }: TopicOpening, { view, stream, record, comeSince }: ReadTopic): Promise<boolean> {
  if (view.index.size > 0 || view.index.lastSequence > 0) return true;
  const info = await stream.check();
  if (info.state.first_seq <= record.streamSequence + 1) return true;
  // A run below the mark would count as dropped.
  await stream.reach(info.state.last_seq);
  if (comeSince().length > 0) return false;
  const stored = await readRecord(link, key);
  if (stored?.record.epoch !== record.epoch || stored.record.floorSequence > 0) throw unavailable('a topic changed while it was opened');
  const floor = { sequence: (info.state.last_seq + 1) * sequencesPerMessage - 1, timeUs: 0 };
  if (!(await writeRecord(link, key, { ...stored.record, floorSequence: floor.sequence }, stored.version))) throw unavailable('a topic changed while it was opened');
  view.index.dropThrough(0, floor);
  return true;
}

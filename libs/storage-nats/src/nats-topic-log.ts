import { setTimeout as delay } from 'node:timers/promises';
import type { CommittedRun, Following, LogAppendResult, LogFollower, LogHead, LogPage, LogWindow, OpenLogOptions, RunRecord, TopicLog } from '@arqonbus/storage';
import { natsFloorSubject, natsRunSubject, natsSubjectsBelow, natsTombstoneSubject, type NatsTopicMessage, type TopicKey } from '@arqonbus/tenancy';
import { GroupCommit } from './group-commit.js';
import { committedRun, LogBodies } from './log-bodies.js';
import { LogFollowers } from './log-followers.js';
import { readPage } from './log-page.js';
import type { NatsLink } from './nats-link.js';
import { announceEpoch, newRecord, openTopic, type OpenedTopic, type StreamRegistry, type TopicReader } from './open-topic.js';
import type { Delivered } from './ordered-delivery.js';
import { readPublishAck } from './publish-ack.js';
import { encodeFloorHeader, encodeRunHeader } from './run-header.js';
import type { IndexedRun } from './run-index.js';
import { readRecord, writeRecord } from './topic-record.js';
import type { TopicView } from './topic-view.js';
import { ignoreFailure, unavailable, withinMs } from './unavailable.js';

const retryMs = 200;
const maxTriesCount = 20;
/** Producers without a run in the log that a record keeps. */
const maxKeptProducersCount = 1_000;

/** The log of one topic on JetStream: a message per run, and in memory what can be known of it without the bodies. */
export class NatsTopicLog implements TopicLog, TopicReader {
  private topic: OpenedTopic | undefined;
  private lastHead: LogHead = { epoch: 0, lastSequence: 0, firstSequence: 1 };
  private opening: Promise<void>;
  private turn: Promise<unknown> = Promise.resolve();
  private usersCount = 0;
  private isOver = false;
  private readonly followers: LogFollowers;

  constructor(
    readonly key: TopicKey,
    private readonly link: NatsLink,
    private readonly streams: StreamRegistry,
    private options: OpenLogOptions,
    private readonly onClosed: () => void,
  ) {
    this.followers = new LogFollowers(this);
    this.opening = this.reopen(0);
    // Whoever opens the log hears of it; nobody else waits for it.
    ignoreFailure(this.opening);
  }

  get head(): LogHead {
    return this.topic?.view.head ?? this.lastHead;
  }

  get isClosed(): boolean {
    return this.isOver;
  }

  /** One more user; resolves when the log is read. The newest options hold. */
  async use(options: OpenLogOptions): Promise<this> {
    this.usersCount += 1;
    this.options = options;
    try {
      await this.opening;
      return this;
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    this.usersCount -= 1;
    if (this.usersCount <= 0) this.abandon();
  }

  /** The end for all users. */
  abandon(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.lastHead = this.head;
    this.topic?.stream.detach(this.topic.stem, this);
    this.followers.stop();
    this.onClosed();
  }

  follow(afterSequence: number, follower: LogFollower): Following {
    return this.followers.follow(afterSequence, follower);
  }

  async readHead(): Promise<LogHead> {
    return (await this.current()).view.head;
  }

  async read(window: LogWindow): Promise<LogPage> {
    const { view, stream, stem } = await this.current();
    return readPage(view, new LogBodies(this.link, stream.name, stem), window);
  }

  append(runs: readonly RunRecord[], nowUs: number): Promise<readonly LogAppendResult[]> {
    return this.inTurn(async () => {
      if (runs.length === 0) return [];
      const topic = await this.settled();
      const commit = new GroupCommit(this.link, this.key, topic, () => this.current());
      try {
        return await commit.run(runs, nowUs, this.options.producerIdleMs);
      } finally {
        // A later run was stored without an earlier one of its producer: a retry would put them in the wrong order.
        if (commit.isTorn) this.lost();
      }
    });
  }

  async erase(sequence: number, rewrite: (run: CommittedRun) => Uint8Array): Promise<boolean> {
    return this.inTurn(async () => {
      const { view, stream, stem } = await this.current();
      const run = view.index.find(sequence);
      const held = run === undefined ? undefined : await new LogBodies(this.link, stream.name, stem).read(run);
      if (run === undefined || held === undefined) return false;
      const body = rewrite(committedRun(run, held));
      const tombstone = natsTombstoneSubject(stem, run.streamSequence);
      const ack = readPublishAck(await this.link.inbox.request(tombstone, body, encodeRunHeader({ ...held.header, timeUs: run.timeUs })));
      if (ack.outcome === 'conflict') throw unavailable('a tombstone was refused');
      await this.destroy(stream.name, held.tombstone === 0 ? run.streamSequence : held.tombstone);
      // Half done by somebody who ended in between: a tombstone beside the run itself.
      if (held.tombstone !== 0) await this.destroy(stream.name, run.streamSequence);
      await stream.reach(ack.streamSequence);
      return true;
    });
  }

  reset(nowUs: number): Promise<LogHead> {
    return this.inTurn(async () => {
      for (let count = 0; count < maxTriesCount; count += 1) {
        const { view, stream, stem } = await this.current();
        const stored = await readRecord(this.link, this.key);
        const info = await stream.check();
        const epoch = Math.max(nowUs, (stored?.record.epoch ?? 0) + 1, view.epoch + 1);
        const record = newRecord(stream.retentionClass, epoch, info.created, info.state.last_seq);
        if (!(await writeRecord(this.link, this.key, record, stored?.version ?? 0))) continue;
        const marker = await announceEpoch(this.link, stem, epoch);
        await this.link.ask('the runs were not purged', (manager) => manager.streams.purge(stream.name, { filter: natsSubjectsBelow(stem), seq: marker }));
        await stream.reach(marker);
        return this.head;
      }
      throw unavailable('a topic record changed too often');
    });
  }

  trim(nowUs: number): Promise<void> {
    return this.inTurn(async () => {
      const topic = await this.settled();
      topic.view.producers.forgetIdle(nowUs, this.options.producerIdleMs);
      const dropped = this.surplus(topic.view, nowUs);
      const last = dropped.at(-1);
      if (last !== undefined) await this.drop(topic, dropped, last);
    });
  }

  deliver(message: NatsTopicMessage, delivered: Delivered): void {
    const change = this.topic?.view.ingest(message, delivered);
    if (change === undefined) return;
    if (change.isRestarted) this.followers.restarted(change.run?.prev);
    if (change.run !== undefined) this.followers.committed(change.run);
    if (change.erased > 0) this.followers.erased(change.erased);
  }

  lost(): void {
    this.reopenUntilDone(this.head.epoch);
  }

  reload(): void {
    this.reopenUntilDone(0);
  }

  opened(topic: OpenedTopic): void {
    const before = this.topic;
    this.topic = topic;
    if (before === undefined) return;
    if (topic.view.epoch !== before.view.epoch) {
      this.followers.restarted();
      return;
    }
    // What was erased meanwhile is not known: all of it is told, perhaps again.
    for (const sequence of topic.view.index.erasedSequences()) this.followers.erased(sequence);
    this.followers.resume();
  }

  /** The topic as read and followed, once it is; not asked for its newest state. */
  async settled(): Promise<OpenedTopic> {
    if (this.isOver) throw unavailable('the log is closed');
    if (!this.link.isUp) throw unavailable('not connected');
    await withinMs('the log was not read', this.link.settings.requestTimeoutMs, this.opening);
    if (this.topic === undefined) throw unavailable('the log is not read yet');
    return this.topic;
  }

  /** The topic with all that the store holds by now. */
  async current(): Promise<OpenedTopic> {
    const before = await this.settled();
    const info = await before.stream.check();
    // The check may have found another stream, which is read first.
    const topic = await this.settled();
    if (topic !== before) return topic;
    await topic.stream.reach(info.state.last_seq);
    while ((topic.view.index.first?.streamSequence ?? Infinity) < info.state.first_seq && topic.view.index.first?.isErased === false) topic.view.index.dropFirst();
    return topic;
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work, work);
    this.turn = result;
    ignoreFailure(result);
    return result;
  }

  private async reopen(lostEpoch: number): Promise<void> {
    const { link, streams, key, options } = this;
    await openTopic({ link, streams, key, options, reader: this }, lostEpoch);
  }

  private reopenUntilDone(lostEpoch: number): void {
    if (this.isOver) return;
    this.opening = this.opening.then(() => undefined, () => undefined).then(async () => {
      // Another loss may have been found, and dealt with, in between.
      if (lostEpoch > 0 && this.head.epoch > lostEpoch) return;
      while (!this.isOver && !this.link.isClosed) {
        try {
          await this.reopen(lostEpoch);
          return;
        } catch {
          // The store is away or busy: told by whatever asks it next.
          await delay(retryMs);
        }
      }
    });
    ignoreFailure(this.opening);
  }

  /** The oldest runs that the retention no longer covers. */
  private surplus({ index }: TopicView, nowUs: number): readonly IndexedRun[] {
    const { maxEvents, maxBytes, maxAgeMs } = this.options.retention;
    let { eventCount, bodyBytes } = index;
    const dropped: IndexedRun[] = [];
    for (let run = index.at(0); run !== undefined; run = index.at(dropped.length)) {
      if (eventCount <= maxEvents && bodyBytes <= maxBytes && run.timeUs >= nowUs - maxAgeMs * 1_000) break;
      eventCount -= run.count;
      bodyBytes -= run.bodyBytes;
      dropped.push(run);
    }
    return dropped;
  }

  /** First the record, so that whoever opens the log later knows what was before; then the other Spines; then the runs. */
  private async drop({ view, stream, stem }: OpenedTopic, dropped: readonly IndexedRun[], last: IndexedRun): Promise<void> {
    const stored = await readRecord(this.link, this.key);
    if (stored?.record.epoch !== view.epoch) return;
    if (stored.record.floorSequence < last.end) {
      const firstHeld = view.index.at(dropped.length)?.streamSequence ?? 0;
      const producers = view.producers.rowsBelow(last.end, maxKeptProducersCount);
      const record = { ...stored.record, floorSequence: last.end, floorTimeUs: last.timeUs, firstHeld, producers };
      // Another Spine trims too: the next sweep sees what is left.
      if (!(await writeRecord(this.link, this.key, record, stored.version))) return;
    }
    const floor = encodeFloorHeader({ epoch: view.epoch, dropped: last.streamSequence, sequence: last.end, timeUs: last.timeUs });
    const ack = readPublishAck(await this.link.inbox.request(natsFloorSubject(stem), '', floor));
    await this.link.ask('the runs were not purged', async (manager) => {
      await manager.streams.purge(stream.name, { filter: natsRunSubject(stem), seq: last.streamSequence + 1 });
      for (const run of dropped) if (run.isErased) await manager.streams.purge(stream.name, { filter: natsTombstoneSubject(stem, run.streamSequence) });
    });
    if (ack.outcome !== 'conflict') await stream.reach(ack.streamSequence);
  }

  /** Overwrites a message in the stream's files; one that is gone is no failure. */
  private async destroy(stream: string, streamSequence: number): Promise<void> {
    const held = await this.link.ask('a message was not read', (manager) => manager.streams.getMessage(stream, { seq: streamSequence }));
    if (held !== null) await this.link.ask('a message was not destroyed', (manager) => manager.streams.deleteMessage(stream, streamSequence, true));
  }
}

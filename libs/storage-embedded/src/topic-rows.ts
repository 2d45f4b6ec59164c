import { crc32 } from 'node:zlib';
import { ArqonError } from '@arqonbus/errors';
import type { LogHead, OpenLogOptions } from '@arqonbus/storage';
import type { SqlDatabase, SqlValue } from './database.js';
import { numbersPerResult, Outcome, type AppendAnswer } from './database-messages.js';
import { nextEpoch } from './open-database.js';
import { numbersPerRun, type PackedRuns } from './packed-runs.js';
import { ProducerRows } from './producer-rows.js';
import type { TopicId } from './topic-id.js';

/** Rows per INSERT, largest first: the engine's cost per statement is more than that of a small row. */
const insertRows = [32, 8, 1];
const runColumns = 11;
/** Oldest runs whose size is kept at hand for trimming. */
const oldestRuns = 256;

interface RunSize {
  readonly sequence: number;
  readonly count: number;
  readonly bytes: number;
  readonly timeUs: number;
}

/**
 * Rows of one topic on the worker's side. What it holds in memory is what the file holds once the transaction under way is committed; after a
 * failed one it is thrown away and read anew.
 */
export class TopicRows {
  epoch = 0;
  private firstSequence = 1;
  private lastSequence = 0;
  private lastTimeUs = 0;
  private eventCount = 0;
  private byteCount = 0;
  private readonly producers: ProducerRows;
  private oldest: RunSize[] = [];

  constructor(private readonly db: SqlDatabase, readonly id: TopicId, private readonly options: OpenLogOptions) {
    const row = db.sql('SELECT epoch, first_sequence, last_sequence, last_time_us, event_count, byte_count FROM topics WHERE tenant_id = ? AND topic_id = ?')
      .one(id.tenant, id.topic);
    if (row === undefined) throw new ArqonError('STORE_UNAVAILABLE', { message: `topic ${id.topic} of ${id.tenant} is not in the file` });
    [this.epoch, this.firstSequence, this.lastSequence, this.lastTimeUs, this.eventCount, this.byteCount] = row as [number, number, number, number, number, number];
    this.producers = new ProducerRows(db, id);
  }

  get head(): LogHead {
    return { epoch: this.epoch, lastSequence: this.lastSequence, firstSequence: this.firstSequence };
  }

  /** Inside a transaction. */
  append(runs: PackedRuns, nowUs: number): AppendAnswer {
    const results = new Float64Array(runs.owners.length * numbersPerResult);
    const rows: SqlValue[] = [];
    let bodyEnd = 0;
    const timeUs = Math.max(this.lastTimeUs, nowUs);
    for (const [index, owner] of runs.owners.entries()) {
      const [count, hi, lo, run, bytes] = runs.numbers.subarray(index * numbersPerRun, (index + 1) * numbersPerRun);
      bodyEnd += bytes;
      const verdict = owner === null ? undefined : this.producers.check(owner, hi, lo, run, count, nowUs);
      if (verdict !== undefined && verdict.outcome !== 'take') {
        const place = verdict.outcome === 'duplicate' ? verdict : { sequence: 0, count: 0 };
        results.set([Outcome[verdict.outcome], place.sequence, place.count, 0], index * numbersPerResult);
        continue;
      }
      const sequence = this.lastSequence + 1;
      const body = runs.bodies.subarray(bodyEnd - bytes, bodyEnd);
      if (owner !== null) this.producers.record(owner, hi, lo, run, sequence, count, nowUs);
      const producer = owner === null ? [null, null, null, null] : [owner, hi, lo, run];
      rows.push(this.id.tenant, this.id.topic, sequence, count, timeUs, ...producer, crc32(body), body);
      results.set([Outcome.accepted, sequence, count, timeUs], index * numbersPerResult);
      this.lastSequence += count;
      this.eventCount += count;
      this.byteCount += bytes;
    }
    if (rows.length > 0) {
      this.lastTimeUs = timeUs;
      this.insert(rows);
      this.producers.write();
      this.dropOld(nowUs);
      this.write();
    }
    return { head: this.head, results };
  }

  /** Drops what is above the retention, whole runs, and idle producers; inside a transaction. */
  trim(nowUs: number): void {
    if (this.dropOld(nowUs)) this.write();
    this.producers.forgetIdle(nowUs - this.options.producerIdleMs * 1_000);
  }

  /** Replaces the body of a run as it was read; false when it is no longer there. Inside a transaction. */
  replace(epoch: number, sequence: number, body: Uint8Array): boolean {
    if (epoch !== this.epoch) return false;
    const { tenant, topic } = this.id;
    const [bytes] = this.db.sql('SELECT length(body) FROM runs WHERE tenant_id = ? AND topic_id = ? AND sequence = ?').one(tenant, topic, sequence) ?? [];
    if (bytes === undefined) return false;
    this.db.sql('UPDATE runs SET checksum = ?, body = ? WHERE tenant_id = ? AND topic_id = ? AND sequence = ?').run(crc32(body), body, tenant, topic, sequence);
    this.byteCount += body.length - Number(bytes);
    this.oldest = [];
    this.write();
    return true;
  }

  /** Forgets runs and producers and begins a new epoch; groups go on with it. Inside a transaction. */
  reset(nowUs: number): LogHead {
    const { tenant, topic } = this.id;
    this.db.sql('DELETE FROM runs WHERE tenant_id = ? AND topic_id = ?').run(tenant, topic);
    this.db.sql('DELETE FROM deliveries WHERE tenant_id = ? AND topic_id = ?').run(tenant, topic);
    this.producers.clear();
    this.epoch = nextEpoch(this.db, nowUs);
    [this.firstSequence, this.lastSequence, this.eventCount, this.byteCount, this.oldest] = [1, 0, 0, 0, []];
    this.db.sql('UPDATE groups SET epoch = ?, position = 0 WHERE tenant_id = ? AND topic_id = ?').run(this.epoch, tenant, topic);
    this.write();
    return this.head;
  }

  /** Begins a new epoch with the runs that are left, because acknowledged ones may be missing; inside a transaction. */
  beginEpoch(nowUs: number): void {
    this.epoch = nextEpoch(this.db, nowUs);
    this.producers.clear();
    this.db.sql('UPDATE groups SET epoch = ? WHERE tenant_id = ? AND topic_id = ?').run(this.epoch, this.id.tenant, this.id.topic);
    this.write();
  }

  private write(): void {
    this.db.sql(`UPDATE topics SET epoch = ?, first_sequence = ?, last_sequence = ?, last_time_us = ?, event_count = ?, byte_count = ?
      WHERE tenant_id = ? AND topic_id = ?`)
      .run(this.epoch, this.firstSequence, this.lastSequence, this.lastTimeUs, this.eventCount, this.byteCount, this.id.tenant, this.id.topic);
  }

  private insert(rows: readonly SqlValue[]): void {
    let at = 0;
    for (const [index, count] of insertRows.entries()) {
      const values = count * runColumns;
      for (; at + values <= rows.length; at += values) this.db.sql(inserts[index]).run(...rows.slice(at, at + values));
    }
  }

  private dropOld(nowUs: number): boolean {
    const { maxEvents, maxBytes, maxAgeMs } = this.options.retention;
    const oldestUs = nowUs - maxAgeMs * 1_000;
    let dropped = 0;
    for (let run = this.oldestRun(dropped); run !== undefined; run = this.oldestRun(dropped)) {
      if (this.eventCount <= maxEvents && this.byteCount <= maxBytes && run.timeUs >= oldestUs) break;
      this.eventCount -= run.count;
      this.byteCount -= run.bytes;
      this.firstSequence = run.sequence + run.count;
      dropped += 1;
    }
    if (dropped === 0) return false;
    this.oldest.splice(0, dropped);
    this.db.sql('DELETE FROM runs WHERE tenant_id = ? AND topic_id = ? AND sequence < ?').run(this.id.tenant, this.id.topic, this.firstSequence);
    return true;
  }

  /** The run that is `index` runs behind the oldest. */
  private oldestRun(index: number): RunSize | undefined {
    if (index >= this.oldest.length && this.firstSequence <= this.lastSequence) {
      const rows = this.db.sql('SELECT sequence, count, length(body), time_us FROM runs WHERE tenant_id = ? AND topic_id = ? AND sequence >= ? ORDER BY sequence LIMIT ?')
        .all(this.id.tenant, this.id.topic, this.firstSequence, oldestRuns) as [number, number, number, number][];
      for (const [sequence, count, bytes, timeUs] of rows) this.oldest.push({ sequence, count, bytes, timeUs });
    }
    return this.oldest[index];
  }
}

const runRow = `(${Array.from({ length: runColumns }, () => '?').join(', ')})`;
const inserts = insertRows.map((count) => `INSERT INTO runs VALUES ${Array.from({ length: count }, () => runRow).join(', ')}`);
